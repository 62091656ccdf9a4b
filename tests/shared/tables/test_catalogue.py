"""A catalogue changes in one step, whoever reads or writes at the same time."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Event

import msgspec
import pytest

from shared.tables.catalogue import Catalogue, Fault
from shared.tables.errors import UnknownRelease, UnreadableTable
from shared.tables.spans import quarter
from shared.tables.tables import ReferenceTables, Tables
from tests.shared.tables.invented import AT, PAIRED_UNITS, UNITS, UnitsRow, a_release

SPRING, SUMMER = quarter(date(2026, 4, 1)), quarter(date(2026, 7, 1))
_WRITER = """
import sys
from datetime import date
from pathlib import Path
from shared.tables.catalogue import Catalogue
from shared.tables.spans import Span
from tests.shared.tables.invented import UnitsRow, a_release

catalogue = Catalogue(Path(sys.argv[1]))
for number in range(10):
    span = Span(f"{sys.argv[2]}-{number}", date(2026, 1, 1), date(2026, 12, 31))
    catalogue.add([a_release(catalogue, span, (sys.argv[2], UnitsRow(number)))])
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue(tmp_path / "catalogue")


def test_a_folder_that_is_not_there_holds_nothing(catalogue: Catalogue) -> None:
    assert catalogue.releases() == ()
    assert catalogue.stamp() is None
    assert catalogue.verify() == []
    with pytest.raises(UnknownRelease):
        catalogue.release(UNITS.name, "2026Q3")


def test_a_release_says_where_it_came_from_and_what_it_covers(catalogue: Catalogue) -> None:
    release = a_release(catalogue, SUMMER, ("99213", UnitsRow(2)), history_from=date(1996, 1, 1))
    catalogue.add([release])

    found = Catalogue(catalogue.folder).release(UNITS.name, "2026Q3")

    assert found == release
    assert (found.effective, found.covers_from) == (date(2026, 7, 1), date(1996, 1, 1))
    assert (found.keys, found.rows, found.licence, found.loaded_at) == (1, 1, UNITS.licence, AT)
    assert found.sources[0].name == "by hand"


def test_releases_lie_side_by_side_in_the_order_of_their_days(catalogue: Catalogue) -> None:
    catalogue.add([a_release(catalogue, SUMMER, ("99213", UnitsRow(2)))])
    catalogue.add([a_release(catalogue, SPRING, ("99213", UnitsRow(1)))])

    assert [release.name for release in catalogue.releases()] == ["2026Q2", "2026Q3"]


def test_a_release_of_the_same_name_is_replaced(catalogue: Catalogue) -> None:
    catalogue.add([a_release(catalogue, SUMMER, ("99213", UnitsRow(1)))])
    corrected = a_release(catalogue, SUMMER, ("99213", UnitsRow(2)))
    catalogue.add([corrected])

    assert catalogue.releases() == (corrected,)


def test_several_releases_are_entered_in_one_step(catalogue: Catalogue) -> None:
    catalogue.add([a_release(catalogue, SUMMER, ("99213", UnitsRow(0)))])
    done = Event()

    def states() -> set[tuple[str, ...]]:
        seen = set()
        while not done.is_set():
            seen.add(tuple(release.name for release in catalogue.releases()))
        return seen

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(states) for _ in range(2)]
        for year in range(2000, 2020):
            spans = [quarter(date(year, month, 1)) for month in (1, 4, 7, 10)]
            catalogue.add([a_release(catalogue, span, ("99213", UnitsRow(year))) for span in spans])
        done.set()

    assert {len(names) % 4 for reader in readers for names in reader.result()} == {1}


def test_writers_of_several_processes_wait_for_each_other(catalogue: Catalogue) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", _WRITER, str(catalogue.folder), name]) for name in ("A", "B", "C")
    ]

    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0]
    assert len(catalogue.releases()) == 30
    assert catalogue.verify() == []


