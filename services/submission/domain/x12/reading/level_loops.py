"""Loops above the claim: 1000A to 2010CA."""

from __future__ import annotations

from collections.abc import Mapping

from services.submission.domain.x12.reading.faults import Placed
from services.submission.domain.x12.reading.loops import Begin, Levels, Loop, Rule, loop, not_carried, nothing
from services.submission.domain.x12.reading.parts import (
    Part,
    Take,
    day,
    each,
    element,
    fields,
    fill,
    number,
    reference,
    within,
    yes_or_no,
)
from services.submission.domain.x12.reading.people import (
    ADDRESS,
    PLACE,
    contact,
    demographics,
    payer_name,
    person_name,
    provider_name,
    secondary_id,
    subscriber_name,
    tax_id,
    taxonomy,
)
from shared.claims import ClaimKind


def _aside(_levels: Levels, placed: Placed) -> Part:
    return Part(placed)


def provider_level(levels: Levels, placed: Placed) -> Part:
    """HL*20. The part is kept in `levels`."""
    levels.provider = Part(placed)
    return levels.provider


def subscriber_level(levels: Levels, placed: Placed) -> Part:
    """HL*22."""
    levels.subscriber = Part(placed)
    return levels.subscriber


def patient_level(levels: Levels, placed: Placed) -> Part:
    """HL*23."""
    levels.patient = Part(placed)
    return levels.patient


def _of_provider(field: str) -> Begin:
    def begin(levels: Levels, placed: Placed) -> Part:
        return (levels.provider or provider_level(levels, placed)).child(field, placed)

    return begin


def _of_subscriber(levels: Levels, placed: Placed) -> Part:
    return levels.subscriber or subscriber_level(levels, placed)


def _of_patient(levels: Levels, placed: Placed) -> Part:
    return levels.patient or patient_level(levels, placed)


def _ids(qualifiers: str, take: Take, most: int = 1) -> dict[str, Take | Rule]:
    return {f"REF*{qualifier}": Rule(take, most) for qualifier in qualifiers.split()}


_RELATIONSHIP = (element("relationship", "PAT01"),)
_PAT_FACTS = (
    element("death_date", "PAT06", day),
    element("weight_pounds", "PAT08", number),
    element("pregnant", "PAT09", yes_or_no),
)
COVERAGE = (
    element("sequence", "SBR01"),
    element("relationship", "SBR02"),
    element("group_number", "SBR03"),
    element("group_name", "SBR04"),
    element("insurance_type", "SBR05"),
    element("filing_indicator", "SBR09"),
)
"""SBR of 2000B and 2320."""


def _patient_facts(part: Part, placed: Placed) -> None:
    fill(part, placed, _RELATIONSHIP)
    fill(part.child("patient", placed), placed, _PAT_FACTS)


SUBMITTER = loop("1000A", "header", _aside, {"NM1": nothing, "PER": Rule(nothing, 2)})
RECEIVER = loop("1000B", "header", _aside, {"NM1": nothing})
PROVIDER = loop(
    "2000A", "provider", provider_level, {"HL": nothing, "PRV": within("billing", taxonomy), "CUR": not_carried}
)
PAY_TO = loop("2010AB", "provider", _of_provider("pay_to_address"), {"NM1": nothing, **PLACE})
PAY_TO_PLAN = loop(
    "2010AC", "provider", _of_provider("pay_to_plan"),
    {
        "NM1": fields(element("organization", "NM103"), element("payer_id", "NM109")), **ADDRESS,
        **_ids("2U FY NF", secondary_id), "REF*EI": fields(element("tax_id", "REF02")),
    },
)  # fmt: skip
SUBSCRIBER = loop(
    "2000B", "subscriber", subscriber_level,
    {"HL": nothing, "SBR": within("coverage", fields(*COVERAGE)), "PAT": _patient_facts},
)  # fmt: skip
PAYER = loop(
    "2010BB", "subscriber", _of_subscriber,
    {
        "NM1": within("coverage.payer", payer_name),
        **{key: within("coverage.payer", take) for key, take in ADDRESS.items()},
        **_ids("2U EI FY NF", within("coverage.payer", secondary_id)),
        **_ids("G2 LU", each("billing_ids", element("qualifier", "REF01"), element("value", "REF02"))),
    },
)  # fmt: skip
PATIENT = loop("2000C", "patient", patient_level, {"HL": nothing, "PAT": _patient_facts})
PATIENT_NAME = loop(
    "2010CA", "patient", _of_patient,
    {
        "NM1": within("patient.name", person_name),
        **{key: within("patient", take) for key, take in ADDRESS.items()},
        "DMG": within("patient", demographics), "REF*Y4": reference("property_casualty_claim_number"),
        "REF*1W": not_carried, "REF*SY": not_carried, "PER": not_carried,
    },
)  # fmt: skip


def _billing_provider(kind: ClaimKind) -> Loop:
    """2010AA. An institution has its tax id alone (REF*EI); a professional also a licence or UPIN."""
    numbers = _ids("EI SY", tax_id) | _ids("0B 1G", secondary_id) if kind == "professional" else _ids("EI", tax_id)
    return loop(
        "2010AA", "provider", _of_provider("billing"),
        {"NM1": provider_name, **ADDRESS, **numbers, "PER": Rule(contact, 2)},
    )  # fmt: skip


def _subscriber_name(kind: ClaimKind) -> Loop:
    """2010BA. The contact (PER) is the professional guide's."""
    rules: dict[str, Take | Rule] = {
        "NM1": subscriber_name,
        **ADDRESS,
        "DMG": demographics,
        "REF*SY": reference("ssn"),
        "REF*Y4": reference("property_casualty_claim_number"),
    }
    if kind == "professional":
        rules["PER"] = contact
    path = "coverage.subscriber"
    return loop(
        "2010BA", "subscriber", _of_subscriber,
        {key: Rule(within(path, rule.take), rule.most) if isinstance(rule, Rule) else within(path, rule)
         for key, rule in rules.items()},
    )  # fmt: skip


def level_openers(kind: ClaimKind) -> dict[str, dict[str, Loop]]:
    """The loops that can follow in each area above the claim."""
    return {
        "header": {"NM1*41": SUBMITTER, "NM1*40": RECEIVER},
        "provider": {"NM1*85": _billing_provider(kind), "NM1*87": PAY_TO, "NM1*PE": PAY_TO_PLAN},
        "subscriber": {"NM1*IL": _subscriber_name(kind), "NM1*PR": PAYER},
        "patient": {"NM1*QC": PATIENT_NAME},
    }


LEVELS: Mapping[str, Loop] = {"20": PROVIDER, "22": SUBSCRIBER, "23": PATIENT}
"""By HL03."""
