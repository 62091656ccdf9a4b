"""Clean outpatient claims of hospitals: clinic and emergency visits, tests, procedures, drugs, observation, therapy."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from tests.strategies.clean.codes import Codes, Who
from tests.strategies.clean.parties import (
    Document,
    a_day,
    biller,
    born,
    charge,
    decided,
    digits,
    maybe,
    patient,
    payers,
    person,
    sent_after,
)

_EMERGENCY = ["99281", "99282", "99283", "99284", "99285"]
_REVENUE_OF_ANYTHING = ["0761", "0510", "0490", "0940", "0920"]
_LABORATORY = [("0301", "80053"), ("0305", "85025"), ("0301", "84443"), ("0301", "83036"), ("0307", "81001")]
_IMAGING = [("0324", "71046"), ("0351", "70450"), ("0402", "76700"), ("0320", "73630")]


class _Bill:
    def __init__(self, codes: Codes, chance: random.Random) -> None:
        self.codes, self.chance = codes, chance
        self.day = a_day(chance)
        self.through = self.day
        self.who = Who.drawn(chance)
        self.fields: Document = {}

    def line(self, revenue_code: str, procedure: str | None = None, **fields: Any) -> Document:
        coded = {"procedure": procedure} if procedure else {}
        return {
            "revenue_code": revenue_code,
            **coded,
            "charge": charge(self.chance),
            "units": "1",
            "service_from": self.day.isoformat(),
        } | fields


def outpatient_claim(codes: Codes, chance: random.Random) -> tuple[Document, date]:
    """The claim and the day on which it goes out."""
    bill = _Bill(codes, chance)
    person_cared_for = patient(chance, bill.who.sex, born(chance, bill.who.age, bill.day))
    turn = payers(chance, person_cared_for, "MA", adult=bill.who.age >= 65)
    facility = chance.choice(["13"] * 6 + ["85", "14"])
    lines = (_tests if facility == "14" else chance.choice(_KINDS))(bill)
    decided(chance, turn, lines, bill.through)
    diagnoses = codes.diagnoses_of(chance, bill.through, chance.choice([1, 1, 2, 4, 10]), bill.who)
    document: Document = {
        "kind": "institutional",
        "facility_type": facility,
        "patient": person_cared_for,
        "coverages": turn.coverages,
        "billed_sequence": turn.billed,
        "billing": biller(chance, "282N00000X", person_bills=False, taxonomy_wanted=turn.indicator == "MC"),
        "attending": person(chance),
        "diagnoses": [{"code": code} for code in diagnoses],
        "lines": lines,
        "statement_from": bill.day.isoformat(),
        "statement_through": bill.through.isoformat(),
        "admission": {"type": "3", "source": "1"},
        "patient_status": "01",
        **_sent_before(chance, turn.coverages[-1]),
        **maybe(chance, 0.2, referring=person(chance)),
        **maybe(chance, 0.2, condition_codes=[chance.choice(["06", "17", "A9", "09"])]),
    }
    return document | bill.fields, sent_after(chance, bill.through, decided=turn.billed == "S")


def _sent_before(chance: random.Random, billed: Document) -> Document:
    if chance.random() < 0.9:
        return {}
    billed["payer_claim_control_number"] = f"ICN{digits(chance, 9)}"
    return {"frequency": chance.choice("78")}


def _anything(bill: _Bill) -> list[Document]:
    """Whatever the OPPS pays by itself, on one day."""
    chance = bill.chance
    found = bill.codes.services(chance, bill.day, chance.choice([1, 1, 2, 4]), age=bill.who.age, hospital=True)
    return [bill.line(chance.choice(_REVENUE_OF_ANYTHING), code) for code in found]


def _clinic(bill: _Bill) -> list[Document]:
    tests = bill.chance.sample(_LABORATORY, bill.chance.randint(0, 3))
    return [bill.line("0510", "G0463"), *(bill.line(*test) for test in tests)]


def _tests(bill: _Bill) -> list[Document]:
    return [bill.line(*test) for test in bill.chance.sample(_LABORATORY, bill.chance.randint(1, 4))]


def _emergency(bill: _Bill) -> list[Document]:
    """An unscheduled visit, which names its reason; with a study that makes modifier 25 necessary."""
    bill.fields = {
        "admission": {"type": "1", "source": "1"},
        "reasons_for_visit": [{"code": bill.chance.choice(["R0789", "R1030", "M545"][:2])}],
    }
    visit = bill.line("0450", bill.chance.choice(_EMERGENCY), modifiers=["25"])
    studies = bill.chance.sample(_IMAGING, bill.chance.randint(0, 2))
    supplies = [bill.line("0250", units="4"), bill.line("0270", units="2")]
    return [visit, *(bill.line(*study) for study in studies), *supplies[: bill.chance.randint(0, 2)]]


def _observation(bill: _Bill) -> list[Document]:
    """Hours of observation on one line, under their first day, beside the visit that led to them."""
    lines = _emergency(bill)
    bill.through = bill.day + timedelta(days=1)
    return [*lines, bill.line("0762", "G0378", units=str(bill.chance.randint(8, 40)))]


def _drug(bill: _Bill) -> list[Document]:
    """A drug and the injection by which it was given."""
    drug = {"ndc": "00409733701", "quantity": "1", "unit": "GR"}
    return [bill.line("0636", "J0696", units="4", drug=drug), bill.line("0260", "96372")]


def _therapy(bill: _Bill) -> list[Document]:
    """Sessions of some weeks on one bill."""
    days = [bill.day + timedelta(days=7 * week) for week in range(bill.chance.randint(1, 4))]
    bill.through = days[-1]
    bill.fields = {"occurrences": [{"code": "11", "date": bill.day.isoformat()}]}
    return [bill.line("0420", "97110", modifiers=["GP"], service_from=day.isoformat(), units="2") for day in days]


_KINDS: list[Callable[[_Bill], list[Document]]] = [
    _anything, _anything, _anything, _clinic, _tests, _emergency, _observation, _drug, _therapy
]  # fmt: skip
