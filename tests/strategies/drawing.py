"""How values are drawn: cheaply, for a claim has hundreds of parts and hypothesis pays for each choice."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from shared.claims import luhn_sum

T = TypeVar("T")

_WORDS = [
    "O'BRIEN", "Müller", "Peña-Nieto", "St. Clair", "ÅNGSTRÖM", "de la Cruz", "LEE", "Smith & Sons", "Suite #12",
    "100 Main St", "A*B", "8:30 visit", "see chart/2", "Ward 7", "x^2", "Łódź", "“Quoted”", "Æther", "Nguyễn", "NO",
]  # fmt: skip
"""Names, notes and addresses: accents, marks, and characters that would be separators if the data did not hold them."""


def optional(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    """Absent twice in three times, so that claims stay about as long as real ones."""
    return st.sampled_from((True, False, False)).flatmap(lambda there: strategy if there else st.none())


def tuples_of(strategy: st.SearchStrategy[T], least: int = 0, most: int = 3) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(strategy, min_size=least, max_size=most).map(tuple)


def some(values: Sequence[T], least: int = 0, most: int = 3) -> st.SearchStrategy[tuple[T, ...]]:
    """Different ones of `values`, in their order: one choice, a bit for each."""

    def chosen(bits: int) -> tuple[T, ...]:
        picked = tuple(value for index, value in enumerate(values) if bits >> index & 1)[:most]
        return picked if len(picked) >= least else tuple(values[:least])

    return st.integers(0, 2 ** len(values) - 1).map(chosen)


def words(most: int = 30) -> st.SearchStrategy[str]:
    """One or two of `_WORDS`, at most `most` characters long."""
    pairs = [f"{first} {second}" for first in _WORDS for second in _WORDS]
    return st.sampled_from([text for text in _WORDS + pairs if len(text) <= most])


def digits(count: int) -> st.SearchStrategy[str]:
    return st.integers(10 ** (count - 1), 10**count - 1).map(str)


def _npi(nine: str) -> str:
    return nine + str(-luhn_sum("80840" + nine + "0") % 10)


npis = digits(8).map(lambda body: _npi("1" + body))
tax_ids = digits(9).filter(lambda number: len(set(number)) > 1)
telephones = digits(10)
amounts = st.integers(0, 10_000_000).map(lambda cents: Decimal(cents) / 100)
positive_amounts = st.integers(1, 10_000_000).map(lambda cents: Decimal(cents) / 100)
quantities = st.integers(1, 999_000).map(lambda thousandths: Decimal(thousandths) / 1000)
counts = st.integers(1, 300).map(Decimal)
references = st.integers(10, 10**12).map(lambda number: f"{number:X}-7")


def drawn(strategy: st.SearchStrategy[T], count: int) -> list[T]:
    """`count` values of the strategy or a few less, the same on every run: for a test that looks at many at once."""
    values: list[T] = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(value: T) -> None:
        values.append(value)

    collect()
    return values


def pooled(strategy: st.SearchStrategy[T], size: int = 15) -> st.SearchStrategy[T]:
    """One of `size` values that were drawn once: a part with many choices then costs its claim a single one."""
    return st.deferred(lambda: st.sampled_from(drawn(strategy, size)))
