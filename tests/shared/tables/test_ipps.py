"""A DRG as of a day: weights from Table 5 of the fiscal year, titles from the grouper's definitions."""

from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal

import pytest

from shared.tables import NoRelease, Tables, ipps


def test_a_drg_of_fiscal_year_2026_has_its_weights(embedded_tables: Tables) -> None:
    # CMS-1833-F, Table 5, FY2026 final rule.
    found = ipps.drg(embedded_tables, "470", date(2026, 4, 15))
    assert found is not None
    assert (found.weight, found.geometric_mean_stay, found.arithmetic_mean_stay) == (
        Decimal("1.9289"),
        Decimal("1.9"),
        Decimal("2.2"),
    )
    assert (found.mdc, found.mdc_title, found.type) == (
        "08",
        "Diseases and Disorders of the Musculoskeletal System and Connective Tissue",
        "SURG",
    )
    assert (found.post_acute, found.special_pay) == (True, False)
    assert (found.weights_release, found.title_release) == ("FY2026", "v43.1")


def test_the_capped_weight_is_the_one_that_pays(embedded_tables: Tables) -> None:
    found = ipps.drg(embedded_tables, "010", date(2026, 9, 30))
    assert found is not None
    assert (found.weight, found.weight_before_cap) == (Decimal("7.1757"), Decimal("3.0699"))
    assert (found.mdc, found.mdc_title) == ("PRE", "Pre-MDC")


def test_a_year_whose_table_5_is_not_loaded_has_the_title_alone(embedded_tables: Tables) -> None:
    found = ipps.drg(embedded_tables, "010", date(2026, 10, 1))
    assert found is not None
    assert (found.title, found.title_release) == ("Pancreas or Islet Cell Transplant", "v44.0")
    assert (found.weights_release, found.weight, found.geometric_mean_stay, found.post_acute) == (
        None,
        None,
        None,
        None,
    )


def test_a_number_that_is_no_drg_is_none(embedded_tables: Tables) -> None:
    assert ipps.drg(embedded_tables, "009", date(2026, 4, 15)) is None


def test_a_day_before_every_table_is_said(embedded_tables: Tables) -> None:
    with pytest.raises(NoRelease):
        ipps.drg(embedded_tables, "470", date(2022, 9, 30))


def test_the_versions_of_the_definitions_leave_no_day_out(embedded_tables: Tables) -> None:
    spans = sorted(
        (release.covers_from, release.covers_through)
        for release in embedded_tables.releases()
        if release.table == ipps.DRG_TITLES.name
    )
    assert (spans[0][0], spans[-1][1], len(spans)) == (date(2022, 10, 1), date(2027, 3, 31), 9)
    assert all(next_[0].toordinal() == span[1].toordinal() + 1 for span, next_ in itertools.pairwise(spans))


def test_every_drg_with_a_weight_has_a_title_in_the_definitions(embedded_tables: Tables) -> None:
    day = date(2026, 4, 15)
    weighed = {key for key, _rows in embedded_tables.on(ipps.DRGS, day).store.items()}
    assert weighed == {key for key, _rows in embedded_tables.on(ipps.DRG_TITLES, day).store.items()}
    assert len(weighed) == 772
