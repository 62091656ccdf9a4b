"""Loop 2400 of both kinds and what stands below it: drug, providers, forms."""

from __future__ import annotations

from services.submission.domain.x12.reading.claim_loops import STOP, drop_off_of
from services.submission.domain.x12.reading.faults import Placed
from services.submission.domain.x12.reading.loops import Levels, Loop, Rule, loop, nothing
from services.submission.domain.x12.reading.parts import (
    MISREAD,
    Part,
    Take,
    amount,
    date_of,
    day,
    each,
    each_value,
    element,
    fields,
    fill,
    number,
    reference,
    span_of,
    whole,
    within,
)
from services.submission.domain.x12.reading.payer_loops import LINE_DECISION
from services.submission.domain.x12.reading.people import (
    ADDRESS,
    contact,
    facility_name,
    provider_name,
    taxonomy,
)
from services.submission.domain.x12.reading.shared_parts import (
    condition,
    contract,
    document,
    numbers,
    of_line,
    one_of_line,
    repricing,
    transport,
)
from shared.claims import ClaimKind

MOST_LINES: dict[ClaimKind, int] = {"professional": 50, "institutional": 999}
"""LX in a claim (005010X222A1 and X223A2, 2400 repeat)."""

_PROFESSIONAL = (
    element("charge", "SV102", number),
    element("unit", "SV103"),
    element("units", "SV104", number),
    element("place_of_service", "SV105"),
)
_INSTITUTIONAL = (
    element("revenue_code", "SV201"),
    element("charge", "SV203", number),
    element("unit", "SV204"),
    element("units", "SV205", number),
    element("non_covered", "SV207", number),
)
_FLAGS = (("emergency", 9), ("epsdt", 11), ("family_planning", 12))


def _product(line: Part, placed: Placed, place: int) -> None:
    """SV101 and SV202: procedure, up to four modifiers, description."""
    parts = placed.segment.components(place)
    name = f"{placed.segment.id}{place:02d}"
    if len(parts) > 1 and parts[1]:
        line.put("procedure", parts[1], placed, f"{name}-2")
    modifiers = [modifier for modifier in parts[2:6] if modifier]
    if modifiers:
        line.put("modifiers", modifiers, placed, f"{name}-3")
    if len(parts) > 6 and parts[6]:
        line.put("description", parts[6], placed, f"{name}-7")


def _professional_service(line: Part, placed: Placed) -> None:
    """SV1."""
    _product(line, placed, 1)
    fill(line, placed, _PROFESSIONAL)
    segment = placed.segment
    pointers = [whole(pointer) for pointer in segment.components(7) if pointer]
    if pointers:
        line.put("pointers", pointers, placed, "SV107-1")
    for field, place in _FLAGS:
        if segment[place]:
            # N is no code of these elements, but it says what their absence says.
            value = {"Y": True, "N": False}.get(segment[place], MISREAD)
            line.put(field, value, placed, f"SV1{place:02d}")
    if segment[15]:
        line.put("copay_exempt", True if segment[15] == "0" else MISREAD, placed, "SV115")


def _institutional_service(line: Part, placed: Placed) -> None:
    """SV2."""
    _product(line, placed, 2)
    fill(line, placed, _INSTITUTIONAL)


def _date(field: str) -> Take:
    return within("dates", date_of(field))


def _next_line(levels: Levels, placed: Placed) -> Part:
    levels.line = Part(placed)
    if levels.claim is not None:
        levels.claim.add("lines", levels.line)
    return levels.line


_NUMBER = fields(element("number", "LX01", whole))
_THIRD_PARTY_NOTE = fields(element("third_party_note", "NTE02"))
_NOTE = within("note", fields(element("kind", "NTE01"), element("text", "NTE02")))
_EQUIPMENT = within(
    "dme",
    fields(
        element("procedure", "SV501-2"),
        element("days", "SV503", number),
        element("rental_price", "SV504", number),
        element("purchase_price", "SV505", number),
        element("rental_frequency", "SV506"),
    ),
)
_CERTIFICATION = within("dme", fields(element("certification", "CR301"), element("certified_months", "CR303", number)))
_MEASUREMENT = each(
    "measurements", element("purpose", "MEA01"), element("kind", "MEA02"), element("value", "MEA03", number)
)
_PURCHASED = within("purchased_service", fields(element("provider_id", "PS101"), element("amount", "PS102", number)))

