"""Defects of what was done: diagnoses, lines, their days, and what an earlier payer decided of them."""

from __future__ import annotations

import random
from copy import deepcopy
from datetime import date, timedelta

from tests.services.scrubber.seeded import (
    ANY,
    NOT_HERE,
    PROFESSIONAL,
    Document,
    Seeded,
    Spoil,
    billed,
    first_day,
    is_medicare,
    put,
)

A_YEAR_AND_MORE = 800


def accident_without_state(document: Document, chance: random.Random) -> None:
    document["related_causes"] = {"causes": ["AA"]}
    document["dates"]["accident"] = first_day(document).isoformat()


def accident_without_date(document: Document, chance: random.Random) -> None:
    document["related_causes"] = {"causes": [chance.choice(["AA", "OA"])], "state": "TN"}
    document["dates"]["accident"] = None


def accident_after_service(document: Document, chance: random.Random) -> None:
    document["related_causes"] = {"causes": ["OA"]}
    document["dates"]["accident"] = "2027-05-05"


def category_of_three_characters(document: Document, chance: random.Random) -> None:
    """Not the most specific code."""
    document["diagnoses"][0]["code"] = chance.choice(["E11", "J45", "M54", "I25", "S72"])


def retired_diagnosis(document: Document, chance: random.Random) -> None:
    """M54.5 ended with September 2021 (86 FR 44774: M54.50, M54.51 and M54.59 instead)."""
    document["diagnoses"][0]["code"] = "M545"


def diagnosis_again(document: Document, chance: random.Random) -> object:
    if not 1 <= len(document["diagnoses"]) <= 11:
        return NOT_HERE
    document["diagnoses"].append(deepcopy(document["diagnoses"][0]))
    return None


def pointer_to_nothing(document: Document, chance: random.Random) -> object:
    if len(document["diagnoses"]) == 12:
        return NOT_HERE
    document["lines"][0]["pointers"] = [len(document["diagnoses"]) + 1]
    return None


def procedure(code: str) -> Spoil:
    """Of a line without modifiers: those of an ambulance are none on another service."""

    def spoil(document: Document, chance: random.Random) -> object:
        if document["lines"][0]["modifiers"]:
            return NOT_HERE
        document["lines"][0]["procedure"] = code
        return None

    spoil.__name__ = f"procedure_{code}"
    return spoil


def deleted_procedure(document: Document, chance: random.Random) -> object:
    """CPT 99201 was deleted with the year 2021 (85 FR 84472). Days after June 2026 have no list of codes."""
    if first_day(document) > date(2026, 6, 1) or document["lines"][0]["modifiers"]:
        return NOT_HERE
    document["lines"][0]["procedure"] = "99201"
    return None


def unknown_modifier(document: Document, chance: random.Random) -> object:
    if first_day(document) > date(2026, 6, 1) or document["lines"][0]["modifiers"]:
        return NOT_HERE
    document["lines"][0]["modifiers"] = [chance.choice(["00", "Z9", "2Z"])]
    return None


def modifier_again(document: Document, chance: random.Random) -> object:
    modifiers = document["lines"][0]["modifiers"]
    if len(modifiers) != 1:
        return NOT_HERE
    modifiers.append(modifiers[0])
    return None


def minutes_of_a_visit(document: Document, chance: random.Random) -> object:
    if document["lines"][0]["unit"] == "MJ":
        return NOT_HERE
    document["lines"][0]["unit"] = "MJ"
    return None


def service_tomorrow(document: Document, chance: random.Random) -> None:
    document["lines"][0] |= {"service_from": "2029-03-01", "service_through": None}


def service_backwards(document: Document, chance: random.Random) -> object:
    if document["related_causes"] is not None:
        return NOT_HERE
    line = document["lines"][0]
    line["service_through"] = (date.fromisoformat(line["service_from"]) - timedelta(days=1)).isoformat()
    return None


