"""Who is on a clean claim: patients, payers in their turn, providers; as few or as many fields as senders fill."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from shared.claims import luhn_sum

Document = dict[str, Any]

FIRST_DAY, LAST_DAY = date(2024, 1, 1), date(2026, 6, 30)
UNCOVERED_FROM, UNCOVERED_THROUGH = date(2026, 7, 1), date(2026, 11, 20)
"""Days that the I/OCE and NCCI do not cover, though ICD-10 does."""
_LAST_NAMES = ["ABERNATHY", "O'BRIEN", "Nguyen", "DE LA CRUZ", "Smith-Jones", "LEE", "Okafor", "GARCIA LOPEZ"]
_FIRST_NAMES = ["JOAN", "Samuel", "ANNE MARIE", "Li", "José", "MARY", "J"]
_STREETS = ["400 RIVERSIDE AVENUE", "12 Maple Street Apt 4", "1 N MAIN ST", "9001 STATE ROUTE 66", "55 BOXWOOD LANE"]
_CITIES = [("NASHVILLE", "TN", "372030001"), ("Brooklyn", "NY", "112011234"), ("San Juan", "PR", "009014321"),
           ("Anchorage", "AK", "995011199"), ("APO", "AE", "090121001")]  # fmt: skip
_ABROAD = [("LONDON", None, "SW1A 1AA", "GB"), ("Toronto", "ON", "M5V 2T6", "CA"), ("MEXICO CITY", None, "06000", "MX")]
_COMMERCIAL = ["CI", "BL", "HM", "12", "13", "14", "15", "16", "AM", "WC", "CH", "TV", "VA", "OF", "11", "ZZ", "LM"]
_SUBSCRIBED = ["01", "19", "20", "21", "39", "53", "G8"]
_MBI_LETTERS = "ACDEFGHJKMNPQRTUVWXY"


def maybe(chance: random.Random, share: float, **fields: Any) -> Document:
    """The fields once in so many times: a share of claims has them."""
    return fields if chance.random() < share else {}


def digits(chance: random.Random, count: int) -> str:
    return str(chance.randint(10 ** (count - 1), 10**count - 1))


def npi(chance: random.Random) -> str:
    body = chance.choice("12") + digits(chance, 8)
    return body + str(-luhn_sum("80840" + body + "0") % 10)


def a_day(chance: random.Random) -> date:
    """Of the covered days nine in ten times."""
    first, last = (FIRST_DAY, LAST_DAY) if chance.random() < 0.9 else (UNCOVERED_FROM, UNCOVERED_THROUGH)
    return first + timedelta(days=chance.randint(0, (last - first).days))


def sent_after(chance: random.Random, day: date, *, decided: bool) -> date:
    """In time for every payer: Medicare takes a claim for a calendar year (42 CFR 424.44).

    `decided`: an earlier payer has to answer first.
    """
    return day + timedelta(days=chance.choice([30, 90, 300] if decided else [0, 1, 3, 14, 90, 300]))


def address(chance: random.Random, *, whole_zip: bool = False, foreign: bool = False) -> Document:
    if foreign:
        city, state, postal_code, country = chance.choice(_ABROAD)
        place: Document = {"city": city, "state": state, "zip_code": postal_code, "country": country}
    else:
        city, state, zip_code = chance.choice(_CITIES)
        place = {"city": city, "state": state, "zip_code": zip_code if whole_zip else zip_code[: chance.choice([5, 9])]}
    return {"line1": chance.choice(_STREETS), **maybe(chance, 0.2, line2="SUITE 12"), **place}


def name(chance: random.Random) -> Document:
    return {
        "last": chance.choice(_LAST_NAMES),
        "first": chance.choice(_FIRST_NAMES),
        **maybe(chance, 0.2, middle="Q"),
        **maybe(chance, 0.1, suffix="JR"),
    }


def patient(chance: random.Random, sex: str, born: date) -> Document:
    return {
        "medical_record_number": f"MRN{digits(chance, 6)}",
        "name": name(chance),
        "birth_date": born.isoformat(),
        "sex": sex,
        "address": address(chance, foreign=chance.random() < 0.05),
    }


def born(chance: random.Random, age: int, day: date) -> date:
    """A birth date with which one is of an age on a day."""
    birthday = date(day.year - age, 1, 1) if day.year - age > 1900 else date(1900, 1, 1)
    return birthday if age else day - timedelta(days=chance.randint(40, 300))


def person(chance: random.Random, **fields: Any) -> Document:
    return {"person": name(chance), "npi": npi(chance), **maybe(chance, 0.5, taxonomy="207R00000X"), **fields}


def biller(chance: random.Random, taxonomy: str, *, person_bills: bool, taxonomy_wanted: bool) -> Document:
    who: Document = {"person": name(chance)} if person_bills else {"organization": "CUMBERLAND VALLEY MEDICAL CENTER"}
    return {
        **who,
        "npi": npi(chance),
        "tax_id": digits(chance, 9),
        "tax_id_kind": chance.choice(["EI", "SY"]) if person_bills else "EI",
        "address": address(chance, whole_zip=True),
        **maybe(chance, 1.0 if taxonomy_wanted else 0.6, taxonomy=taxonomy),
        **maybe(chance, 0.3, contact={"name": "BILLING OFFICE", "telephone": digits(chance, 10)}),
    }


def mbi(chance: random.Random) -> str:
    """CMS, Understanding the MBI format: C A AN N A AN N A A N N."""
    either = _MBI_LETTERS + "0123456789"
    kinds = ["123456789", _MBI_LETTERS, either, "0123456789", _MBI_LETTERS, either, "0123456789",
             _MBI_LETTERS, _MBI_LETTERS, "0123456789", "0123456789"]  # fmt: skip
    return "".join(chance.choice(kind) for kind in kinds)


@dataclass(frozen=True)
class Payers:
    """The coverages of a claim, which of them is billed, and what that one's kind is."""

    coverages: list[Document]
    billed: str
    indicator: str

    @property
    def is_medicare(self) -> bool:
        return self.indicator in ("MA", "MB")


