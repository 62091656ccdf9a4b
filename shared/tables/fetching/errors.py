"""What keeps a file from being fetched.

FetchError
├── UnknownSource      no source has that name, and no source brings that table
├── NotPublished       the authority has no such file (yet), or answers with a page instead of it
├── NotAllowed         the address leads away from the authority's own hosts, or is not HTTPS
├── TooLarge           larger than a published table can be
└── Unavailable        the authority did not answer in order, however often it was asked; what came is kept
"""

from __future__ import annotations

from shared.tables.errors import TableError


class FetchError(TableError):
    code, title, status = "fetch_failed", "A published file cannot be fetched", 502


class UnknownSource(FetchError):
    code, title, status = "unknown_source", "There is no such source of tables", 404


class NotPublished(FetchError):
    code, title = "not_published", "The authority does not publish this file"


class NotAllowed(FetchError):
    code, title = "address_not_allowed", "The address is not the authority's own"


class TooLarge(FetchError):
    code, title = "file_too_large", "The file is larger than a published table"


class Unavailable(FetchError):
    """`retry_after` is the number of seconds that the authority asked us to wait, where it said so."""

    code, title = "authority_unavailable", "The authority does not answer"

    def __init__(self, detail: str, *, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
