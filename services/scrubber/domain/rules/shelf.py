"""The rule books of the tenants that this process has met, each compiled once."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import TypeVar

from services.scrubber.domain.rules.book import RuleBook

Value = TypeVar("Value")

TRUSTED_FOR = timedelta(seconds=2)
"""How long a look counts that finds a book to be the last edition: what another process approves runs here after it."""


class RuleShelf:
    """Keeps the last edition of each tenant's book, of at most `most` tenants: those asked for last.

    The claim line asks the database for the edition of each claim; the engine used alone, where nothing else needs the
    database, trusts the last look for a moment.
    """

    def __init__(self, most: int = 500) -> None:
        self._books: OrderedDict[str, RuleBook] = OrderedDict()
        self._looks: OrderedDict[str, tuple[datetime, RuleBook]] = OrderedDict()
        self._most = most

    def find(self, tenant: str, edition: str) -> RuleBook | None:
        """The tenant's book, where it is of this edition."""
        book = self._books.get(tenant)
        if book is None or book.edition != edition:
            return None
        self._books.move_to_end(tenant)
        return book

    def keep(self, tenant: str, book: RuleBook) -> None:
        """Put the tenant's book in the place of the one before."""
        _put(self._books, tenant, book, self._most)

    def trusted(self, tenant: str, at: datetime) -> RuleBook | None:
        """The book that the last look has found, where it was a moment ago."""
        looked = self._looks.get(tenant)
        return looked[1] if looked is not None and at - looked[0] < TRUSTED_FOR else None

    def trust(self, tenant: str, book: RuleBook, at: datetime) -> None:
        """Note that a look at this moment has found the book to be the last edition."""
        _put(self._looks, tenant, (at, book), self._most)

    def forget(self, tenant: str) -> None:
        """What runs was changed here: look again."""
        self._looks.pop(tenant, None)


def _put(kept: OrderedDict[str, Value], tenant: str, value: Value, most: int) -> None:
    kept[tenant] = value
    kept.move_to_end(tenant)
    while len(kept) > most:
        kept.popitem(last=False)