def of_medicare(document: Document, chance: random.Random) -> object:
    """Filed too late: nothing else is changed."""
    return None if is_medicare(document) and document["frequency"] == "1" else NOT_HERE


def rendering_without_npi(document: Document, chance: random.Random) -> object:
    if document["rendering"] is None:
        return NOT_HERE
    document["rendering"]["npi"] = None
    return None


def referring_organization(document: Document, chance: random.Random) -> object:
    if document["referring"] is None:
        return NOT_HERE
    document["referring"] |= {"person": None, "organization": "A CLINIC"}
    return None


def ride_without(field: str) -> Spoil:
    def spoil(document: Document, chance: random.Random) -> object:
        if document[field] is None:
            return NOT_HERE
        document[field] = None
        return None

    spoil.__name__ = f"ride_without_{field}"
    return spoil


def certificate_of_need(document: Document, chance: random.Random) -> object:
    """CMS takes none for days of service from 2023 on."""
    if billed(document)["filing_indicator"] != "MB":
        return NOT_HERE
    answers = [{"question": "5", "answer": "Y"}]
    document["lines"][0]["forms"] = [{"kind": "UT", "form": "484.3", "answers": answers}]
    return None


def waived_test_without_laboratory(document: Document, chance: random.Random) -> object:
    line = next((one for one in document["lines"] if "QW" in one["modifiers"]), None)
    if line is None or not is_medicare(document):
        return NOT_HERE
    line["clia_number"] = None
    return None


def short_ndc(document: Document, chance: random.Random) -> object:
    line = next((line for line in document["lines"] if line["drug"]), None)
    if line is None:
        return NOT_HERE
    line["drug"]["ndc"] = line["drug"]["ndc"][:10]
    return None


def secondary_pays_more(document: Document, chance: random.Random) -> object:
    decision = document["coverages"][0]["adjudication"]
    if decision is None:
        return NOT_HERE
    decision["paid"] = f"{float(decision['paid']) + 5:.2f}"
    return None


def secondary_line_off(document: Document, chance: random.Random) -> object:
    decisions = document["lines"][0]["adjudications"]
    if not decisions:
        return NOT_HERE
    decisions[0]["paid"] = f"{float(decisions[0]['paid']) + 5:.2f}"
    return None


def line_of_an_unknown_payer(document: Document, chance: random.Random) -> object:
    decisions = document["lines"][-1]["adjudications"]
    if not decisions or len(document["lines"]) < 2:
        return NOT_HERE
    decisions[0] |= {"payer_id": "NOBODY", "adjustments": [], "paid": document["lines"][-1]["charge"]}
    return None


def primary_did_not_decide(document: Document, chance: random.Random) -> object:
    if document["coverages"][0]["adjudication"] is None:
        return NOT_HERE
    document["coverages"][0]["adjudication"] = None
    for line in document["lines"]:
        line["adjudications"] = []
    return None


def decided_on_two_dates(document: Document, chance: random.Random) -> object:
    decision = document["coverages"][0]["adjudication"]
    if decision is None or not document["lines"][0]["adjudications"]:
        return NOT_HERE
    decision["date"] = document["lines"][0]["adjudications"][0]["date"]
    return None


def same_line_again(document: Document, chance: random.Random) -> object:
    """CMS Pub 100-04 ch. 1 §120.2."""
    if billed(document)["filing_indicator"] != "MB" or len(document["coverages"]) > 1:
        return NOT_HERE
    again = deepcopy(document["lines"][0])
    if again["modifiers"] or again["procedure"].startswith("A0"):
        return NOT_HERE
    again["number"] = len(document["lines"]) + 1
    document["lines"].append(again)
    document["total_charge"] = f"{float(document['total_charge']) + float(again['charge']):.2f}"
    return None


def shut_out(document: Document, chance: random.Random) -> object:
    if document["lines"][0]["modifiers"] or first_day(document) > date(2026, 6, 1):
        return NOT_HERE
    document["lines"][0]["modifiers"] = ["26", "TC"]
    return None


