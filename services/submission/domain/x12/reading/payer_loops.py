"""What other payers decided: loops 2320 and 2330 of the claim, 2430 of a line."""

from __future__ import annotations

from collections.abc import Iterator

from services.submission.domain.x12.other_payers import MOST_CAS
from services.submission.domain.x12.reading.faults import Placed
from services.submission.domain.x12.reading.level_loops import COVERAGE
from services.submission.domain.x12.reading.loops import Begin, Levels, Loop, Rule, loop, not_carried, nothing
from services.submission.domain.x12.reading.parts import (
    Part,
    Take,
    amount,
    date_of,
    element,
    fields,
    fill,
    number,
    reference,
    whole,
    within,
)
from services.submission.domain.x12.reading.people import ADDRESS, payer_name, secondary_id, subscriber_name
from services.submission.domain.x12.reading.shared_parts import numbers, one_of_line
from shared.claims import ClaimKind

_REASONS = tuple(
    (
        place,
        (
            element("group", "CAS01"),
            element("reason", f"CAS{place:02d}"),
            element("amount", f"CAS{place + 1:02d}", number),
            element("quantity", f"CAS{place + 2:02d}", number),
        ),
    )
    for place in range(2, 20, 3)
)
"""The six triples of a CAS, each with where it begins."""

_OTHER_BENEFITS = (element("assignment_of_benefits", "OI03"), element("release_of_information", "OI06"))
_OUTPATIENT = (element("reimbursement_rate", "MOA01", number), element("hcpcs_payable", "MOA02", number))
_INPATIENT = (element("covered_days", "MIA01", number),)
_DECISION = (
    element("payer_id", "SVD01"),
    element("paid", "SVD02", number),
    element("procedure", "SVD03-2"),
    element("revenue_code", "SVD04"),
    element("units", "SVD05", number),
    element("bundled_into_line", "SVD06", whole),
)


def _adjustments(part: Part, placed: Placed) -> None:
    """CAS: a group with up to six reasons, each with its amount and quantity."""
    for place, elements in _REASONS:
        if any(placed.segment.elements[place - 1 : place + 2]):
            one = Part(placed)
            fill(one, placed, elements)
            part.add("adjustments", one)


def _benefits(coverage: Part, placed: Placed) -> None:
    """OI. OI04 P: the provider signed for the patient."""
    fill(coverage, placed, _OTHER_BENEFITS)
    if placed.segment[4] == "P":
        coverage.put("signature_by_provider", True, placed, "OI04")


def _outpatient(adjudication: Part, placed: Placed) -> None:
    fill(adjudication, placed, _OUTPATIENT)
    _remarks(adjudication, placed, range(3, 8))


def _inpatient(adjudication: Part, placed: Placed) -> None:
    """MIA: covered days in 01, remarks in 05 and 20 to 23."""
    fill(adjudication, placed, _INPATIENT)
    _remarks(adjudication, placed, (5, 20, 21, 22, 23))


def _remarks(adjudication: Part, placed: Placed, places: range | tuple[int, ...]) -> None:
    codes = [placed.segment[place] for place in places if placed.segment[place]]
    if codes:
        adjudication.put("remark_codes", codes, placed, f"{placed.segment.id}{places[0]:02d}")


def _next_coverage(levels: Levels, placed: Placed) -> Part:
    """2320: one more of the claim's other coverages."""
    levels.other_payer = Part(placed)
    if levels.claim is not None:
        levels.claim.add("others", levels.other_payer)
    return levels.other_payer


def _of_coverage(levels: Levels, placed: Placed) -> Part:
    return levels.other_payer if levels.other_payer is not None else Part(placed)


def _provider_of_payer(levels: Levels, placed: Placed) -> Part:
    """2330C and on: a provider that the other payer knows by a number."""
    provider = Part(placed)
    provider.put("role", placed.segment[1], placed, "NM101")
    provider.put("is_person", placed.segment[2] == "1", placed, "NM102")
    if levels.other_payer is not None:
        levels.other_payer.add("other_payer_providers", provider)
    return provider


