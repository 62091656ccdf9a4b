"""The reference tables as one request sees them, and the releases that an answer comes from."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import Depends, Request

from shared.claims import Many, Model
from shared.http.scope import runtime_of
from shared.tables import Tables


class UsedRelease(Model):
    """A release of a reference table that an answer was read from."""

    table: str
    release: str


class FromTables(Model):
    """An answer out of reference tables."""

    releases: Many[UsedRelease]


def current_tables(request: Request) -> Tables:
    """As they are when the request comes; a release that is activated later is for the next one."""
    return runtime_of(request).tables.current()


def used(releases: Iterable[tuple[str, str | None]]) -> tuple[UsedRelease, ...]:
    """Tables with the name of their release, without those that had none to answer from."""
    return tuple(UsedRelease(table=table, release=release) for table, release in releases if release is not None)


CurrentTables = Annotated[Tables, Depends(current_tables)]
