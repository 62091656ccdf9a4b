"""Dated parameters: the value of a day, and what a file may not say."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.tables.dated import Edition, InvalidParameter, NoEdition, Parameter, frozen, parameter_from

OLD, NEW = date(2020, 1, 1), date(2024, 7, 1)
ONE_DAY = timedelta(days=1)
DAYS = st.dates(date(1990, 1, 1), date(2040, 1, 1))


def edition(effective: date, value: object = 1, **more: object) -> dict[str, object]:
    return {"effective": effective, "value": value, "source": "42 CFR 1.1", **more}


def limit(*editions: dict[str, object]) -> Parameter[object]:
    return parameter_from("limit", editions, frozen)


def test_an_edition_holds_until_the_next():
    parameter = limit(edition(NEW, 2), edition(OLD, 1))
    assert parameter.on(NEW - ONE_DAY) == 1
    assert parameter.on(NEW) == 2
    assert parameter.edition_on(OLD).source == "42 CFR 1.1"


def test_a_day_before_the_first_edition_is_an_error_that_names_it():
    with pytest.raises(NoEdition, match=r"limit has no edition in force on 2019-12-31"):
        limit(edition(OLD)).on(OLD - ONE_DAY)
    assert limit(edition(OLD)).on_or(OLD - ONE_DAY, 7) == 7


def test_an_edition_that_ends_by_itself_ends():
    parameter = limit(edition(OLD, through=NEW))
    assert parameter.on(NEW) == 1
    with pytest.raises(NoEdition):
        parameter.on(NEW + ONE_DAY)


def test_an_edition_does_not_answer_again_when_a_later_one_has_ended():
    parameter = limit(edition(OLD, 1), edition(NEW, 2, through=NEW + ONE_DAY))
    assert [parameter.on(NEW - ONE_DAY), parameter.on(NEW + ONE_DAY)] == [1, 2]
    with pytest.raises(NoEdition):
        parameter.on(NEW + 2 * ONE_DAY)


@pytest.mark.parametrize(
    ("editions", "reason"),
    [
        ((), "no edition"),
        ((edition(OLD), edition(OLD)), "two editions of 2020-01-01"),
        ((edition(OLD, through=NEW), edition(NEW)), "two editions for 2024-07-01"),
        ((edition(OLD, through=NEW - 2 * ONE_DAY), edition(NEW)), "no edition between 2024-06-29 and 2024-07-01"),
        ((edition(NEW, through=OLD),), "ends before it begins"),
        (({"effective": OLD, "value": 1},), "source"),
        ((edition(OLD, note="?"),), "unit and through may be"),
        (({"effective": "2020", "value": 1, "source": "?"},), "effective"),
    ],
)
def test_a_parameter_that_contradicts_itself_is_refused(editions: tuple[dict[str, object], ...], reason: str):
    with pytest.raises(InvalidParameter, match=reason):
        limit(*editions)


def test_values_cannot_be_changed():
    value = frozen({"codes": ["a", {"b": []}]})
    with pytest.raises(TypeError):
        value["codes"] = ()
    assert value["codes"][0] == "a"


@given(st.sets(DAYS, min_size=1, max_size=8), DAYS)
def test_the_newest_edition_that_has_begun_answers(begins: set[date], day: date):
    parameter = Parameter.of("any", [Edition(first, first, "law") for first in begins])
    begun = [first for first in begins if first <= day]
    if begun:
        assert parameter.on(day) == max(begun)
    else:
        with pytest.raises(NoEdition):
            parameter.on(day)
