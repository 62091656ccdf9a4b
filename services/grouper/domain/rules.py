"""The rules that grouping follows, each with its history. There is no "current": a rule is asked for a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from shared.claims import Date, Model
from shared.tables.dated import Parameter


class DrgVersion(Model):
    """A version of the MS-DRG grouper and the discharges that it groups, both days included."""

    version: str
    effective: Date
    through: Date | None
    source: str


@dataclass(frozen=True)
class Rules:
    """Everything dated that grouping needs beside the engine and the code sets."""

    versions: Parameter[str | None]
    drg_facility_types: Parameter[frozenset[str]]
    poa_exempt_taxonomies: Parameter[frozenset[str]]
    highest_age: Parameter[int]
    sex_edits: Parameter[bool]
    shortest_ventilated_stay: Parameter[int]

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
