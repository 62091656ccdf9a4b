"""Defects that a claim of any kind can have, or a practitioner's."""

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


def check_digit(document: Document, chance: random.Random) -> None:
    npi = document["billing"]["npi"]
    document["billing"]["npi"] = npi[:-1] + str((int(npi[-1]) + chance.randint(1, 9)) % 10)


def digits_swapped(document: Document, chance: random.Random) -> object:
    """Two neighbours that differ, other than 0 and 9, which the Luhn sum does not tell apart."""
    npi = document["billing"]["npi"]
    places = [n for n in range(2, 9) if npi[n] != npi[n + 1] and {npi[n], npi[n + 1]} != {"0", "9"}]
    if not places:
        return NOT_HERE
    at = chance.choice(places)
    document["billing"]["npi"] = npi[:at] + npi[at + 1] + npi[at] + npi[at + 2 :]
    return None


def pay_to_is_billing(document: Document, chance: random.Random) -> None:
    document["pay_to_address"] = deepcopy(document["billing"]["address"])


def facility_zip(document: Document, chance: random.Random) -> object:
    if document["service_facility"] is None:
        return NOT_HERE
    document["service_facility"]["address"]["zip_code"] = "37203"
    return None


def patient_zip(document: Document, chance: random.Random) -> object:
    address = document["patient"]["address"]
    if address["country"] is not None or billed(document)["relationship"] == "18":
        return NOT_HERE
    address["zip_code"] = chance.choice(["123", "37203-12", "ABCDE"])
    return None


def two_primaries(document: Document, chance: random.Random) -> object:
    if len(document["coverages"]) > 1:
        return NOT_HERE
    second = deepcopy(document["coverages"][0])
    second["payer"]["payer_id"], second["filing_indicator"] = "OTHER1", "CI"
    document["coverages"].append(second)
    return None


def no_primary(document: Document, chance: random.Random) -> object:
    if len(document["coverages"]) > 1 or is_medicare(document):
        return NOT_HERE
    document["coverages"][0]["sequence"] = document["billed_sequence"] = "S"
    return None


def another_birthday(document: Document, chance: random.Random) -> object:
    coverage = billed(document)
    if coverage["relationship"] != "18" or coverage["subscriber"]["birth_date"] is None:
        return NOT_HERE
    coverage["subscriber"]["birth_date"] = "1933-03-03"
    return None


def no_filing_indicator(document: Document, chance: random.Random) -> object:
    if is_medicare(document):
        return NOT_HERE
    billed(document)["filing_indicator"] = None
    return None


def unknown_filing_indicator(document: Document, chance: random.Random) -> object:
    if is_medicare(document):
        return NOT_HERE
    billed(document)["filing_indicator"] = chance.choice(["XX", "09", "MX"])
    return None


def other_part_of_medicare(document: Document, chance: random.Random) -> object:
    if not is_medicare(document):
        return NOT_HERE
    billed(document)["filing_indicator"] = "MA" if document["kind"] == "professional" else "MB"
    return None


def reason_of_medicare_secondary(document: Document, chance: random.Random) -> object:
    if not is_medicare(document) or document["billed_sequence"] == "P":
        return NOT_HERE
    billed(document)["insurance_type"] = None
    return None


def no_member_id(document: Document, chance: random.Random) -> None:
    billed(document)["subscriber"]["member_id"] = None


def letter_that_no_mbi_has(document: Document, chance: random.Random) -> object:
    if not is_medicare(document):
        return NOT_HERE
    subscriber = billed(document)["subscriber"]
    subscriber["member_id"] = subscriber["member_id"][0] + chance.choice("SLOIBZ") + subscriber["member_id"][2:]
    return None


def mbi_too_short(document: Document, chance: random.Random) -> object:
    if not is_medicare(document):
        return NOT_HERE
    billed(document)["subscriber"]["member_id"] = billed(document)["subscriber"]["member_id"][:-1]
    return None


def no_birthday(document: Document, chance: random.Random) -> None:
    document["patient"]["birth_date"] = billed(document)["subscriber"]["birth_date"] = None


def no_sex(document: Document, chance: random.Random) -> None:
    document["patient"]["sex"] = billed(document)["subscriber"]["sex"] = None


def born_tomorrow(document: Document, chance: random.Random) -> None:
    _born(document, "2031-01-01")


def born_long_ago(document: Document, chance: random.Random) -> object:
    # The code editors have an age of their own above which they ask; here only the front end does.
    if document["kind"] == "institutional":
        return NOT_HERE
    _born(document, "1850-01-01")
    return None


def born_after_the_service(document: Document, chance: random.Random) -> None:
    _born(document, (first_day(document) + timedelta(days=1)).isoformat())


def _born(document: Document, day: str) -> None:
    document["patient"]["birth_date"] = day
    for coverage in document["coverages"]:
        if coverage["relationship"] == "18":
            coverage["subscriber"]["birth_date"] = None


def no_patient_address(document: Document, chance: random.Random) -> None:
    document["patient"]["address"] = None
    billed(document)["subscriber"]["address"] = None


def no_payer_id(document: Document, chance: random.Random) -> object:
    if len(document["coverages"]) > 1:
        return NOT_HERE
    billed(document)["payer"]["payer_id"] = None
    return None


def nothing_charged(document: Document, chance: random.Random) -> object:
    if len(document["coverages"]) > 1:
        return NOT_HERE
    document["total_charge"] = "0.00"
    for line in document["lines"]:
        line["charge"] = "0.00"
    return None


