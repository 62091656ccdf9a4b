"""Clean inpatient claims: stays from admission to discharge, parts of long ones, newborns, deaths."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from shared.tables import ipps
from tests.strategies.clean.codes import Codes, Who
from tests.strategies.clean.parties import (
    Document,
    a_day,
    biller,
    born,
    charge,
    decided,
    maybe,
    patient,
    payers,
    person,
    sent_after,
)

_LEFT = ["01"] * 8 + ["02", "03", "05", "06", "07", "20", "50", "62", "63", "65", "70"]
_ANCILLARY = ["0250", "0258", "0270", "0300", "0301", "0320", "0360", "0370", "0410", "0420", "0450", "0636", "0710"]
_ROOMS = ["0110", "0111", "0120", "0121", "0128", "0200", "0206"]


def inpatient_claim(codes: Codes, chance: random.Random) -> tuple[Document, date]:
    """The claim and the day on which it goes out."""
    admitted = a_day(chance) - timedelta(days=30)
    nights = chance.choice([0, 1, 2, 3, 4, 5, 9, 21])
    part = chance.choice(["whole"] * 8 + ["first", "next", "last"])
    through = admitted + timedelta(days=nights)
    who = Who.drawn(chance)
    newborn = who.age == 0 and chance.random() < 0.5
    person_cared_for = patient(chance, who.sex, admitted if newborn else born(chance, who.age, admitted))
    turn = payers(chance, person_cared_for, "MA", adult=who.age >= 65)
    status = "30" if part in ("first", "next") else chance.choice(_LEFT)
    days = nights + 1 if status == "30" else max(nights, 1)
    lines = _lines(chance, days)
    decided(chance, turn, lines, through)
    document: Document = {
        "kind": "institutional",
        "facility_type": "11",
        "frequency": {"whole": "1", "first": "2", "next": "3", "last": "4"}[part],
        "patient": person_cared_for,
        "coverages": turn.coverages,
        "billed_sequence": turn.billed,
        "billing": biller(chance, "282N00000X", person_bills=False, taxonomy_wanted=turn.indicator == "MC"),
        "attending": person(chance),
        "diagnoses": _diagnoses(codes, chance, through, who),
        "admitting_diagnosis": {"code": codes.diagnosis(chance, through, who, first=False)},
        "lines": lines,
        "statement_from": admitted.isoformat(),
        "statement_through": through.isoformat(),
        "admission": _admission(chance, admitted, newborn=newborn, final=status != "30"),
        "patient_status": status,
        **_drg(codes, chance, through),
        **_of_status(status, through),
        **_others(codes, chance, admitted, through),
    }
    return document, sent_after(chance, through, decided=turn.billed == "S")


def _diagnoses(codes: Codes, chance: random.Random, day: date, who: Who) -> list[Document]:
    found = codes.diagnoses_of(chance, day, chance.choice([1, 2, 3, 5, 9, 18]), who)
    return [
        {"code": code} if codes.is_exempt_from_poa(code) else {"code": code, "poa": chance.choice("YYYYYNUW")}
        for code in found
    ]


def _admission(chance: random.Random, day: date, *, newborn: bool, final: bool) -> Document:
    kinds = (
        [("4", "5"), ("4", "6")]
        if newborn
        else [("1", "1"), ("2", "1"), ("3", "2"), ("1", "4"), ("5", "1"), ("9", "9")]
    )
    kind, source = chance.choice(kinds)
    left: Document = {"discharge_hour": chance.randint(0, 23)} if final else {}
    return {"type": kind, "source": source, "date": day.isoformat(), "hour": chance.randint(0, 23), **left}


def _lines(chance: random.Random, days: int) -> list[Document]:
    rooms = {"revenue_code": chance.choice(_ROOMS), "unit": "DA", "units": str(days), "charge": charge(chance)}
    others = chance.sample(_ANCILLARY, chance.choice([0, 1, 3, 6, 10]))
    return [
        rooms,
        *({"revenue_code": code, "units": str(chance.randint(1, 40)), "charge": charge(chance)} for code in others),
    ]


def _drg(codes: Codes, chance: random.Random, day: date) -> Document:
    for _ in range(20):
        number = f"{chance.randint(1, 997):03d}"
        if chance.random() < 0.7 and ipps.drg(codes.tables, number, day) is not None:
            return {"drg": number}
    return {}


def _of_status(status: str, through: date) -> Document:
    died = status in ("20", "40", "41", "42")
    return {"occurrences": [{"code": "55", "date": through.isoformat()}]} if died else {}


def _others(codes: Codes, chance: random.Random, admitted: date, through: date) -> Document:
    day = admitted + timedelta(days=chance.randint(0, (through - admitted).days))
    operations = [
        {"code": codes.operation(chance, through), "date": day.isoformat()}
        for _ in range(chance.choice([0, 0, 1, 2, 6]))
    ]
    surgeon: dict[str, Any] = {"procedures": operations, "operating": person(chance)} if operations else {}
    return {
        **surgeon,
        **maybe(chance, 0.3, external_causes=[{"code": "W010XXA"}]),
        **maybe(chance, 0.3, condition_codes=[chance.choice(["05", "08", "20", "C1", "D9", "P1"])]),
        **maybe(chance, 0.2, values=[{"code": "01", "amount": "850.00"}]),
        **maybe(chance, 0.2, rendering=person(chance)),
        **maybe(chance, 0.2, billing_note="SEE RECORD"),
    }