_PROFESSIONAL_LINE = loop(
    "2400", "line", _next_line,
    {
        "LX": _NUMBER, "SV1": _professional_service, "SV5": _EQUIPMENT, "PWK": Rule(document, 11), "CR1": transport,
        "CR3": Rule(_CERTIFICATION, needs="dme"), "CRC*07": Rule(condition, 3), "CRC*70": condition,
        "CRC*09": condition,
        "DTP*472": span_of("service_from", "service_through"), "DTP*471": _date("prescription"),
        "DTP*607": _date("certification_revision"), "DTP*463": _date("begin_therapy"),
        "DTP*461": _date("last_certification"), "DTP*304": _date("last_seen"), "DTP*738": _date("hemoglobin_test"),
        "DTP*739": _date("creatinine_test"), "DTP*011": _date("shipped"), "DTP*455": _date("last_xray"),
        "DTP*454": _date("initial_treatment"),
        "QTY*PT": fields(element("ambulance_patients", "QTY02", number)),
        "QTY*FL": fields(element("obstetric_anesthesia_units", "QTY02", number)),
        "MEA": Rule(_MEASUREMENT, 5), "CN1": contract,
        "REF*9B": reference("repriced_line_number"), "REF*9D": reference("adjusted_repriced_line_number"),
        "REF*G1": reference("prior_authorization"), "REF*6R": reference("control_number"),
        "REF*EW": reference("mammography_certificate"), "REF*X4": reference("clia_number"),
        "REF*F4": reference("referring_clia_number"), "REF*BT": reference("immunization_batch"),
        "REF*9F": reference("referral_number"),
        "AMT*T": amount("sales_tax"), "AMT*F4": amount("postage"),
        "K3": Rule(each_value("fixed_format", "K301"), 10),
        "NTE*ADD": _NOTE, "NTE*DCP": _NOTE, "NTE*TPO": _THIRD_PARTY_NOTE, "PS1": _PURCHASED, "HCP": repricing,
    },
    most=MOST_LINES["professional"],
)  # fmt: skip
_INSTITUTIONAL_LINE = loop(
    "2400", "line", _next_line,
    {
        "LX": _NUMBER, "SV2": _institutional_service, "PWK": Rule(document, 10),
        "DTP*472": span_of("service_from", "service_through"),
        "REF*6R": reference("control_number"), "REF*9B": reference("repriced_line_number"),
        "REF*9D": reference("adjusted_repriced_line_number"),
        "AMT*GT": amount("sales_tax"), "AMT*N8": amount("facility_tax"),
        "NTE*TPO": _THIRD_PARTY_NOTE, "HCP": repricing,
    },
    most=MOST_LINES["institutional"],
)  # fmt: skip

_DRUG = loop(
    "2410", "line", of_line("drug"),
    {
        "LIN": fields(element("ndc", "LIN03")),
        "CTP": fields(element("quantity", "CTP04", number), element("unit", "CTP05-1")),
        "REF*XZ": reference("prescription_number"), "REF*VY": reference("link_sequence"),
    },
)  # fmt: skip


def _purchased(levels: Levels, placed: Placed) -> Part:
    """2420B: only the number is kept, as a field of the line."""
    if levels.line is not None:
        fill(levels.line, placed, (element("purchased_service_provider", "NM109"),))
    return Part(placed)


_ANSWER = each(
    "answers",
    element("question", "FRM01"),
    element("answer", "FRM02"),
    element("text", "FRM03"),
    element("date", "FRM04", day),
    element("percent", "FRM05", number),
)

_FORM = loop(
    "2440", "line", one_of_line("forms"),
    {"LQ": fields(element("kind", "LQ01"), element("form", "LQ02")), "FRM": Rule(_ANSWER, 99)},
    most=10,
)  # fmt: skip
_EVERY_ID = "0B 1G G2 LU"
_REFERRER_ID = "0B 1G G2"
_MOST_IDS = 20


def _provider(name: str, field: str, ids: str, *, specialty: bool = False) -> Loop:
    rules: dict[str, Take | Rule] = {"NM1": provider_name}
    if specialty:
        rules["PRV"] = taxonomy
    return loop(name, "line", of_line(field), rules | numbers(ids, _MOST_IDS))


_ORDERING = loop(
    "2420E", "line", of_line("ordering"),
    {"NM1": provider_name, **ADDRESS, **numbers(_REFERRER_ID, _MOST_IDS), "PER": contact},
)  # fmt: skip
_FACILITY = loop("2420C", "line", of_line("service_facility"), {"NM1": facility_name, **ADDRESS, **numbers("G2 LU", 3)})

LINE_LOOPS: dict[ClaimKind, Loop] = {"professional": _PROFESSIONAL_LINE, "institutional": _INSTITUTIONAL_LINE}
LINE_OPENERS: dict[ClaimKind, dict[str, Loop]] = {
    "professional": {
        "LIN": _DRUG,
        "NM1*82": _provider("2420A", "rendering", _EVERY_ID, specialty=True),
        "NM1*QB": loop("2420B", "line", _purchased, {"NM1": nothing}),
        "NM1*77": _FACILITY,
        "NM1*DQ": _provider("2420D", "supervising", _EVERY_ID),
        "NM1*DK": _ORDERING,
        "NM1*DN": _provider("2420F", "referring", _REFERRER_ID),
        "NM1*PW": loop("2420G", "line", of_line("pickup"), STOP),
        "NM1*45": loop("2420H", "line", drop_off_of(of_line("drop_off")), STOP),
        "SVD": LINE_DECISION,
        "LQ": _FORM,
    },
    "institutional": {
        "LIN": _DRUG,
        "NM1*72": _provider("2420A", "operating", _EVERY_ID),
        "NM1*ZZ": _provider("2420B", "other_operating", _EVERY_ID),
        "NM1*82": _provider("2420C", "rendering", _EVERY_ID),
        "NM1*DN": _provider("2420D", "referring", _REFERRER_ID),
        "SVD": LINE_DECISION,
    },
}
