"""From files to active releases: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shared.tables.catalogue import Catalogue
from shared.tables.documents import Document
from shared.tables.errors import RefusedFile, UnknownFormat
from shared.tables.formats import Asked, Format, Reading
from shared.tables.loading import Loaded, load
from shared.tables.sheets import Line
from shared.tables.spans import quarter
from tests.shared.tables.invented import AT, PAIRED_UNITS, UNITS, UnitsRow, a_release

SUMMER = date(2026, 7, 1)


class UnitsFile(Format):
    """`units`, then a code and a number a line."""

    name = "units (invented)"
    tables = (UNITS,)

    def recognises(self, document: Document) -> bool:
        return document.head.startswith("units\n")

    def read(self, documents: Sequence[Document], asked: Asked) -> Iterator[Reading[Any]]:
        span = asked.span(quarter(asked.effective_or(None, documents[0])))
        yield Reading(UNITS, span, _rows(documents), [document.source for document in documents])


class PairsFile(UnitsFile):
    name = "pairs (invented)"
    tables = (PAIRED_UNITS,)

    def recognises(self, document: Document) -> bool:
        return document.head.startswith("pairs\n")

    def read(self, documents: Sequence[Document], asked: Asked) -> Iterator[Reading[Any]]:
        for reading in super().read(documents, asked):
            yield Reading(PAIRED_UNITS, reading.span, reading.rows, reading.sources)


def _rows(documents: Sequence[Document]) -> Iterator[tuple[str, UnitsRow]]:
    for document in documents:
        for number, text in enumerate(document.text.splitlines()[1:], start=2):
            key, _, value = text.rpartition(",")
            yield key, UnitsRow(Line(document.name, number, {"units": value}).whole("units"))


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue(tmp_path / "catalogue")


@pytest.fixture
def given(tmp_path: Path) -> Path:
    (tmp_path / "given").mkdir()
    return tmp_path / "given"


def load_all(given: Path, catalogue: Catalogue, effective: date | None = SUMMER, **options: bool) -> Loaded:
    return load(given, catalogue, Asked(effective), AT, formats=(UnitsFile(), PairsFile()), **options)


def test_files_of_one_format_become_one_release_and_others_are_named(given: Path, catalogue: Catalogue) -> None:
    (given / "1.txt").write_text("units\n99213,2\n")
    (given / "2.txt").write_text("units\n99214,3\n")
    (given / "read me.txt").write_text("terms of use")

    loaded = load_all(given, catalogue)

    (release,) = loaded.releases
    assert loaded.unknown == ("read me.txt",)
    assert (release.name, release.rows, release.format) == ("2026Q3", 2, "units (invented)")
    assert [source.name for source in release.sources] == ["1.txt", "2.txt"]
    assert catalogue.releases() == (release,)


def test_what_no_format_knows_is_refused(given: Path, catalogue: Catalogue) -> None:
    (given / "read me.txt").write_text("terms of use")

    with pytest.raises(UnknownFormat):
        load_all(given, catalogue)

    assert not catalogue.folder.exists()


def test_one_bad_row_in_the_last_file_leaves_everything_as_it_was(given: Path, catalogue: Catalogue) -> None:
    catalogue.add([a_release(catalogue, quarter(SUMMER), ("99213", UnitsRow(1)))])
    before = sorted(path.name for path in catalogue.folder.iterdir()), catalogue.releases()
    (given / "1.txt").write_text("units\n99213,2\n")
    (given / "2.txt").write_text("pairs\n99213 99214,2\n99213 99215,two\n")

    with pytest.raises(RefusedFile, match=r"2\.txt line 3, column units"):
        load_all(given, catalogue)

    assert (sorted(path.name for path in catalogue.folder.iterdir()), catalogue.releases()) == before


def test_two_releases_of_one_name_in_one_load_are_refused(given: Path, catalogue: Catalogue) -> None:
    class OneByOne(UnitsFile):
        def read(self, documents: Sequence[Document], asked: Asked) -> Iterator[Reading[Any]]:
            for document in documents:
                yield from super().read([document], asked)

    (given / "1.txt").write_text("units\n99213,2\n")
    (given / "2.txt").write_text("units\n99214,3\n")

    with pytest.raises(RefusedFile, match=r"2\.txt: 1\.txt holds release 2026Q3 of test\.units already"):
        load(given, catalogue, Asked(SUMMER), AT, formats=(OneByOne(),))
    assert list(catalogue.folder.glob("*.store")) == []


def test_a_file_that_does_not_say_its_day_asks_for_it(given: Path, catalogue: Catalogue) -> None:
    (given / "1.txt").write_text("units\n99213,2\n")

    with pytest.raises(RefusedFile, match="--effective"):
        load_all(given, catalogue, effective=None)


def test_a_release_with_less_than_nine_tenths_of_the_rows_before_is_refused(given: Path, catalogue: Catalogue) -> None:
    rows = [(str(number), UnitsRow(1)) for number in range(100)]
    catalogue.add([a_release(catalogue, quarter(date(2026, 4, 1)), *rows)])
    (given / "1.txt").write_text("units\n" + "".join(f"{number},2\n" for number in range(89)))

    with pytest.raises(RefusedFile, match=r"89 rows of test\.units where 2026Q2 has 100"):
        load_all(given, catalogue)
    assert [release.name for release in catalogue.releases()] == ["2026Q2"]

    load_all(given, catalogue, accept_shrunk=True)
    assert [release.name for release in catalogue.releases()] == ["2026Q2", "2026Q3"]


def test_the_same_file_loaded_again_is_the_same_release(given: Path, catalogue: Catalogue) -> None:
    (given / "1.txt").write_text("units\n99213,2\n")

    assert load_all(given, catalogue) == load_all(given, catalogue)
    assert len(catalogue.releases()) == 1
    assert catalogue.verify() == []
