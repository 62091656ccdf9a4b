"""The rates of each year agree with one another as the final rules make them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from services.grouper.domain.inpatient.rates import AmountTable, NationalRates, StandardizedAmount
from services.grouper.parameters.ipps import load_ipps_rules

RULES = load_ipps_rules()
YEARS = [(str(one.effective), one.value) for one in RULES.national.editions if one.value is not None]
KINDS = ("full", "no_ehr", "no_quality", "neither")


def pairs(table: AmountTable) -> list[tuple[str, StandardizedAmount]]:
    return [(kind, pair) for kind in KINDS if (pair := getattr(table, kind)) is not None]


@pytest.mark.parametrize(("year", "rates"), YEARS)
def test_both_tables_have_the_same_sum_shared_otherwise(year: str, rates: NationalRates) -> None:
    above, up_to = pairs(rates.above_one), pairs(rates.up_to_one)
    assert [kind for kind, _pair in above] == [kind for kind, _pair in up_to]
    for (_kind, high), (_same, low) in zip(above, up_to, strict=True):
        assert high.labor + high.nonlabor == low.labor + low.nonlabor


@pytest.mark.parametrize(("year", "rates"), YEARS)
def test_the_labor_amount_is_its_share_of_the_sum(year: str, rates: NationalRates) -> None:
    for table in (rates.above_one, rates.up_to_one):
        for _kind, pair in pairs(table):
            assert abs((pair.labor + pair.nonlabor) * table.labor_share - pair.labor) <= Decimal("0.01")


@pytest.mark.parametrize(("year", "rates"), YEARS)
def test_the_full_update_is_the_greatest_and_none_the_least(year: str, rates: NationalRates) -> None:
    labor = {kind: pair.labor for kind, pair in pairs(rates.above_one)}
    assert labor["full"] == max(labor.values())
    assert "neither" not in labor or labor["neither"] == min(labor.values())


def test_every_rule_has_an_edition_for_every_year_with_rates() -> None:
    for edition in RULES.national.editions:
        assert edition.effective >= RULES.begins
