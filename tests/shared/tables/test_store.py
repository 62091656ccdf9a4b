"""Compiled tables answer as a dict of the same rows would, in every process and thread, or say that they cannot."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.tables import store as stores
from shared.tables.compiler import compile_store
from shared.tables.errors import UnreadableTable
from shared.tables.store import PairStore, Store
from shared.tables.table import Table, TableRow
from tests.shared.tables.invented import PAIRED_UNITS, UNITS, UnitsRow, units

CODES = st.text("ABÄ019", min_size=1, max_size=7)
ROWS = st.builds(
    UnitsRow,
    units=st.integers(-(2**40), 2**40),
    day=st.none() | st.dates(),
    rate=st.none() | st.decimals(-10, 10, places=4),
    notes=st.lists(st.text(max_size=3), max_size=2).map(tuple),
)
MANY = [(f"{first:02}A {second:03}", UnitsRow(first * second % 7)) for first in range(40) for second in range(120)]


def by_key(entries: Sequence[tuple[Any, UnitsRow]]) -> dict[Any, tuple[UnitsRow, ...]]:
    """What a store must answer: the rows of each key in the order in which they came."""
    oracle: defaultdict[Any, tuple[UnitsRow, ...]] = defaultdict(tuple)
    for key, row in entries:
        oracle[key] += (row,)
    return dict(oracle)


def a_store(path: Path, entries: Sequence[tuple[str, UnitsRow]]) -> Store[UnitsRow]:
    compile_store(path, UNITS, "2026Q3", entries)
    return Store(path, UNITS)


def a_pair_store(path: Path, entries: Sequence[tuple[str, UnitsRow]]) -> PairStore[UnitsRow]:
    compile_store(path, PAIRED_UNITS, "2026Q3", entries)
    return PairStore(path, PAIRED_UNITS)


@settings(deadline=None)
@given(entries=st.lists(st.tuples(CODES, ROWS)), others=st.lists(CODES), prefix=st.text("AB0", max_size=2))
def test_a_store_answers_as_a_dict(entries: list[tuple[str, UnitsRow]], others: list[str], prefix: str) -> None:
    oracle = by_key(entries)
    with TemporaryDirectory() as folder:
        store = a_store(Path(folder) / "a.store", entries)

        assert len(store) == len(oracle)
        assert store.header.rows == len(entries)
        for key in [*oracle, *others, prefix]:
            assert store.rows(key) == oracle.get(key, ())
        in_order = sorted(oracle, key=str.encode)
        assert list(store.items()) == [(key, oracle[key]) for key in in_order]
        assert list(store.items(prefix)) == [(key, oracle[key]) for key in in_order if key.startswith(prefix)]


@settings(deadline=None)
@given(
    entries=st.lists(st.tuples(st.tuples(CODES, CODES), ROWS)),
    others=st.lists(st.tuples(CODES, CODES)),
    prefix=st.text("AB0", max_size=2),
)
def test_a_pair_store_answers_as_a_dict(
    entries: list[tuple[tuple[str, str], UnitsRow]], others: list[tuple[str, str]], prefix: str
) -> None:
    oracle = by_key(entries)
    with TemporaryDirectory() as folder:
        store = a_pair_store(Path(folder) / "a.store", [(" ".join(pair), row) for pair, row in entries])

        assert (len(store), store.header.rows) == (len(oracle), len(entries))
        for first, second in [*oracle, *others, *((second, first) for first, second in oracle)]:
            assert store.rows(first, second) == oracle.get((first, second), ())
        codes = dict.fromkeys(code for pair in [*oracle, *others] for code in pair)
        assert store.among(codes) == [(a, b) for a in codes for b in codes if (a, b) in oracle]
        in_order = sorted(oracle)
        assert list(store.items(prefix)) == [
            (f"{first} {second}", oracle[first, second]) for first, second in in_order if first.startswith(prefix)
        ]
        for code in {code for pair in oracle for code in pair} | {prefix}:
            assert list(store.seconds(code)) == [(b, oracle[a, b]) for a, b in in_order if a == code]
            assert list(store.firsts(code)) == [(a, oracle[a, b]) for a, b in in_order if b == code]


def test_rows_come_back_as_they_were_given(tmp_path: Path) -> None:
    row = UnitsRow(3, date(2026, 7, 1), Decimal("12.3400"), ("a", ""))

    (found,) = a_store(tmp_path / "a.store", [("99213", row)]).rows("99213")

    assert found == row
    assert str(found.rate) == "12.3400"


def test_an_empty_table_has_no_rows(tmp_path: Path) -> None:
    assert a_store(tmp_path / "a.store", []).rows("99213") == ()
    assert list(a_store(tmp_path / "a.store", []).items()) == []
    assert a_pair_store(tmp_path / "b.store", []).rows("99213", "99214") == ()


def test_many_partners_of_one_code_are_all_found(tmp_path: Path) -> None:
    """Numbers of neighbouring codes, and a hash table that has wrapped around its end."""
    entries = [(f"A {number:05}", UnitsRow(number % 3)) for number in range(0, 20_000, 2)]
    store = a_pair_store(tmp_path / "a.store", entries)

    assert all(store.rows("A", f"{number:05}") == units([number % 3]) for number in range(0, 20_000, 2))
    assert not any(store.rows("A", f"{number:05}") for number in range(1, 20_000, 2))


def test_values_that_are_alike_are_kept_once(tmp_path: Path) -> None:
    rows = [(f"{number:05}", UnitsRow(7, notes=("n" * 200,))) for number in range(99)]

    assert compile_store(tmp_path / "a.store", UNITS, "x", rows).bytes < 99 * 200


def test_more_values_than_are_kept_are_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "_KEPT", 4)
    entries = [(f"{number:03}", UnitsRow(number)) for number in range(20)]
    store = a_store(tmp_path / "a.store", entries)

    assert [store.rows(key) for key, _row in entries * 3] == [(row,) for _key, row in entries * 3]


@pytest.mark.parametrize("opened", [lambda p: a_store(p, MANY), lambda p: a_pair_store(p, MANY)])
def test_threads_share_a_store(tmp_path: Path, opened: Callable[[Path], Any]) -> None:
    store, oracle = opened(tmp_path / "a.store"), by_key(MANY)

    def all_right(_thread: int) -> bool:
        return dict(store.items()) == oracle

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(all_right, range(16)))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_store_opened_before_a_fork_answers_in_the_child(tmp_path: Path) -> None:
    store = a_pair_store(tmp_path / "a.store", MANY)
    store.rows("03A", "007")
    child = os.fork()
    if not child:
        os._exit(0 if dict(store.items()) == by_key(MANY) else 1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert dict(store.items()) == by_key(MANY)


def test_an_open_store_outlives_its_file(tmp_path: Path) -> None:
    store = a_store(tmp_path / "a.store", MANY)
    (tmp_path / "a.store").unlink()

    assert dict(store.items()) == by_key(MANY)


@pytest.mark.parametrize(("kind", "table"), [(Store, UNITS), (PairStore, PAIRED_UNITS)])
def test_a_file_cut_off_anywhere_is_not_opened(tmp_path: Path, kind: Any, table: Table[UnitsRow]) -> None:
    path = tmp_path / "a.store"
    compile_store(path, table, "x", MANY[:50])
    whole = path.read_bytes()

    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        with pytest.raises(UnreadableTable):
            kind(path, table)


@settings(max_examples=300, deadline=None)
@given(at=st.integers(0, 10_000), value=st.integers(0, 255))
def test_a_damaged_file_answers_or_says_that_it_is_damaged(
    tmp_path_factory: pytest.TempPathFactory, at: int, value: int
) -> None:
    """Never another error. That an answer is right, `verify` says: no lookup pays for it."""
    path = tmp_path_factory.mktemp("damaged") / "a.store"
    entries = MANY[:60]
    compile_store(path, PAIRED_UNITS, "x", entries)
    content = bytearray(path.read_bytes())
    content[at % len(content)] = value
    path.write_bytes(content)

    try:
        store = PairStore(path, PAIRED_UNITS)
        for key, _row in entries[::7]:
            store.rows(*key.split(" "))
    except UnreadableTable:
        pass


def test_a_file_of_another_table_is_not_opened(tmp_path: Path) -> None:
    compile_store(tmp_path / "a.store", UNITS, "x", MANY)

    with pytest.raises(UnreadableTable, match="not a release of"):
        PairStore(tmp_path / "a.store", PAIRED_UNITS)
    with pytest.raises(UnreadableTable):
        Store(tmp_path / "missing.store", UNITS)


def test_a_file_for_rows_of_another_shape_is_not_opened(tmp_path: Path) -> None:
    class OtherRow(TableRow, frozen=True):
        charge: int

    compile_store(tmp_path / "a.store", UNITS, "x", MANY)
    other = Table(UNITS.name, UNITS.title, OtherRow, UNITS.key, "CMS", "public")

    with pytest.raises(UnreadableTable, match="another shape"):
        Store(tmp_path / "a.store", other)


def test_a_file_from_before_a_field_was_added_is_read(tmp_path: Path) -> None:
    class WiderRow(UnitsRow, frozen=True):
        modifier: str | None = None

    compile_store(tmp_path / "a.store", UNITS, "x", [("99213", UnitsRow(2))])
    wider = Table(UNITS.name, UNITS.title, WiderRow, UNITS.key, "CMS", "public")

    assert Store(tmp_path / "a.store", wider).rows("99213") == (WiderRow(2),)
