"""A compiled file appears whole or not at all, and is the same for the same rows."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.tables.compiler import compile_store
from shared.tables.store import PairStore
from tests.shared.tables.invented import PAIRED_UNITS, UNITS, UnitsRow, units

ROWS = [(f"{first:02}A {second:02}", UnitsRow(first + second)) for first in range(20) for second in range(20)]

_KILLED = """
import os, signal, sys
from pathlib import Path
from shared.tables.compiler import compile_store
from tests.shared.tables.invented import PAIRED_UNITS, UnitsRow

def rows():
    for number in range(1000):
        yield f"A {number}", UnitsRow(number)
    os.kill(os.getpid(), signal.SIGKILL)

compile_store(Path(sys.argv[1]), PAIRED_UNITS, "x", rows())
"""


def failing() -> Iterator[tuple[str, UnitsRow]]:
    yield from ROWS
    raise LookupError("line 401 is wrong")


def test_what_was_written_is_counted(tmp_path: Path) -> None:
    compiled = compile_store(tmp_path / "a.store", PAIRED_UNITS, "x", [*ROWS, ROWS[0]])

    assert (compiled.keys, compiled.rows) == (400, 401)
    assert compiled.bytes == (tmp_path / "a.store").stat().st_size


@pytest.mark.parametrize("table", [UNITS, PAIRED_UNITS])
def test_the_same_rows_make_the_same_file(tmp_path: Path, table: type) -> None:
    first = compile_store(tmp_path / "a.store", table, "x", ROWS)  # type: ignore[arg-type]  # a table

    assert compile_store(tmp_path / "b.store", table, "x", ROWS) == first  # type: ignore[arg-type]  # a table


@pytest.mark.parametrize("table", [UNITS, PAIRED_UNITS])
def test_what_the_rows_raise_passes_through_and_leaves_the_file_before(tmp_path: Path, table: type) -> None:
    compile_store(tmp_path / "a.store", table, "x", ROWS)  # type: ignore[arg-type]  # a table
    before = (tmp_path / "a.store").read_bytes()

    with pytest.raises(LookupError, match="line 401"):
        compile_store(tmp_path / "a.store", table, "x", failing())  # type: ignore[arg-type]  # a table

    assert [path.name for path in tmp_path.iterdir()] == ["a.store"]
    assert (tmp_path / "a.store").read_bytes() == before


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "no space left")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(OSError, match="no space"):
        compile_store(tmp_path / "a.store", UNITS, "x", ROWS)

    assert list(tmp_path.iterdir()) == []


def test_a_process_killed_while_it_compiles_leaves_the_file_before(tmp_path: Path) -> None:
    compile_store(tmp_path / "a.store", PAIRED_UNITS, "x", ROWS)

    killed = subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path / "a.store")], check=False, timeout=60)

    assert killed.returncode == -signal.SIGKILL
    assert PairStore(tmp_path / "a.store", PAIRED_UNITS).rows("01A", "02") == units([3])


def test_a_key_of_a_pair_table_is_two_codes(tmp_path: Path) -> None:
    for key in ("99213", "99213 99214 99215"):
        with pytest.raises(ValueError, match="unpack"):
            compile_store(tmp_path / "a.store", PAIRED_UNITS, "x", [(key, UnitsRow(1))])


def test_more_codes_than_a_pair_table_holds_are_refused(tmp_path: Path) -> None:
    rows = ((f"A {number}", UnitsRow(1)) for number in range(65_535))

    with pytest.raises(ValueError, match="65,535 codes, not 65,536"):
        compile_store(tmp_path / "a.store", PAIRED_UNITS, "x", rows)


def test_as_many_codes_as_a_pair_table_holds_are_found(tmp_path: Path) -> None:
    compile_store(tmp_path / "a.store", PAIRED_UNITS, "x", ((f"A {n}", UnitsRow(n % 2)) for n in range(65_534)))
    store = PairStore(tmp_path / "a.store", PAIRED_UNITS)

    assert all(store.rows("A", str(n)) == units([n % 2]) for n in range(65_534))
