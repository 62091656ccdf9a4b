"""The releases of the reference tables that an answer comes from."""

from collections.abc import Iterable

from services.grouper.domain.estimates import UsedRelease
from shared.claims import Many, Model


class FromTables(Model):
    """An answer out of reference tables."""

    releases: Many[UsedRelease]


def used(releases: Iterable[tuple[str, str | None]]) -> tuple[UsedRelease, ...]:
    """Tables with the name of their release, without those that had none to answer from."""
    return tuple(UsedRelease(table=table, release=release) for table, release in releases if release is not None)
