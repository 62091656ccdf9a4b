"""The index of every name of every code, asked."""

from __future__ import annotations

from collections.abc import Sequence

from services.encoder.domain.search.hits import Filters, Hit
from shared.tables import Tables


class CodeIndex:
    """Finds codes by their characters or by words. Safe to share between threads."""

    def find(
        self, query: str, tables: Tables, filters: Filters, *, limit: int = 25, as_you_type: bool = False
    ) -> Sequence[Hit]:
        """The codes that a query may mean, the likeliest first, each once.

        `as_you_type`: the last word may be the beginning of one, unless a space follows it. Raises NoRelease where a
        code set that is asked for does not cover the day, UnreadableTable.
        """
        raise NotImplementedError
