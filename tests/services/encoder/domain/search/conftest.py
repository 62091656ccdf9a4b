"""The index of the embedded tables, and one of a few names of the day of the test's own choosing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import pytest

from services.encoder.domain.search.analysis import Analyzer
from services.encoder.domain.search.code_index import CodeIndex, compile_index
from services.encoder.domain.search.hits import Filters, Hit
from services.encoder.domain.terms.point import Point
from services.encoder.parameters.terms import search_vocabulary
from services.encoder.search_store import code_index_of
from shared.tables import Tables

DAY = date(2026, 11, 20)

Find = Callable[..., Sequence[Hit]]


@pytest.fixture(scope="session")
def code_index(embedded_tables: Tables) -> CodeIndex:
    return code_index_of(embedded_tables)


@pytest.fixture
def find(code_index: CodeIndex, embedded_tables: Tables) -> Find:
    """Asks for ICD-10-CM codes of the day, unless told otherwise."""

    def ask(query: str, *, limit: int = 10, as_you_type: bool = False, **filters: object) -> Sequence[Hit]:
        narrowed = Filters(**({"day": DAY, "systems": ("icd10cm",)} | filters))  # type: ignore[arg-type]  # by name
        return code_index.find(query, embedded_tables, narrowed, limit=limit, as_you_type=as_you_type)

    return ask


def an_index(*points: Point) -> CodeIndex:
    """An index of these names alone."""
    analyzer = Analyzer(search_vocabulary())
    return CodeIndex(compile_index(points, analyzer), analyzer)