def _coverage(kind: ClaimKind) -> Loop:
    told: dict[str, Take | Rule] = {"MIA": within("adjudication", _inpatient)} if kind == "institutional" else {}
    return loop(
        "2320", "other_payer", _next_coverage,
        {
            "SBR": fields(*COVERAGE), "CAS": Rule(within("adjudication", _adjustments), MOST_CAS),
            "AMT*D": within("adjudication", amount("paid")),
            "AMT*A8": within("adjudication", amount("non_covered")),
            "AMT*EAF": within("adjudication", amount("remaining_patient_liability")),
            "OI": _benefits, **told, "MOA": within("adjudication", _outpatient),
        },
        most=10,
    )  # fmt: skip


_SUBSCRIBER = loop(
    "2330A", "other_payer", _of_coverage,
    {
        key: within("subscriber", take)
        for key, take in ({"NM1": subscriber_name} | ADDRESS | {"REF*SY": reference("ssn")}).items()
    },
)  # fmt: skip
_PAYER = loop(
    "2330B", "other_payer", _of_coverage,
    {
        "NM1": within("payer", payer_name), **{key: within("payer", take) for key, take in ADDRESS.items()},
        "DTP*573": within("adjudication", date_of("date")),
        **{f"REF*{qualifier}": within("payer", secondary_id) for qualifier in ("2U", "EI", "FY", "NF")},
        "REF*G1": reference("prior_authorization"), "REF*9F": reference("referral_number"), "REF*T4": not_carried,
        "REF*F8": reference("payer_claim_control_number"),
    },
)  # fmt: skip

_ROLES: dict[ClaimKind, dict[str, tuple[str, str]]] = {
    "professional": {
        "DN": ("2330C", "0B 1G G2"), "P3": ("2330C", "0B 1G G2"), "82": ("2330D", "0B 1G G2 LU"),
        "77": ("2330E", "0B G2 LU"), "DQ": ("2330F", "0B 1G G2 LU"), "85": ("2330G", "G2 LU"),
    },
    "institutional": {
        "71": ("2330C", "0B 1G G2 LU"), "72": ("2330D", "0B 1G G2 LU"), "ZZ": ("2330E", "0B 1G G2 LU"),
        "77": ("2330F", "0B G2 LU"), "82": ("2330G", "0B 1G G2 LU"), "DN": ("2330H", "0B 1G G2"),
        "85": ("2330I", "G2 LU"),
    },
}  # fmt: skip
"""The loops of an other payer's providers by NM101, and the REF that each allows."""


def other_payer_openers(kind: ClaimKind) -> dict[str, Loop]:
    """The loops below 2320."""
    begin: Begin = _provider_of_payer
    providers = {
        f"NM1*{role}": loop(name, "other_payer", begin, {"NM1": nothing, **numbers(ids, most=3)})
        for role, (name, ids) in _ROLES[kind].items()
    }
    return {"NM1*IL": _SUBSCRIBER, "NM1*PR": _PAYER, **providers}


def coverage_loop(kind: ClaimKind) -> Loop:
    """2320."""
    return _coverage(kind)


def _decision(part: Part, placed: Placed) -> None:
    """SVD."""
    fill(part, placed, _DECISION)
    modifiers = list(_filled(placed.segment.components(3)[2:6]))
    if modifiers:
        part.put("modifiers", modifiers, placed, "SVD03-3")


def _filled(texts: list[str]) -> Iterator[str]:
    return (text for text in texts if text)


LINE_DECISION = loop(
    "2430", "line", one_of_line("adjudications"),
    {
        "SVD": _decision, "CAS": Rule(_adjustments, MOST_CAS), "DTP*573": date_of("date"),
        "AMT*EAF": amount("remaining_patient_liability"),
    },
    most=15,
)  # fmt: skip
