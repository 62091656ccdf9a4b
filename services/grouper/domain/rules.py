"""The rules that grouping follows, each with its history. There is no "current": a rule is asked for a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic, TypeVar

from shared.claims import Date, Model

T = TypeVar("T")


class NoEdition(LookupError):
    """A rule was asked for a day before its first edition."""


@dataclass(frozen=True)
class Edition(Generic[T]):
    """What a rule was from `effective` on, and who says so."""

    effective: date
    value: T
    unit: str
    source: str


@dataclass(frozen=True)
class Dated(Generic[T]):
    """A value with its history, newest edition first."""

    name: str
    editions: tuple[Edition[T], ...]

    def on(self, day: date) -> T:
        """The value in force on `day`. Raises NoEdition where none was."""
        for edition in self.editions:
            if edition.effective <= day:
                return edition.value
        raise NoEdition(f"{self.name} has no edition in force on {day}")

    def on_or(self, day: date, before: T) -> T:
        """The value in force on `day`, and `before` where none was yet."""
        return self.on(day) if self.editions[-1].effective <= day else before


class DrgVersion(Model):
    """A version of the MS-DRG grouper and the discharges that it groups, both days included."""

    version: str
    effective: Date
    through: Date | None
    source: str


@dataclass(frozen=True)
class Rules:
    """Everything dated that grouping needs beside the engine and the code sets."""

    versions: Dated[str | None]
    discharge_statuses: Dated[frozenset[str]]
    drg_facility_types: Dated[frozenset[str]]
    poa_exempt_taxonomies: Dated[frozenset[str]]
    highest_age: Dated[int]

    def version_on(self, day: date) -> str | None:
        """The MS-DRG version for a discharge of that day, or None where none is carried."""
        return self.versions.on_or(day, None)

    @property
    def carried_versions(self) -> tuple[DrgVersion, ...]:
        """Every version, oldest first."""
        oldest_first = self.versions.editions[::-1]
        ends = [edition.effective - timedelta(days=1) for edition in oldest_first[1:]]
        return tuple(
            DrgVersion(version=edition.value, effective=edition.effective, through=through, source=edition.source)
            for edition, through in zip(oldest_first, [*ends, None], strict=True)
            if edition.value is not None
        )
