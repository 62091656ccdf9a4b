"""`revcycle tables diff`: what changed between two releases of a table."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from revcycle.tables.catalogues import Kept, kept_release
from revcycle.tables.words import change_in_members, change_in_words
from shared.runtime import Settings
from shared.tables import Table
from shared.tables.diff import Change, changes, codes_of, store_of
from shared.tables.registry import table_named


@dataclass
class Comparison:
    """Two releases of a table. `walk` once; the counts and the keys are then what was met."""

    table: Table[Any]
    before: Kept
    after: Kept
    counts: Counter[str] = field(default_factory=Counter)
    touched: list[tuple[str, ...]] = field(default_factory=list)
    """For each changed key the codes that a chart or claim must hold to be touched by it."""

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
                self.touched.append(codes)
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

    def json_lines(self) -> Iterator[str]:
        """One JSON object for each change."""
        for change in self.walk():
            yield json.dumps(change_in_members(change), ensure_ascii=False)