def test_readers_see_every_change_while_it_is_made(catalogue: Catalogue) -> None:
    """A view that was taken answers as it did, whatever is entered and taken away meanwhile."""
    catalogue.add([a_release(catalogue, SUMMER, ("99213", UnitsRow(0)))])
    tables, done = ReferenceTables([catalogue.folder], look_every=0), Event()

    def answers() -> list[int]:
        seen = []
        while not done.is_set():
            view: Tables = tables.current()
            first, second = (view.on(UNITS, date(2026, 8, 1)).store.rows("99213")[0].units for _ in range(2))
            assert first == second
            seen.append(first)
        return seen

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(answers) for _ in range(3)]
        for number in range(1, 40):
            catalogue.add([a_release(catalogue, SUMMER, ("99213", UnitsRow(number)))])
        done.set()

    for reader in readers:
        assert reader.result() == sorted(reader.result())
    assert tables.current().on(UNITS, date(2026, 8, 1)).store.rows("99213")[0].units == 39


def test_a_release_can_be_put_to_rest_and_woken(catalogue: Catalogue) -> None:
    catalogue.add([a_release(catalogue, SUMMER, ("99213", UnitsRow(2)))])

    assert not catalogue.activate(UNITS.name, "2026Q3", active=False).active
    assert not catalogue.release(UNITS.name, "2026Q3").active
    assert catalogue.activate(UNITS.name, "2026Q3").active
    with pytest.raises(UnknownRelease):
        catalogue.activate(UNITS.name, "2026Q4")


def test_the_stamp_changes_with_every_change(catalogue: Catalogue) -> None:
    stamps = [catalogue.stamp()]
    catalogue.add([a_release(catalogue, SUMMER, ("99213", UnitsRow(2)))])
    stamps.append(catalogue.stamp())
    catalogue.activate(UNITS.name, "2026Q3", active=False)
    stamps.append(catalogue.stamp())

    assert len(set(stamps)) == 3


def test_verify_names_what_is_not_as_it_was_written(catalogue: Catalogue) -> None:
    whole = a_release(catalogue, SPRING, ("99213", UnitsRow(1)))
    changed = a_release(catalogue, SUMMER, ("99213", UnitsRow(2)))
    gone = a_release(catalogue, SUMMER, ("99213 99214", UnitsRow(2)), table=PAIRED_UNITS)
    catalogue.add([whole, changed, gone])
    content = bytearray(catalogue.path(changed).read_bytes())
    content[-1] ^= 1
    catalogue.path(changed).write_bytes(content)
    catalogue.path(gone).unlink()

    assert catalogue.verify() == [
        Fault(PAIRED_UNITS.name, "2026Q3", "the compiled file cannot be read"),
        Fault(UNITS.name, "2026Q3", "the compiled file has changed since it was written"),
    ]


@pytest.mark.parametrize("content", [b"", b"[{]", b'{"table": 1}', b"[{}]"])
def test_a_damaged_catalogue_says_so(catalogue: Catalogue, content: bytes) -> None:
    catalogue.folder.mkdir()
    (catalogue.folder / "catalogue.json").write_bytes(content)

    with pytest.raises(UnreadableTable):
        catalogue.releases()


def test_a_catalogue_is_json_that_people_can_read(catalogue: Catalogue) -> None:
    catalogue.add([a_release(catalogue, SUMMER, ("99213", UnitsRow(2)))])

    (entry,) = msgspec.json.decode((catalogue.folder / "catalogue.json").read_bytes())

    assert (entry["table"], entry["name"], entry["effective"]) == (UNITS.name, "2026Q3", "2026-07-01")


def test_files_that_nothing_names_go_after_an_hour(catalogue: Catalogue) -> None:
    old, fresh = a_release(catalogue, SPRING, ("1", UnitsRow(1))), a_release(catalogue, SPRING, ("2", UnitsRow(2)))
    left = catalogue.folder / f"{UNITS.name}.4711.compiling.4711.partial"
    left.write_bytes(b"a process was killed here")
    two_hours_ago = time.time() - 7200
    for path in (catalogue.path(old), left):
        os.utime(path, (two_hours_ago, two_hours_ago))

    catalogue.add([a_release(catalogue, SUMMER, ("99213", UnitsRow(2)))])

    assert not catalogue.path(old).exists()
    assert not left.exists()
    assert catalogue.path(fresh).exists()


def test_a_file_that_was_replaced_stays_for_views_taken_before(catalogue: Catalogue) -> None:
    catalogue.add([a_release(catalogue, SUMMER, ("99213", UnitsRow(1)))])
    view = ReferenceTables([catalogue.folder]).current()
    catalogue.add([a_release(catalogue, SUMMER, ("99213", UnitsRow(2)))])

    assert view.on(UNITS, date(2026, 8, 1)).store.rows("99213") == (UnitsRow(1),)
