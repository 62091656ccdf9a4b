"""How Medicare pays a hospital for a code: Addenda A and B where they are loaded, else the I/OCE."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from shared.tables import Catalogue, NoRelease, Tables, opps
from shared.tables.folders import embedded_folder
from tests.shared.tables.formats.test_opps_addenda import A_FILE, A_NAME, B_FILE, B_NAME, D1_FILE, E_FILE
from tests.shared.tables.quarterly_files import loaded, tables_of

DAY = date(2025, 2, 3)


@pytest.fixture
def addenda(tmp_path: Path) -> Catalogue:
    """Addenda A and B of 2025Q1, and D1 and E of CY2025."""
    files = {B_NAME: B_FILE, A_NAME: A_FILE, "2025 NFRM Addendum D1.txt": D1_FILE, "2025 NFRM Addendum E.csv": E_FILE}
    catalogue, _done = loaded(tmp_path, files)
    return catalogue


@pytest.fixture
def tables(addenda: Catalogue) -> Tables:
    """The addenda beside a fresh install."""
    return tables_of(addenda, Catalogue(embedded_folder()))


def test_addendum_b_answers_where_it_is_loaded(tables: Tables) -> None:
    found = opps.procedure(tables, "29881", DAY)
    assert (found.status_indicator, found.apc, found.rate) == ("J1", "5113", Decimal("3244.61"))
    assert found.copayment == Decimal("648.93")
    assert (found.release.table, found.release.name) == ("opps.procedures", "2025Q1")
    assert found.editor is None


@pytest.mark.parametrize("day", [date(2024, 12, 31), date(2025, 4, 1)])
def test_the_editor_answers_for_other_quarters(tables: Tables, day: date) -> None:
    found = opps.procedure(tables, "29881", day)
    assert (found.status_indicator, found.apc, found.copayment) == ("J1", "5113", None)
    assert found.release.table == "ioce.procedures"
    assert found.addendum is None


def test_a_code_that_addendum_b_leaves_out_is_looked_for_in_the_editor(tables: Tables) -> None:
    """Addendum B has no S codes, which private payers use; Medicare does not recognise them."""
    found = opps.procedure(tables, "S9083", DAY)
    assert (found.listed, found.release.table, found.rate) == (True, "ioce.procedures", None)
    assert not opps.procedure(tables, "A0022", DAY).listed


def test_without_the_editor_addendum_b_alone_decides(addenda: Catalogue) -> None:
    found = opps.procedure(tables_of(addenda), "S9083", DAY)
    assert (found.listed, found.status_indicator, found.release.table) == (False, None, "opps.procedures")
    with pytest.raises(NoRelease):
        opps.procedure(tables_of(addenda), "29881", date(2025, 4, 1))


@pytest.mark.parametrize(
    ("code", "indicator", "apc", "rate"),
    [
        ("G0463", "J2", "5012", Decimal("128.87")),
        ("29881", "J1", "5113", Decimal("3244.61")),
        ("99213", "B", None, None),
        ("00176", "C", None, None),
    ],
)
def test_a_fresh_install_has_indicator_apc_and_rate(
    embedded_tables: Tables, code: str, indicator: str, apc: str | None, rate: Decimal | None
) -> None:
    """Addendum B of CY2025."""
    found = opps.procedure(embedded_tables, code, DAY)
    assert (found.status_indicator, found.apc, found.rate) == (indicator, apc, rate)


def test_an_apc_has_its_title_from_addendum_a_alone(tables: Tables) -> None:
    loaded_one = opps.apc(tables, "5113", DAY)
    assert (loaded_one.title, loaded_one.copayment) == ("Level 3 Musculoskeletal Procedures", Decimal("648.93"))
    assert loaded_one.release.table == "opps.apcs"
    embedded_one = opps.apc(tables, "5113", date(2025, 4, 1))
    assert (embedded_one.title, embedded_one.rate, embedded_one.release.table) == ("", Decimal("3244.61"), "ioce.apcs")


def test_apcs_and_indicators_that_do_not_exist(tables: Tables, embedded_tables: Tables) -> None:
    for view in (tables, embedded_tables):
        assert not opps.apc(view, "0000", DAY).listed
        assert not opps.status_indicator(view, "X9", DAY).listed


def test_a_status_indicator_in_the_words_of_addendum_d1_or_of_the_editor(
    tables: Tables, embedded_tables: Tables
) -> None:
    assert opps.status_indicator(tables, "Y", DAY).payment == "Not paid under OPPS."
    found = opps.status_indicator(embedded_tables, "J1", DAY)
    assert found.item == "Hospital Part B services paid through a comprehensive APC"
    assert (found.payment, found.release.table) == ("", "ioce.status_indicators")


def test_a_code_that_is_paid_only_as_an_inpatient_procedure(tables: Tables, addenda: Catalogue) -> None:
    """Addendum E of CY2025 has 00176; Addendum B marks it C."""
    assert opps.is_inpatient_only(tables, "00176", DAY)
    assert not opps.is_inpatient_only(tables, "29881", DAY)
    assert opps.is_inpatient_only(tables_of(addenda), "00176", date(2025, 11, 1))
