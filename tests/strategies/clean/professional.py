"""Clean professional claims: visits and procedures, drugs, equipment, ambulances, anaesthesia, newborns."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from tests.strategies.clean.codes import Codes, Who
from tests.strategies.clean.parties import (
    Document,
    Payers,
    a_day,
    address,
    biller,
    born,
    charge,
    decided,
    digits,
    maybe,
    npi,
    patient,
    payers,
    person,
    sent_after,
)

_VISITS = ["99202", "99203", "99204", "99205", "99211", "99212", "99213", "99214", "99215"]
_DRUGS = [("J3301", "00003029305", "ML"), ("J1100", "63323016501", "ML"), ("J0696", "00409733701", "GR"),
          ("J1885", "00409379501", "UN")]  # fmt: skip
_EQUIPMENT = [("E0601", ["RR", "KX"]), ("A4253", ["NU"]), ("E0143", ["NU"]), ("K0001", ["RR", "KH"]), ("L3908", ["LT"])]
_RIDES = ["RH", "HR", "SH", "NH", "HN", "PH"]


class _Visit:
    """What a line is about: who the patient is, when it was, what may be pointed at."""

    def __init__(self, codes: Codes, chance: random.Random) -> None:
        self.codes, self.chance = codes, chance
        self.day = a_day(chance)
        self.who = Who.drawn(chance)
        self.diagnoses = codes.diagnoses_of(chance, self.day, chance.choice([1, 1, 2, 3, 4, 12]), self.who)

    def line(self, procedure: str, **fields: Any) -> Document:
        pointed = self.chance.sample(
            range(1, len(self.diagnoses) + 1), min(len(self.diagnoses), self.chance.randint(1, 4))
        )
        return {
            "procedure": procedure,
            "charge": charge(self.chance),
            "units": "1",
            "pointers": pointed,
            "service_from": self.day.isoformat(),
        } | fields


def professional_claim(codes: Codes, chance: random.Random) -> tuple[Document, date]:
    """The claim and the day on which it goes out."""
    visit = _Visit(codes, chance)
    who = patient(chance, visit.who.sex, born(chance, visit.who.age, visit.day))
    turn = payers(chance, who, "MB", adult=visit.who.age >= 65)
    lines, fields = chance.choice(_KINDS)(visit)
    decided(chance, turn, lines, visit.day)
    billing = biller(
        chance,
        fields.pop("taxonomy", "207R00000X"),
        person_bills=fields.pop("person_bills", chance.random() < 0.3),
        taxonomy_wanted=turn.indicator == "MC",
    )
    document = {
        "kind": "professional",
        "patient": who,
        "coverages": turn.coverages,
        "billed_sequence": turn.billed,
        "billing": billing,
        "diagnoses": [{"code": code} for code in visit.diagnoses],
        "lines": lines,
        **_sent_before(chance, turn),
        **_others(chance),
    }
    last = max(line.get("service_through", line["service_from"]) for line in lines)
    return document | fields, sent_after(chance, date.fromisoformat(last), decided=turn.billed == "S")


def _sent_before(chance: random.Random, turn: Payers) -> Document:
    """A replacement or a void names the claim; Medicare takes neither."""
    if turn.indicator == "MB" or chance.random() < 0.9:
        return {}
    billed = next(one for one in turn.coverages if one["sequence"] == turn.billed)
    billed["payer_claim_control_number"] = f"ICN{digits(chance, 9)}"
    return {"frequency": chance.choice("78")}


def _others(chance: random.Random) -> Document:
    """Providers and words that many claims have and none needs."""
    facility: Document = {
        "organization": "RIVERSIDE CLINIC",
        "npi": npi(chance),
        "address": address(chance, whole_zip=True),
    }
    return {
        **maybe(chance, 0.5, rendering=person(chance)),
        **maybe(chance, 0.2, referring=person(chance)),
        **maybe(chance, 0.1, supervising=person(chance)),
        **maybe(chance, 0.2, service_facility=facility),
        **maybe(
            chance, 0.1, pay_to_address={"line1": "PO BOX 12", "city": "NASHVILLE", "state": "TN", "zip_code": "37203"}
        ),
        **maybe(chance, 0.1, note={"kind": "ADD", "text": "SEE RECORD"}),
        **maybe(chance, 0.1, patient_paid="20.00"),
    }


def _procedures(visit: _Visit) -> tuple[list[Document], Document]:
    """Anything that a practitioner can do, on one day."""
    chance = visit.chance
    found = visit.codes.services(chance, visit.day, chance.choice([1, 1, 2, 3, 6]), age=visit.who.age, hospital=False)
    return [visit.line(code) for code in found], {"place_of_service": chance.choice(["11", "22", "19", "23", "24"])}


def _office_visit(visit: _Visit) -> tuple[list[Document], Document]:
    chance = visit.chance
    lines = [visit.line(chance.choice(_VISITS), **maybe(chance, 0.2, modifiers=["25"]))]
    tests = chance.sample(["80053", "85025", "84443", "83036", "80061"], chance.randint(0, 3))
    waived = {"modifiers": ["QW"], "clia_number": "44D0987654"}
    lines += [visit.line(code, **waived if code == "83036" else {}) for code in tests]
    return lines, {"place_of_service": "11"}


def _telehealth(visit: _Visit) -> tuple[list[Document], Document]:
    line = visit.line(visit.chance.choice(["99213", "99214", "90834"]), modifiers=["95"])
    return [line], {"place_of_service": visit.chance.choice(["02", "10"])}


def _drug(visit: _Visit) -> tuple[list[Document], Document]:
    procedure, ndc, unit = visit.chance.choice(_DRUGS)
    drug = {"ndc": ndc, "quantity": "1", "unit": unit}
    return [visit.line(procedure, drug=drug, units=str(visit.chance.randint(1, 4)))], {"place_of_service": "11"}


def _equipment(visit: _Visit) -> tuple[list[Document], Document]:
    procedure, modifiers = visit.chance.choice(_EQUIPMENT)
    line = visit.line(procedure, modifiers=modifiers, ordering=person(visit.chance))
    return [line], {"place_of_service": "12", "taxonomy": "332B00000X", "person_bills": False}


def _ambulance(visit: _Visit) -> tuple[list[Document], Document]:
    chance = visit.chance
    ride = chance.choice(_RIDES)
    lines = [
        visit.line(chance.choice(["A0428", "A0429", "A0427"]), modifiers=[ride]),
        visit.line("A0425", modifiers=[ride], units=str(chance.randint(1, 80))),
    ]
    fields = {
        "place_of_service": "41",
        "ambulance": {"reason": "A", "miles": "12"},
        "pickup": address(chance, whole_zip=True),
        "drop_off": address(chance, whole_zip=True),
        "taxonomy": "3416L0300X",
        "person_bills": False,
    }
    return lines, fields


def _anesthesia(visit: _Visit) -> tuple[list[Document], Document]:
    chance = visit.chance
    line = visit.line(
        chance.choice(["00790", "00840", "01402"]),
        modifiers=[chance.choice(["AA", "QZ"]), *maybe(chance, 0.5, P="P3").values()],
        unit="MJ",
        units=str(chance.randint(15, 240)),
    )
    return [line], {"place_of_service": "22"}


def _several_days(visit: _Visit) -> tuple[list[Document], Document]:
    """Hospital visits: a line that spans days, or one for each."""
    days = [visit.day + timedelta(days=n) for n in range(visit.chance.randint(2, 4))]
    if visit.chance.random() < 0.5:
        span = visit.line("99232", units=str(len(days)), service_through=days[-1].isoformat())
        return [span], {"place_of_service": "21", "dates": {"admission": visit.day.isoformat()}}
    lines = [visit.line("99232", service_from=day.isoformat()) for day in days]
    return lines, {"place_of_service": "21", "dates": {"admission": visit.day.isoformat()}}


def _accident(visit: _Visit) -> tuple[list[Document], Document]:
    lines, fields = _office_visit(visit)
    cause = visit.chance.choice([{"causes": ["AA"], "state": "TN"}, {"causes": ["OA"]}, {"causes": ["EM"]}])
    return lines, fields | {"related_causes": cause, "dates": {"accident": visit.day.isoformat()}}


_KINDS: list[Callable[[_Visit], tuple[list[Document], Document]]] = [
    _procedures, _procedures, _procedures, _office_visit, _office_visit, _telehealth, _drug, _equipment, _ambulance,
    _anesthesia, _several_days, _accident,
]  # fmt: skip
