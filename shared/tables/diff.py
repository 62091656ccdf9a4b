"""What changed from one release of a table to another: new, deleted and revised keys, in the order of the keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, Literal

from shared.tables.catalogue import Catalogue, Release
from shared.tables.store import PairStore, Store
from shared.tables.table import Row, Table
from shared.tables.touched import kind_of

ChangeKind = Literal["new", "deleted", "revised"]

AnyStore = Store[Row] | PairStore[Row]


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
    """Walk both releases side by side. Holds one key of each at a time, however large they are.

    Both kinds of store give their keys in the order of the text: a blank, which parts a pair, comes before all codes.
    """
    earlier, later = before.items(), after.items()
    old, new = next(earlier, None), next(later, None)
    while old is not None or new is not None:
        if new is None or (old is not None and old[0] < new[0]):
            yield Change(old[0], "deleted", old[1], ())  # type: ignore[index]  # one of the two is an item
            old = next(earlier, None)
        elif old is None or new[0] < old[0]:
            yield Change(new[0], "new", (), new[1])
            new = next(later, None)
        else:
            if old[1] != new[1]:
                yield Change(new[0], "revised", old[1], new[1])
            old, new = next(earlier, None), next(later, None)


def codes_of(table: Table[Row], key: str) -> tuple[str, ...]:
    """The codes that a chart or claim must hold for a row under this key to touch it: all of them.

    None where the key is not made of codes that stand on charts and claims: a chapter's number, a range, an APC.
    """
    if not table.coded or kind_of(table.name) is None:
        return ()
    parts = key.split(" ")[: 2 if table.pairs else 1]
    return tuple(parts) if all(map(str.isalnum, parts)) else ()