def payers(chance: random.Random, patient: Document, medicare: str, *, adult: bool) -> Payers:
    """One payer three in four times, else a second one that is billed after the first has decided."""
    indicator = chance.choice([medicare, "MC", *_COMMERCIAL] if not adult else [medicare] * 6 + ["MC", *_COMMERCIAL])
    if indicator == "MC" or chance.random() < 0.75:
        return Payers([coverage(chance, patient, "P", indicator)], "P", indicator)
    first = chance.choice(["CI", "BL", "HM"])
    second = coverage(chance, patient, "S", indicator)
    return Payers([coverage(chance, patient, "P", first), second], "S", indicator)


def coverage(chance: random.Random, patient: Document, sequence: str, indicator: str) -> Document:
    medicare = indicator in ("MA", "MB")
    relationship = "18" if medicare or chance.random() < 0.6 else chance.choice(_SUBSCRIBED)
    member = mbi(chance) if medicare else chance.choice(["W20045118", "XYZ-0001234", "80 1234 99", digits(chance, 10)])
    why_second = {"insurance_type": chance.choice(["12", "13", "43", "47"])} if medicare and sequence != "P" else {}
    return {
        "sequence": sequence,
        "payer": {
            "name": "MEDICARE" if medicare else "A HEALTH PLAN",
            "payer_id": _payer_id(chance, indicator, sequence),
        },
        "subscriber": _subscriber(chance, patient, member, relationship),
        "relationship": relationship,
        "filing_indicator": indicator,
        **maybe(chance, 0.4, group_number="GRP7781"),
        **why_second,
    }


def _payer_id(chance: random.Random, indicator: str, sequence: str) -> str:
    known = {"MA": "MCAREA", "MB": "MCAREB", "MC": "TNMCD"}
    return (
        known.get(indicator) or f"{chance.choice(['BRM02', '60054', 'SX107', 'KET03'])}{'' if sequence == 'P' else 'B'}"
    )


def _subscriber(chance: random.Random, patient: Document, member: str, relationship: str) -> Document:
    if relationship == "18":
        return {
            "person": patient["name"],
            "member_id": member,
            **maybe(chance, 0.7, birth_date=patient["birth_date"], sex=patient["sex"], address=patient["address"]),
        }
    return {
        "person": name(chance),
        "member_id": member,
        **maybe(chance, 0.6, birth_date="1971-02-03", sex=chance.choice("FMU"), address=address(chance)),
    }


def decided(chance: random.Random, payers: Payers, lines: Sequence[Document], day: date) -> None:
    """Write into the first payer's coverage, or onto the lines, what it paid: paid and adjusted make the charge."""
    if payers.billed == "P":
        return
    first, when = payers.coverages[0], (day + timedelta(days=20)).isoformat()
    cents = [round(100 * float(line["charge"])) for line in lines]
    paid = [chance.randint(0, each) for each in cents]
    if chance.random() < 0.5:
        first["adjudication"] = {"paid": _money(sum(paid)), "date": when, "adjustments": _rest(sum(cents) - sum(paid))}
        return
    first["adjudication"] = {"paid": _money(sum(paid))}
    for line, of_line, charged in zip(lines, paid, cents, strict=True):
        decision: Document = {
            "payer_id": first["payer"]["payer_id"], "paid": _money(of_line), "units": line["units"], "date": when,
            "adjustments": _rest(charged - of_line),
        }  # fmt: skip
        if line.get("procedure"):
            decision["procedure"] = line["procedure"]
        if line.get("revenue_code"):
            decision["revenue_code"] = line["revenue_code"]
        line["adjudications"] = [decision]


def _rest(cents: int) -> list[Document]:
    return [{"group": "CO", "reason": "45", "amount": _money(cents)}] if cents else []


def _money(cents: int) -> str:
    return f"{cents / 100:.2f}"


def charge(chance: random.Random) -> str:
    return _money(chance.choice([chance.randint(500, 90_000), chance.randint(1, 10_000_000)]))
