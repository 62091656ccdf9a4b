"""Defects of who is on a claim, who pays, and by what numbers it is known."""

from __future__ import annotations

import random
from copy import deepcopy
from datetime import timedelta

from tests.services.scrubber.seeded import (
    ANY,
    NOT_HERE,
    PROFESSIONAL,
    Document,
    Seeded,
    billed,
    first_day,
    is_medicare,
    put,
)


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
    Seeded("service-before-birth", born_after_the_service, PROFESSIONAL, 55, later=2),
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
]
