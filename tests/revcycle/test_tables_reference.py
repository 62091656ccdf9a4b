"""`docs/tables.md` lists the tables, formats and sources that there are."""

from __future__ import annotations

from revcycle.tables_reference import PAGE, page_with_lists
from shared.tables.formats import FORMATS
from shared.tables.registry import TABLES


def test_every_table_format_and_source_is_documented_as_it_is() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page_with_lists(page) == page, "run `make generate`"


def test_every_table_that_a_format_fills_is_registered() -> None:
    assert {table.name for known in FORMATS for table in known.tables} <= set(TABLES)