_NO_NUMBER = frozenset({"cob-claim-balance"})

DEFECTS = [
    Seeded("accident-state-missing", accident_without_state, PROFESSIONAL, 44),
    Seeded("accident-date-missing", accident_without_date, PROFESSIONAL, 44),
    Seeded("accident-after-service", accident_after_service, PROFESSIONAL, 44),
    Seeded("diagnosis-principal-missing", put("diagnoses", []), PROFESSIONAL, 45),
    Seeded("diagnosis-not-valid", category_of_three_characters, ANY, 46),
    Seeded("diagnosis-not-valid", retired_diagnosis, ANY, 46),
    Seeded("diagnosis-twice", diagnosis_again, ANY, 47),
    Seeded("diagnosis-external-cause-principal", put("diagnoses.0.code", "W010XXA"), ANY, 48),
    Seeded("diagnosis-pointer-absent", pointer_to_nothing, PROFESSIONAL, 49),
    Seeded("diagnosis-pointer-missing", put("lines.0.pointers", []), PROFESSIONAL, 49),
    Seeded("diagnosis-pointer-twice", put("lines.0.pointers", [1, 1]), PROFESSIONAL, 49),
    Seeded("procedure-format", procedure("9921"), PROFESSIONAL, 50),
    Seeded("procedure-format", procedure("X9999"), PROFESSIONAL, 50),
    Seeded("procedure-code-not-valid", deleted_procedure, PROFESSIONAL, 50),
    Seeded("modifier-format", put("lines.0.modifiers", ["5"]), PROFESSIONAL, 51),
    Seeded("modifier-twice", modifier_again, PROFESSIONAL, 51),
    Seeded("modifier-invalid", unknown_modifier, PROFESSIONAL, 51),
    Seeded("modifiers-exclude-each-other", shut_out, PROFESSIONAL),
    Seeded("unlisted-procedure-description", procedure("J3490"), PROFESSIONAL, 52),
    Seeded("units-positive", put("lines.0.units", "0"), ANY, 54),
    Seeded("minutes-without-anesthesia", minutes_of_a_visit, PROFESSIONAL, 54),
    Seeded("service-date-missing", put("lines.0.service_from", None), PROFESSIONAL, 55),
    Seeded("service-date-future", service_tomorrow, PROFESSIONAL, 55),
    Seeded("service-dates-reversed", service_backwards, PROFESSIONAL, 55),
    Seeded("timely-filing", of_medicare, ANY, 55, later=A_YEAR_AND_MORE),
    Seeded("rendering-npi-missing", rendering_without_npi, PROFESSIONAL, 57),
    Seeded("provider-must-be-person", referring_organization, ("professional", "outpatient"), 58),
    Seeded("clia-number-invalid", put("references.clia_number", "44X0987654"), PROFESSIONAL, 60),
    Seeded("clia-number-missing", waived_test_without_laboratory, PROFESSIONAL, 60),
    Seeded("ambulance-way-missing", ride_without("pickup"), PROFESSIONAL, 62),
    Seeded("ambulance-way-missing", ride_without("drop_off"), PROFESSIONAL, 62),
    Seeded("ambulance-transport-missing", ride_without("ambulance"), PROFESSIONAL, 62),
    Seeded("equipment-certificate-ended", certificate_of_need, PROFESSIONAL, 62),
    Seeded("drug-code-format", short_ndc, ("professional", "outpatient"), 61),
    Seeded("cob-claim-balance", secondary_pays_more, ANY, 63),
    Seeded("cob-line-balance", secondary_line_off, ANY, 63),
    Seeded("cob-line-payer-unknown", line_of_an_unknown_payer, ANY, 63, also=_NO_NUMBER),
    Seeded("cob-earlier-decision-missing", primary_did_not_decide, ANY, 63),
    Seeded("cob-decision-date", decided_on_two_dates, ANY, 63),
    Seeded("duplicate-line", same_line_again, PROFESSIONAL),
]
