"""The short way of a stay to the engine is the long way's, or it is not taken; and so is the way of its answer back."""

from __future__ import annotations

import json
import random
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.grouper.domain.answers import is_grouped
from services.grouper.domain.grouping import Grouper, Question
from services.grouper.domain.stays import Stay
from services.grouper.engines.grouping_json import grouping_json
from services.grouper.engines.msdrg_session import MsdrgSession
from services.grouper.engines.plain_stays import PlainStays
from services.grouper.engines.reading import read_subject
from services.grouper.parameters import load_rules
from shared.claims import Grouping
from shared.tables import Tables
from tests.services.grouper.engines.test_reading import CHANGES, STAY
from tests.services.grouper.stays import a_grouper
from tests.strategies.stays import definitions_on, plausible_stays

PLAIN = {name: value for name, value in STAY.items() if name != "admitting_diagnosis"}


@pytest.fixture(scope="module")
def grouper() -> Grouper:
    return a_grouper()


@pytest.fixture(scope="module")
def plain_stays() -> PlainStays:
    return PlainStays(load_rules())


def at_length(grouper: Grouper, content: bytes, tables: Tables) -> Any:
    """What the engine is asked; None where it is not."""
    subject = read_subject(content)
    prepared = grouper.prepare(subject, tables) if isinstance(subject, Stay) else None
    return prepared.stay_input if isinstance(prepared, Question) else None


def test_an_ordinary_stay_takes_the_short_way(grouper: Grouper, plain_stays: PlainStays) -> None:
    tables, content = grouper.tables.current(), json.dumps(PLAIN).encode()
    plain = plain_stays.checked(content, tables)
    assert plain is not None
    assert plain.asked == at_length(grouper, content, tables)
    assert plain.asked.diagnoses == (("J189", "Y"), ("N179", None), ("J189", "Y"))
    assert plain.day.day == date(2026, 11, 20)


@pytest.mark.parametrize(
    "change",
    [
        {"sex": None},
        {"age": 125},
        {"age": True},
        {"age": 76.0},
        {"discharge_status": "99"},
        {"discharge_status": "1"},
        {"discharge_date": "20261120"},
        {"discharge_date": "2031-01-01"},
        {"diagnoses": []},
        {"diagnoses": [{"code": "J18.9"}] * 26},
        {"diagnoses": [{"code": "J18", "poa": "Y"}]},
        {"diagnoses": [{"code": "J18.9", "poa": "Q"}]},
        {"diagnoses": [{"code": "J18.9", "text": "?"}]},
        {"procedures": [{"code": "0DTJ4ZZ", "date": "1700000000"}]},
        {"procedures": [{"code": "0DTJ4ZX"}]},
        {"poa_exempt": 1},
        {"coded_on": "2025-01-01"},
        {"kind": "claim"},
    ],
    ids=str,
)
def test_whatever_is_not_right_or_not_ordinary_goes_the_long_way(
    grouper: Grouper, plain_stays: PlainStays, change: dict[str, Any]
) -> None:
    assert plain_stays.checked(json.dumps(PLAIN | change).encode(), grouper.tables.current()) is None


def test_a_key_that_stands_twice_goes_the_long_way(grouper: Grouper, plain_stays: PlainStays) -> None:
    content = json.dumps(PLAIN).replace('"sex"', '"age": 77, "sex"').encode()
    assert plain_stays.checked(content, grouper.tables.current()) is None


@settings(max_examples=300, deadline=None)
@given(CHANGES, st.booleans())
def test_the_short_way_asks_what_the_long_way_asks(changes: dict[str, Any], admitting: bool) -> None:
    grouper, plain_stays = a_grouper(), PlainStays(load_rules())
    document = (STAY if admitting else PLAIN) | changes
    content = json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")
    plain = plain_stays.checked(content, grouper.tables.current())
    assert plain is None or plain.asked == at_length(grouper, content, grouper.tables.current())


def test_a_grouping_is_written_as_the_model_writes_it(grouper: Grouper, plain_stays: PlainStays) -> None:
    tables, session, day = grouper.tables.current(), MsdrgSession(), date(2025, 11, 20)
    drawn = plausible_stays(definitions_on(tables, day), random.Random(11))
    seen = 0
    for stay in (next(drawn) for _ in range(150)):
        prepared = grouper.prepare(stay, tables)
        if not isinstance(prepared, Question):
            continue
        [answer] = session.group([prepared.stay_input])
        if answer is None or not is_grouped(answer):
            continue
        decided = grouper.conclude(prepared, answer, tables)
        assert isinstance(decided, Grouping)
        weight = decided.drg.weight if decided.drg is not None else None
        written = grouping_json(grouper.engine.name, prepared.stay_input, answer, weight, day)
        assert written == decided.model_dump_json(exclude_none=True).encode()
        seen += 1
    assert seen > 100
