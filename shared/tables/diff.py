"""What changed from one release of a table to another: new, deleted and revised keys, in the order of the keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, Literal

from shared.tables.catalogue import Catalogue, Release
from shared.tables.store import PairStore, Store
from shared.tables.table import Row, Table

ChangeKind = Literal["new", "deleted", "revised"]

AnyStore = Store[Row] | PairStore[Row]
_Item = tuple[str, tuple[Row, ...]]


@dataclass(frozen=True, slots=True)
class Change(Generic[Row]):
    """One key that is not in both releases with the same rows."""

    key: str
    kind: ChangeKind
    before: tuple[Row, ...]
    """Its rows in the earlier release; none where the key is new."""
    after: tuple[Row, ...]
    """Its rows in the later release; none where the key is deleted."""


def store_of(catalogue: Catalogue, release: Release, table: Table[Row]) -> AnyStore[Row]:
    """The rows of a release, active or not. Raises UnreadableTable."""
    path = catalogue.path(release)
    return PairStore(path, table) if table.pairs else Store(path, table)


def changes(before: AnyStore[Row], after: AnyStore[Row]) -> Iterator[Change[Row]]:
    """Walk both releases side by side. Holds one key of each at a time, however large they are."""
    earlier, later = before.items(), after.items()
    old, new = next(earlier, None), next(later, None)
    while old is not None or new is not None:
        if new is None or (old is not None and _place(old) < _place(new)):
            yield Change(old[0], "deleted", old[1], ())  # type: ignore[index]  # one of the two is an item
            old = next(earlier, None)
        elif old is None or _place(new) < _place(old):
            yield Change(new[0], "new", (), new[1])
            new = next(later, None)
        else:
            if old[1] != new[1]:
                yield Change(new[0], "revised", old[1], new[1])
            old, new = next(earlier, None), next(later, None)


def codes_of(table: Table[Row], key: str) -> tuple[str, ...]:
    """The codes that a chart or claim must hold for a row under this key to touch it: all of them.

    None where the keys of the table are no codes that stand on charts and claims.
    """
    if not table.coded:
        return ()
    parts = key.split(" ")
    return tuple(parts[:2] if table.pairs else parts[:1])


def _place(item: _Item[Row]) -> list[str]:
    """Pairs are ordered by their first code and then by their second, which is not the order of the joined text."""
    return item[0].split(" ")