def total_off(document: Document, chance: random.Random) -> object:
    if len(document["coverages"]) > 1:
        return NOT_HERE
    document["total_charge"] = f"{float(document['total_charge']) + chance.choice([0.01, 1, 100]):.2f}"
    return None


def replacement_to_part_b(document: Document, chance: random.Random) -> object:
    if billed(document)["filing_indicator"] != "MB":
        return NOT_HERE
    document["frequency"] = "7"
    billed(document)["payer_claim_control_number"] = "ICN1"
    return None


def replacement_of_nothing(document: Document, chance: random.Random) -> object:
    if is_medicare(document) or document["frequency"] not in "178":
        return NOT_HERE
    document["frequency"] = chance.choice("78")
    billed(document)["payer_claim_control_number"] = None
    return None


def original_of_something(document: Document, chance: random.Random) -> object:
    if document["frequency"] != "1":
        return NOT_HERE
    billed(document)["payer_claim_control_number"] = "ICN1"
    return None


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
    Seeded("billing-npi-missing", put("billing.npi", None), ANY, 14),
    Seeded("provider-npi-invalid", check_digit, ANY, 15),
    Seeded("provider-npi-invalid", digits_swapped, ANY, 15),
    Seeded("provider-npi-invalid", put("billing.npi", "3234567893"), ANY, 15),
    Seeded("provider-npi-invalid", put("billing.npi", "123456789"), ANY, 15),
    Seeded("billing-tax-id-missing", put("billing.tax_id", None), ANY, 17),
    Seeded("billing-tax-id-invalid", put("billing.tax_id", "333333333"), ANY, 17),
    Seeded("billing-tax-id-invalid", put("billing.tax_id", "12345678"), ANY, 17),
    Seeded("provider-taxonomy-invalid", put("billing.taxonomy", "207R00000"), ANY, 18),
    Seeded("billing-address-missing", put("billing.address", None), ANY, 19),
    *(
        Seeded("billing-address-po-box", put("billing.address.line1", box), ANY, 19)
        for box in ("PO BOX 12", "P.O. Box 4471", "P O BOX 9", "Post Office Box 77", "LOCK BOX 4", "Lockbox 1234")
    ),
    Seeded("billing-address-po-box", put("billing.address.line2", "PO Box 5"), ANY, 19),
    Seeded("billing-zip-nine-digits", put("billing.address.zip_code", "37203"), ANY, 20),
    Seeded("billing-zip-nine-digits", put("billing.address.zip_code", None), ANY, 20),
    Seeded("service-facility-zip-nine-digits", facility_zip, PROFESSIONAL, 20),
    Seeded("address-state-invalid", put("billing.address.state", "XX"), ANY, 21),
    Seeded("address-state-invalid", put("billing.address.state", None), ANY, 21),
    Seeded("address-zip-invalid", patient_zip, ANY, 21),
    Seeded("pay-to-address-repeated", pay_to_is_billing, ANY, 22),
    Seeded("payer-one-primary", two_primaries, ANY, 23),
    Seeded("payer-one-primary", no_primary, ANY, 23),
    Seeded("subscriber-is-patient", another_birthday, ANY, 24),
    Seeded("payer-filing-indicator-invalid", no_filing_indicator, ANY, 25),
    Seeded("payer-filing-indicator-invalid", unknown_filing_indicator, ANY, 25),
    Seeded("payer-medicare-part", other_part_of_medicare, ANY, 25),
    Seeded("payer-medicare-secondary-reason", reason_of_medicare_secondary, PROFESSIONAL, 26),
    Seeded("subscriber-id-missing", no_member_id, ANY, 27),
    Seeded("subscriber-mbi-format", letter_that_no_mbi_has, ANY, 28),
    Seeded("subscriber-mbi-format", mbi_too_short, ANY, 28),
    Seeded("patient-first-name-missing", put("patient.name.first", None), ANY, 29),
    Seeded("patient-birth-date-missing", no_birthday, ANY, 30),
    Seeded("patient-birth-date-impossible", born_tomorrow, ANY, 30),
    Seeded("patient-birth-date-impossible", born_long_ago, PROFESSIONAL, 30),
    Seeded("patient-sex-missing", no_sex, ANY, 31),
    Seeded("patient-address-missing", no_patient_address, ANY, 32),
    Seeded("payer-id-missing", no_payer_id, ANY, 33),
    Seeded("control-number-invalid", put("patient_control_number", "A" * 21), ANY, 35),
    Seeded("total-charge-positive", nothing_charged, ANY, 37),
    Seeded("total-charge-balance", total_off, ANY, 38),
    Seeded("place-of-service-invalid", put("place_of_service", "30"), PROFESSIONAL, 39),
    Seeded("place-of-service-invalid", put("lines.0.place_of_service", "00"), PROFESSIONAL, 39),
    Seeded("frequency-invalid", replacement_to_part_b, PROFESSIONAL, 41),
    Seeded("frequency-invalid", put("frequency", "5"), PROFESSIONAL, 41),
    Seeded("original-number-missing", replacement_of_nothing, ("professional", "outpatient"), 42),
    Seeded("original-number-not-wanted", original_of_something, ANY, 42),
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
    Seeded("service-before-birth", born_after_the_service, PROFESSIONAL, 55, later=2),
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
