"""`revcycle tables diff`: what changed between two releases of a table."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from revcycle.failures import Failure
from revcycle.tables.catalogues import Kept, kept_release
from revcycle.tables.impact import Line, TouchedRecord, touched_records
from revcycle.tables.words import change_in_members, change_in_words
from shared.runtime import Settings
from shared.tables import Table
from shared.tables.diff import Change, changes, codes_of, store_of
from shared.tables.registry import table_named
from shared.tables.touched import kind_of


@dataclass
class Comparison:
    """Two releases of a table. `walk` once; the counts and the keys are then what was met."""

    table: Table[Any]
    before: Kept
    after: Kept
    counts: Counter[str] = field(default_factory=Counter)
    codes: dict[str, None] = field(default_factory=dict)
    """What changed, in the order of the keys: a code, or the two of a pair parted by a space."""

    @classmethod
    def of(cls, settings: Settings, name: str, before: str, after: str) -> Comparison:
        """Raises UnknownRelease."""
        table = table_named(name)
        return cls(table, kept_release(settings, name, before), kept_release(settings, name, after))

    def walk(self) -> Iterator[Change[Any]]:
        """Every change, in the order of the keys. Raises UnreadableTable."""
        earlier, later = (store_of(kept.catalogue, kept.release, self.table) for kept in (self.before, self.after))
        for change in changes(earlier, later):
            self.counts[change.kind] += 1
            if codes := codes_of(self.table, change.key):
                self.codes[" ".join(codes)] = None
            yield change

    def lines(self, limit: int | None) -> Iterator[str]:
        """At most `limit` changes in words, then how many there are."""
        for number, change in enumerate(self.walk()):
            if limit is None or number < limit:
                yield change_in_words(change)
        hidden = 0 if limit is None else max(0, self.counts.total() - limit)
        if hidden:
            yield f"… and {hidden:,} more; --limit 0 shows all"
        counts = ", ".join(f"{self.counts[kind]:,} {kind}" for kind in ("new", "deleted", "revised"))
        yield f"{self.table.name} {self.before.release.name} to {self.after.release.name}: {counts}"

    def impact(self, line: Line) -> Iterator[str]:
        """After `walk`: the open charts and held claims that hold what changed, on a day of the later release.

        Raises Failure where the keys of the table are no codes of charts and claims, or a service does not answer.
        """
        count = Counter[str]()
        for record in self._touched(line):
            count[record.kind] += 1
            yield f"{record.kind} {record.id}  {', '.join(record.codes)}"
        yield f"touched: {count['chart']:,} open charts, {count['claim']:,} held claims"

    def impact_json_lines(self, line: Line) -> Iterator[str]:
        """The same, one JSON object for each chart or claim."""
        for record in self._touched(line):
            yield json.dumps({record.kind: record.id, "codes": record.codes})

    def _touched(self, line: Line) -> Iterator[TouchedRecord]:
        if not self.table.coded or kind_of(self.table.name) is None:
            raise Failure(f"the keys of {self.table.name} are no codes that stand on charts and claims")
        return touched_records(line, self.after.release, list(self.codes))

    def json_lines(self) -> Iterator[str]:
        """One JSON object for each change."""
        for change in self.walk():
            yield json.dumps(change_in_members(change), ensure_ascii=False)
