"""Loop 2300 of both kinds and the providers of the claim (2310)."""

from __future__ import annotations

from datetime import UTC, datetime

from services.submission.domain.x12.reading.faults import Placed
from services.submission.domain.x12.reading.health_codes import health_codes
from services.submission.domain.x12.reading.loops import Begin, Levels, Loop, Rule, loop, nothing
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
    within,
    yes_or_no,
)
from services.submission.domain.x12.reading.people import (
    ADDRESS,
    PLACE,
    contact,
    facility_name,
    provider_name,
    taxonomy,
)
from services.submission.domain.x12.reading.shared_parts import (
    condition,
    contract,
    document,
    epsdt,
    numbers,
    of_claim,
    repricing,
    transport,
)

_CLAIM = (
    element("patient_control_number", "CLM01"),
    element("total_charge", "CLM02", number),
    element("frequency", "CLM05-3"),
    element("accept_assignment", "CLM07"),
    element("delay_reason", "CLM20"),
)
_PROFESSIONAL = (
    element("place_of_service", "CLM05-1"),
    element("provider_signature_on_file", "CLM06", yes_or_no),
    element("special_program", "CLM12"),
)
_INSTITUTIONAL = (element("facility_type", "CLM05-1"),)
_ADMISSION = (element("type", "CL101"), element("source", "CL102"))
_STATUS = (element("patient_status", "CL103"),)
_BILLED = (element("assignment_of_benefits", "CLM08"), element("release_of_information", "CLM09"))
_CAUSES = (element("state", "CLM11-4"), element("country", "CLM11-5"))


def _professional_claim(claim: Part, placed: Placed) -> None:
    _claim(claim, placed)
    fill(claim, placed, _PROFESSIONAL)
    segment = placed.segment
    if segment[10]:
        signed = True if segment[10] == "P" else MISREAD
        claim.child("billed", placed).put("signature_by_provider", signed, placed, "CLM10")
    if segment[11]:
        related = claim.child("related_causes", placed)
        causes = [cause for cause in segment.components(11)[:3] if cause]
        related.put("causes", causes, placed, "CLM11-1")
        fill(related, placed, _CAUSES)


def _institutional_claim(claim: Part, placed: Placed) -> None:
    _claim(claim, placed)
    fill(claim, placed, _INSTITUTIONAL)


def _claim(claim: Part, placed: Placed) -> None:
    fill(claim, placed, _CLAIM)
    fill(claim.child("billed", placed), placed, _BILLED)


def _date(field: str) -> Take:
    return within("dates", date_of(field))


def _of_billed(field: str) -> Take:
    """A number that belongs to the payer whom the claim is sent to."""
    return within("billed", reference(field))


def _of_claim(field: str) -> Take:
    return within("references", reference(field))


def _crossover(claim: Part, placed: Placed) -> None:
    claim.child("references", placed).put("mandatory_medicare_crossover", yes_or_no(placed.segment[2]), placed, "REF02")


_COMMON_REFERENCES: dict[str, Take | Rule] = {
    "REF*4N": _of_claim("service_authorization_exception"),
    "REF*9F": _of_billed("referral_number"),
    "REF*G1": _of_billed("prior_authorization"),
    "REF*F8": _of_billed("payer_claim_control_number"),
    "REF*9A": _of_claim("repriced_claim_number"),
    "REF*9C": _of_claim("adjusted_repriced_claim_number"),
    "REF*D9": reference("trace_number"),
    "REF*EA": within("patient", reference("medical_record_number")),
    "REF*P4": _of_claim("demonstration_project"),
}
_EXEMPTIONS = within("references", each_value("investigational_device_exemption", "REF02"))

PROFESSIONAL_RULES: dict[str, Take | Rule] = {
    "CLM": _professional_claim,
    "DTP*431": _date("onset"),
    "DTP*454": _date("initial_treatment"),
    "DTP*304": _date("last_seen"),
    "DTP*453": _date("acute_manifestation"),
    "DTP*439": _date("accident"),
    "DTP*484": _date("last_menstrual_period"),
    "DTP*455": _date("last_xray"),
    "DTP*471": _date("prescription"),
    "DTP*314": within("dates", span_of("disability_from", "disability_through")),
    "DTP*360": _date("disability_from"),
    "DTP*361": _date("disability_through"),
    "DTP*297": _date("last_worked"),
    "DTP*296": _date("return_to_work"),
    "DTP*435": _date("admission"),
    "DTP*096": _date("discharge"),
    "DTP*090": _date("assumed_care"),
    "DTP*091": _date("relinquished_care"),
    "DTP*444": _date("first_contact"),
    "DTP*050": _date("repricer_received"),
    "PWK": Rule(document, 10),
    "CN1": contract,
    "AMT*F5": amount("patient_paid"),
    **_COMMON_REFERENCES,
    "REF*F5": _crossover,
    "REF*EW": _of_claim("mammography_certificate"),
    "REF*X4": _of_claim("clia_number"),
    "REF*LX": _EXEMPTIONS,
    "REF*1J": _of_claim("care_plan_oversight_npi"),
    "K3": Rule(each_value("fixed_format", "K301"), 10),
    "NTE": within("note", fields(element("kind", "NTE01"), element("text", "NTE02"))),
    "CR1": transport,
    "CR2": within("spinal_manipulation", fields(element("condition", "CR208"), element("description", "CR210"))),
    "CRC*07": Rule(condition, 3),
    "CRC*E1": Rule(condition, 3),
    "CRC*E2": Rule(condition, 3),
    "CRC*E3": Rule(condition, 3),
    "CRC*75": condition,
    "CRC*ZZ": epsdt,
    "HI": health_codes("professional"),
    "HCP": repricing,
}


