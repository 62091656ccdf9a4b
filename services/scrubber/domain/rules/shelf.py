"""The rule books of the tenants that this process has met, each compiled once."""

from __future__ import annotations

from collections import OrderedDict

from services.scrubber.domain.rules.book import RuleBook


class RuleShelf:
    """Keeps the last edition of each tenant's book, of at most `most` tenants: those asked for last."""

    def __init__(self, most: int = 500) -> None:
        self._books: OrderedDict[str, RuleBook] = OrderedDict()
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
        self._books[tenant] = book
        self._books.move_to_end(tenant)
        while len(self._books) > self._most:
            self._books.popitem(last=False)
