from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from shared.tables import Catalogue, Table, TableRow, UnreadableTable
from shared.tables.catalogue import SourceFile
from shared.tables.embedded import EmbeddedSource, build, stamp
from shared.tables.formats import Reading
from shared.tables.spans import calendar_year, quarter

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


class UnitRow(TableRow, frozen=True):
    units: int


UNITS = Table("test.units", "Units", UnitRow, "a code", "CMS", "public domain")
PLACES = Table("test.places", "Places", UnitRow, "a code", "CMS", "public domain")
SOURCE_FILE = SourceFile("pytest: invented", "0" * 64, 0)


class UnitSource(EmbeddedSource):
    packages = ("pytest",)

    def read(self) -> Iterator[Reading[Any]]:
        for first in (date(2026, 1, 1), date(2026, 4, 1)):
            yield Reading(UNITS, quarter(first), [("99213", UnitRow(first.month))], [SOURCE_FILE])


class PlaceSource(EmbeddedSource):
    packages = ("pytest",)

    def read(self) -> Iterator[Reading[Any]]:
        yield Reading(PLACES, calendar_year(date(2026, 1, 1)), [("11", UnitRow(1))], [SOURCE_FILE])


class SourceOfAMissingPackage(EmbeddedSource):
    packages = ("no-such-package-of-tables",)

    def read(self) -> Iterator[Reading[Any]]:
        raise AssertionError("it must not be asked")


class SourceOfAnOddPackage(EmbeddedSource):
    packages = ("pytest",)

    def read(self) -> Iterator[Reading[Any]]:
        yield Reading(PLACES, calendar_year(date(2026, 1, 1)), [("11", UnitRow(1))], [SOURCE_FILE])
        raise UnreadableTable("its data is not what it was")


class DoubleSource(UnitSource):
    """Brings what UnitSource brings."""


def names(folder: Path) -> list[tuple[str, str]]:
    return [(release.table, release.name) for release in Catalogue(folder).releases()]


def test_a_fresh_folder_gets_every_source_in_two_processes(tmp_path: Path) -> None:
    outcomes = build.build(tmp_path, AT, sources=[UnitSource(), PlaceSource()])
    assert [(built.source, built.outcome, built.tables) for built in outcomes] == [
        ("UnitSource", "built", ("test.units",)),
        ("PlaceSource", "built", ("test.places",)),
    ]
    assert names(tmp_path) == [("test.places", "CY2026"), ("test.units", "2026Q1"), ("test.units", "2026Q2")]
    assert all(release.embedded and release.loaded_at == AT for release in Catalogue(tmp_path).releases())
    assert Catalogue(tmp_path).verify() == []


def test_what_has_not_changed_is_not_built_again_and_nothing_is_written(tmp_path: Path) -> None:
    build.build(tmp_path, AT, sources=[UnitSource()])
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    tmp_path.chmod(0o500)
    outcomes = build.build(tmp_path, AT, sources=[UnitSource()])
    tmp_path.chmod(0o700)
    assert [built.outcome for built in outcomes] == ["unchanged"]
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


def test_a_source_whose_code_changed_gives_up_the_releases_that_it_no_longer_brings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build.build(tmp_path, AT, sources=[UnitSource(), PlaceSource()])

    def later(source: UnitSource) -> Iterator[Reading[Any]]:
        yield Reading(UNITS, quarter(date(2026, 7, 1)), [("99213", UnitRow(7))], [SOURCE_FILE])

    monkeypatch.setattr(UnitSource, "read", later)
    monkeypatch.setattr(build, "code_digest", lambda module, *, own_data: "another")
    outcomes = build.build(tmp_path, AT, sources=[UnitSource(), PlaceSource()], processes=1)
    assert [built.outcome for built in outcomes] == ["built", "built"]
    assert names(tmp_path) == [("test.places", "CY2026"), ("test.units", "2026Q3")]


def test_a_source_that_the_product_has_no_more_takes_its_releases_with_it(tmp_path: Path) -> None:
    build.build(tmp_path, AT, sources=[UnitSource(), PlaceSource()])
    build.build(tmp_path, AT, sources=[PlaceSource()])
    assert names(tmp_path) == [("test.places", "CY2026")]


def test_a_missing_package_is_left_out_with_a_reason_and_the_others_are_built(tmp_path: Path) -> None:
    missing, built = build.build(tmp_path, AT, sources=[SourceOfAMissingPackage(), UnitSource()])
    assert (missing.outcome, missing.reason) == (
        "left out",
        "package no-such-package-of-tables is not in this installation",
    )
    assert built.outcome == "built"


def test_a_source_that_breaks_off_leaves_nothing_behind(tmp_path: Path) -> None:
    odd, built = build.build(tmp_path, AT, sources=[SourceOfAnOddPackage(), UnitSource()])
    assert (odd.outcome, odd.reason) == ("left out", "its data is not what it was")
    assert built.outcome == "built"
    assert {path.name.partition("@")[0] for path in tmp_path.glob("*.store")} == {"test.units"}


def test_two_starts_at_once_build_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as threads:
        both = list(threads.map(lambda _: build.build(tmp_path, AT, sources=[UnitSource()]), range(2)))
    assert sorted(outcomes[0].outcome for outcomes in both) == ["built", "unchanged"]


def test_two_sources_may_not_bring_one_release(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"both bring test.units 2026Q1"):
        build.build(tmp_path, AT, sources=[UnitSource(), DoubleSource()])
    assert names(tmp_path) == []


def test_a_catalogue_that_was_taken_away_is_built_again(tmp_path: Path) -> None:
    build.build(tmp_path, AT, sources=[UnitSource()])
    (tmp_path / "catalogue.json").unlink()
    assert [built.outcome for built in build.build(tmp_path, AT, sources=[UnitSource()])] == ["built"]


def test_the_code_of_a_source_is_what_it_imports_of_the_tables_and_no_more() -> None:
    """A change in the loaders of another family must not compile everything anew."""
    files = {file.stem for file in stamp.code_files("shared.tables.embedded.tabular")}
    assert {"tabular", "icd10cm_tabular", "store", "compiler", "loading"} <= files
    assert not {"mpfs", "ncci_ptp", "pyoce"} & files
