"""The tables as a running service holds them: one consistent view, and the watch that renews it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any, Generic

from shared.tables.catalogue import Catalogue, Release
from shared.tables.errors import NoRelease
from shared.tables.store import PairStore, Store
from shared.tables.table import Row, Table

_KEPT_EDITIONS = 65_536
_Stamp = tuple[tuple[int, int, int] | None, ...]


@dataclass(frozen=True, slots=True)
class Edition(Generic[Row]):
    """A release of a table found by one key, as it answers on a day."""

    release: Release
    store: Store[Row]


@dataclass(frozen=True, slots=True)
class PairEdition(Generic[Row]):
    """A release of a table found by an ordered pair of codes, as it answers on a day."""

    release: Release
    store: PairStore[Row]


class Tables:
    """An immutable view of every active release: all lookups for one claim use the same. Safe to share."""

    def __init__(self, releases: Sequence[tuple[Release, Path]] = ()) -> None:
        """`releases` with the path of their compiled files. A file is mapped when it is first asked for."""
        self._active: dict[str, list[tuple[Release, Path]]] = {}
        for release, path in sorted(releases, key=lambda item: _precedence(item[0]), reverse=True):
            if release.active:
                self._active.setdefault(release.table, []).append((release, path))
        self.editions: Mapping[tuple[Table[Any], date], Any] = _Editions(self._active)
        """What `on` and `pairs_on` answer, by table and day, without a call: for lookups that count microseconds."""

    def on(self, table: Table[Row], day: date) -> Edition[Row]:
        """The release of a table that answers for a day. Raises NoRelease, UnreadableTable."""
        edition: Edition[Row] = self.editions[table, day]
        return edition

    def pairs_on(self, table: Table[Row], day: date) -> PairEdition[Row]:
        """As `on`, for a table of pairs."""
        edition: PairEdition[Row] = self.editions[table, day]
        return edition

    def release(self, table: Table[Any], day: date) -> Release:
        """Which release answers for a day. Raises NoRelease."""
        return _chosen(self._active, table.name, day)[0]

    def carries(self, table: Table[Any], day: date) -> bool:
        """Whether any active release of the table covers the day."""
        known = self._active.get(table.name)
        return known is not None and ((table, day) in self.editions or any(one.covers(day) for one, _path in known))

    def nearest_day(self, table: Table[Any], day: date) -> date | None:
        """The day itself where a release covers it, else the last covered day before it, else the first after.

        For finding and hinting, which an old edition does better than none; what is decided asks for the day itself.
        None where no release of the table is carried.
        """
        if self.carries(table, day):
            return day
        known = [release for release, _path in self._active.get(table.name, ())]
        ended = [release.covers_through for release in known if release.covers_through < day]
        return max(ended) if ended else min((release.covers_from for release in known), default=None)

    def releases(self) -> tuple[Release, ...]:
        """Every active release, by table, the one that goes before first."""
        return tuple(release for name in sorted(self._active) for release, _path in self._active[name])


class _Editions(dict[tuple[Table[Any], date], Any]):
    """Fills itself; begins anew when it is full."""

    def __init__(self, active: Mapping[str, Sequence[tuple[Release, Path]]]) -> None:
        super().__init__()
        self._active = active
        self._stores: dict[Path, Any] = {}

    def __missing__(self, asked: tuple[Table[Any], date]) -> Any:
        table, day = asked
        release, path = _chosen(self._active, table.name, day)
        store: Any = self._stores.get(path)
        if store is None:
            store = self._stores[path] = PairStore(path, table) if table.pairs else Store(path, table)
        if len(self) >= _KEPT_EDITIONS:
            self.clear()
        edition = self[asked] = PairEdition(release, store) if table.pairs else Edition(release, store)
        return edition


def _chosen(active: Mapping[str, Sequence[tuple[Release, Path]]], table: str, day: date) -> tuple[Release, Path]:
    known = active.get(table, ())
    for release, path in known:
        if release.covers(day):
            return release, path
    first = min((release.covers_from for release, _path in known), default=None)
    last = max((release.covers_through for release, _path in known), default=None)
    raise NoRelease(table, day, first, last)


def _precedence(release: Release) -> tuple[bool, date, object]:
    """The customer's own before the embedded, then the later in effect, then the later loaded."""
    return not release.embedded, release.effective, release.loaded_at


class ReferenceTables:
    """Watches catalogues and hands out the present view. One for a process; ask for `current` once for each claim."""

    def __init__(
        self, folders: Sequence[Path], *, look_every: float = 1.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`folders` of catalogues, which may come into being later. A change is seen after `look_every` seconds."""
        self.folders = tuple(folders)
        """For another process that is to see the same."""
        self._catalogues = [Catalogue(folder) for folder in folders]
        self._look_every, self._clock = look_every, clock
        self._lock = Lock()
        self._stamp: _Stamp | None = None
        self._looked = float("-inf")
        self._tables = Tables()

    def current(self) -> Tables:
        """The tables as activated. Costs a look at the folders at most once in `look_every`. Raises UnreadableTable."""
        if self._clock() - self._looked >= self._look_every:
            self._look()
        return self._tables

    def _look(self) -> None:
        """One thread looks; others wait for it, so that none is handed the view from before the first look."""
        with self._lock:
            if self._clock() - self._looked < self._look_every:
                return
            stamp = tuple(catalogue.stamp() for catalogue in self._catalogues)
            if stamp != self._stamp:
                self._tables = Tables(
                    [
                        (release, catalogue.path(release))
                        for catalogue in self._catalogues
                        for release in catalogue.releases()
                    ]
                )
                self._stamp = stamp
            self._looked = self._clock()
