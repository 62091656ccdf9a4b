"""Claim logic against the answers of another implementation of the I/OCE.

`ioce_answers.jsonl` holds invented claims of 2019 to 2026 and, of each line, what pyoce 0.1.0 (a port of CMS's Java
I/OCE, Apache-2.0) answered under Python 3.12: status indicator, APC, discounting formula, units and whether an edit
rejected it. Claims with lines that NCCI or another edit took out are not among them: those edits are the scrubber's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.grouper.domain.outpatient.claim_logic import AskedTables, decided_lines
from services.grouper.domain.outpatient.discounting import NO_DISCOUNT, discounts_of
from services.grouper.domain.outpatient.visits import OutpatientVisit
from services.grouper.parameters.opps import load_opps_rules
from shared.claims import AS_RECEIVED
from shared.tables import Tables

_ANSWERS = Path(__file__).with_name("ioce_answers.jsonl")
_KINDS = ("c", "cc", "ed", "img", "lab", "mh", "mix", "obs", "pair", "q", "surg", "t")
_PAID_ELSEWHERE = frozenset("ABCEFHLMY")


def claims_of(kind: str) -> Iterator[dict[str, Any]]:
    with _ANSWERS.open() as lines:
        yield from (claim for claim in map(json.loads, lines) if claim["kind"] == kind)


def visit_of(claim: dict[str, Any]) -> OutpatientVisit:
    lines = [
        {
            "number": number,
            "service_date": day,
            "revenue_code": revenue,
            "procedure": code,
            "modifiers": modifiers.split(".") if modifiers else [],
            "units": units,
        }
        for number, (day, revenue, code, modifiers, units, *_answer) in enumerate(claim["lines"], start=1)
    ]
    days = [date.fromisoformat(one["service_date"]) for one in lines]
    document = {"service_date": min(days), "through": max(days), "patient_status": claim["patient_status"]}
    return OutpatientVisit.model_validate(document | {"lines": lines}, context=AS_RECEIVED)


@pytest.mark.parametrize("kind", _KINDS)
def test_each_line_is_what_the_editor_makes_of_it(embedded_tables: Tables, kind: str) -> None:
    claims = list(claims_of(kind))
    assert len(claims) == 25
    rules = load_opps_rules()
    for claim in claims:
        decided = decided_lines(visit_of(claim), rules, AskedTables(embedded_tables))
        discounts = discounts_of([one for one in decided if one.outcome == "paid"], rules)
        for one, (*_asked, status, apc, formula, units, rejected) in zip(decided, claim["lines"], strict=True):
            place = f"{one.code} of {claim}"
            if one.outcome == "paid":
                discount = discounts.get(one.index, NO_DISCOUNT)
                found = (one.status, one.group and one.group.apc, discount.formula, int(one.units), 0)
                assert found == (status, apc, formula, units, rejected), place
            elif one.outcome == "packaged":
                assert status == "N", place
            else:
                assert rejected or one.status == status or status[0] in _PAID_ELSEWHERE, place