def _discharge_hour(claim: Part, placed: Placed) -> None:
    """DTP*096 TM HHMM."""
    hour, minute = _clock(placed.segment[3]) if placed.segment[2] == "TM" else (MISREAD, MISREAD)
    admission = claim.child("admission", placed)
    admission.put("discharge_hour", hour, placed, "DTP03")
    admission.put("discharge_minute", minute, placed, "DTP03")


def _clock(text: str) -> tuple[object, object]:
    return (int(text[:2]), int(text[2:])) if len(text) == 4 and text.isdecimal() else (MISREAD, MISREAD)


_STATEMENT = span_of("statement_from", "statement_through")


def _statement(claim: Part, placed: Placed) -> None:
    """DTP*434 RD8. One day alone (D8) is a fault that `checks` tells of; it says both ends."""
    _STATEMENT(claim, placed)
    if placed.segment[2] == "D8":
        claim.put("statement_through", claim["statement_from"], placed, "DTP03")


def _admission(claim: Part, placed: Placed) -> None:
    """DTP*435 with the hour (DT) or the day alone (D8)."""
    admission, text = claim.child("admission", placed), placed.segment[3]
    if placed.segment[2] == "DT":
        admission.put("date", day(text[:8]), placed, "DTP03")
        hour, minute = _clock(text[8:])
        admission.put("hour", hour, placed, "DTP03")
        admission.put("minute", minute, placed, "DTP03")
    else:
        date_of("date")(admission, placed)


def _repricer_received(claim: Part, placed: Placed) -> None:
    """DTP*050 has the day alone; the hour stays open, and stands at midnight."""
    value = day(placed.segment[3])
    instant = MISREAD if value is MISREAD else datetime.combine(value, datetime.min.time(), UTC)  # type: ignore[arg-type]  # a date then
    claim.put("repricer_received", instant, placed, "DTP03")


def _claim_codes(claim: Part, placed: Placed) -> None:
    """CL1."""
    fill(claim.child("admission", placed), placed, _ADMISSION)
    fill(claim, placed, _STATUS)


_CLAIM_NOTE = each("claim_notes", element("kind", "NTE01"), element("text", "NTE02"))


def _note(claim: Part, placed: Placed) -> None:
    """NTE: billing note with ADD, else one of the claim notes."""
    if placed.segment[1] == "ADD":
        claim.put("billing_note", placed.segment[2], placed, "NTE02")
    else:
        _CLAIM_NOTE(claim, placed)


INSTITUTIONAL_RULES: dict[str, Take | Rule] = {
    "CLM": _institutional_claim,
    "DTP*096": _discharge_hour,
    "DTP*434": _statement,
    "DTP*435": _admission,
    "DTP*050": _repricer_received,
    "CL1": _claim_codes,
    "PWK": Rule(document, 10),
    "CN1": contract,
    "AMT*F3": amount("estimated_patient_due"),
    **_COMMON_REFERENCES,
    "REF*LX": Rule(_EXEMPTIONS, 5),
    "REF*LU": _of_claim("auto_accident_state"),
    "REF*G4": _of_claim("peer_review_authorization"),
    "K3": Rule(each_value("fixed_format", "K301"), 10),
    "NTE": Rule(_note, 11),
    "CRC*ZZ": epsdt,
    "HI": health_codes("institutional"),
    "HCP": repricing,
}


def _provider(name: str, field: str, ids: str, *, specialty: bool = False) -> Loop:
    rules: dict[str, Take | Rule] = {"NM1": provider_name}
    if specialty:
        rules["PRV"] = taxonomy
    return loop(name, "claim", of_claim(field), rules | numbers(ids))


def _service_facility(name: str, *, with_contact: bool) -> Loop:
    rules: dict[str, Take | Rule] = {"NM1": facility_name, **ADDRESS, **numbers("0B G2 LU")}
    if with_contact:
        rules["PER"] = contact
    return loop(name, "claim", of_claim("service_facility"), rules)


def drop_off_of(find: Begin) -> Begin:
    """2310F and 2420H: the address is an object of its own, its name (NM103) a field beside it."""

    def begin(levels: Levels, placed: Placed) -> Part:
        address = find(levels, placed)
        owner = levels.line if placed.loop == "2420H" else levels.claim
        if owner is not None and placed.segment[3]:
            owner.put("drop_off_name", placed.segment[3], placed, "NM103")
        return address

    return begin


STOP: dict[str, Take | Rule] = {"NM1": nothing, **PLACE}
_EVERY_ID = "0B 1G G2 LU"
_REFERRER_ID = "0B 1G G2"

PROFESSIONAL_PROVIDERS: dict[str, Loop] = {
    "NM1*DN": _provider("2310A", "referring", _REFERRER_ID),
    "NM1*P3": _provider("2310A", "primary_care", _REFERRER_ID),
    "NM1*82": _provider("2310B", "rendering", _EVERY_ID, specialty=True),
    "NM1*77": _service_facility("2310C", with_contact=True),
    "NM1*DQ": _provider("2310D", "supervising", _EVERY_ID),
    "NM1*PW": loop("2310E", "claim", of_claim("pickup"), STOP),
    "NM1*45": loop("2310F", "claim", drop_off_of(of_claim("drop_off")), STOP),
}
INSTITUTIONAL_PROVIDERS: dict[str, Loop] = {
    "NM1*71": _provider("2310A", "attending", _EVERY_ID, specialty=True),
    "NM1*72": _provider("2310B", "operating", _EVERY_ID),
    "NM1*ZZ": _provider("2310C", "other_operating", _EVERY_ID),
    "NM1*82": _provider("2310D", "rendering", _EVERY_ID),
    "NM1*77": _service_facility("2310E", with_contact=False),
    "NM1*DN": _provider("2310F", "referring", _REFERRER_ID),
}
