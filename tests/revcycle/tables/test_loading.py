"""`revcycle tables load`, `list`, `show`, `verify`, `activate`, `retire`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shared.tables import Catalogue
from shared.tables.folders import embedded_folder
from tests.revcycle.conftest import Done, Run

TABLE = "icd10cm.codes"


def tables(tmp_path: Path) -> Catalogue:
    return Catalogue(tmp_path / "data" / "tables")


def test_a_load_says_what_it_loaded_and_from_when_on_it_answers(loaded: Done) -> None:
    assert loaded.returncode == 0, loaded.stderr
    first, second = loaded.stdout.splitlines()
    assert first.startswith("icd10cm.codes FY2021: 14 rows, answers from 2020-10-01 through 2021-09-30, ICD-10-CM")
    assert second.startswith("icd10cm.codes FY2022: 16 rows, answers from 2021-10-01 through 2022-09-30, ICD-10-CM")


def test_files_of_no_known_format_are_passed_over_by_name(run: Run, published: Path) -> None:
    (published / "readme.txt").write_text("Read me.")
    done = run("tables", "load", str(published))
    assert done.stdout.splitlines()[-1] == "passed over, of no known format: readme.txt"


def test_a_bad_file_is_refused_whole_in_one_line_and_what_answered_stays(
    run: Run, loaded: Done, published: Path, tmp_path: Path
) -> None:
    before = tables(tmp_path).releases()
    file = published / "icd10cm-order-2022.txt"
    file.write_text(file.read_text().replace("00005 ", "0x005 "))
    done = run("tables", "load", str(published))
    assert (done.returncode, done.stdout) == (2, "")
    [line] = done.stderr.splitlines()
    assert line.startswith("revcycle: icd10cm-order-2022.txt line 5, column order number: ")
    assert tables(tmp_path).releases() == before


def test_a_file_of_no_known_format_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear customer,")
    done = run("tables", "load", str(tmp_path / "letter.txt"))
    assert done.returncode == 2
    assert done.stderr == "revcycle: letter.txt holds no file of a known format\n"


def test_a_file_that_is_not_there_is_refused(run: Run, tmp_path: Path) -> None:
    done = run("tables", "load", str(tmp_path / "nothing.zip"))
    assert done.returncode == 2
    assert "does not exist" in done.stderr


def test_what_is_said_beside_the_file_goes_before_what_it_says(run: Run, published: Path) -> None:
    file = str(published / "icd10cm-order-2022.txt")
    done = run("tables", "load", file, "--through", "2022-03-31", "--release", "FY2022 until April")
    assert "FY2022 until April: 16 rows, answers from 2021-10-01 through 2022-03-31" in done.stdout


def test_the_list_has_a_line_for_each_release_with_its_source(run: Run, loaded: Done) -> None:
    heading, first, second = run("tables", "list").stdout.splitlines()
    assert heading.split() == ["TABLE", "RELEASE", "FROM", "THROUGH", "ROWS", "STATE", "SHA-256", "SOURCE"]
    assert first.split()[:6] == [TABLE, "FY2021", "2020-10-01", "2021-09-30", "14", "active"]
    assert second.split()[-1] == "icd10cm-order-2022.txt"


def test_the_list_for_programs_has_the_whole_checksum(run: Run, loaded: Done) -> None:
    releases = json.loads(run("tables", "list", "--json").stdout)
    assert [release["name"] for release in releases] == ["FY2021", "FY2022"]
    assert len(releases[0]["sources"][0]["sha256"]) == 64


@pytest.mark.parametrize(("family", "shown"), [("icd10cm", 2), ("icd10cm.codes", 2), ("icd10", 0), ("ncci", 0)])
def test_the_list_can_be_of_one_family(run: Run, loaded: Done, family: str, shown: int) -> None:
    assert len(json.loads(run("tables", "list", family, "--json").stdout)) == shown


def test_where_nothing_is_loaded_the_list_says_so(run: Run) -> None:
    assert run("tables", "list").stdout == "no release is loaded\n"


def test_a_table_is_described_with_its_licence_and_releases(run: Run, loaded: Done) -> None:
    done = run("tables", "show", TABLE)
    assert done.stdout.startswith("icd10cm.codes: ICD-10-CM")
    assert "licence: " in done.stdout
    assert "FY2022" in done.stdout
    assert [release["name"] for release in json.loads(run("tables", "show", TABLE, "--json").stdout)] == [
        "FY2021",
        "FY2022",
    ]


@pytest.mark.parametrize(
    ("day", "release", "billable"), [("2021-09-30", "FY2021", "yes"), ("2021-10-01", "FY2022", "no")]
)
def test_a_code_is_shown_as_of_a_day(run: Run, loaded: Done, day: str, release: str, billable: str) -> None:
    """M54.5 was a code until September 30, 2021 and is a heading since (ICD-10-CM addenda of fiscal year 2022)."""
    heading, row = run("tables", "show", TABLE, "m54.5", "--on", day).stdout.splitlines()
    assert heading.startswith(f"{TABLE} {release}, ")
    assert row.startswith(f"M545  billable: {billable}, short description: Low back pain")


def test_keys_are_shown_by_their_beginning(run: Run, loaded: Done) -> None:
    done = run("tables", "show", TABLE, "M54", "--prefix", "--limit", "3", "--json", "--on", "2021-10-01")
    assert [json.loads(line)["key"] for line in done.stdout.splitlines()] == ["M54", "M545", "M5450"]


def test_a_code_that_is_not_there_is_exit_code_1(run: Run, loaded: Done) -> None:
    done = run("tables", "show", TABLE, "Z00", "--on", "2021-10-01")
    assert (done.returncode, done.stdout) == (1, "Z00 is not in icd10cm.codes FY2022\n")


def test_a_day_that_no_release_covers_is_told_with_those_that_are(run: Run, loaded: Done) -> None:
    done = run("tables", "show", TABLE, "M545", "--on", "2026-11-24")
    assert done.returncode == 2
    assert "2020-10-01 to 2022-09-30" in done.stderr


def test_a_table_that_does_not_exist_is_refused(run: Run) -> None:
    done = run("tables", "show", "nonsense")
    assert (done.returncode, done.stderr) == (2, "revcycle: there is no table nonsense\n")


def test_a_retired_release_answers_no_longer_until_it_is_active_again(run: Run, loaded: Done) -> None:
    asked = ("tables", "show", TABLE, "M545", "--on", "2021-10-01")
    assert run("tables", "retire", TABLE, "FY2022").stdout == "icd10cm.codes FY2022: retired\n"
    assert run(*asked).returncode == 2
    assert run("tables", "activate", TABLE, "FY2022").stdout == "icd10cm.codes FY2022: active\n"
    assert run(*asked).returncode == 0


def test_a_release_that_does_not_exist_is_told_with_those_that_do(run: Run, loaded: Done) -> None:
    done = run("tables", "retire", TABLE, "FY2030")
    assert done.returncode == 2
    assert "FY2021, FY2022" in done.stderr


def test_whole_files_are_verified(run: Run, loaded: Done) -> None:
    done = run("tables", "verify")
    assert (done.returncode, done.stdout) == (0, "2 releases, every one as it was written\n")


def test_a_damaged_file_is_a_fault(run: Run, loaded: Done, tmp_path: Path) -> None:
    catalogue = tables(tmp_path)
    file = catalogue.path(catalogue.release(TABLE, "FY2021"))
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    catalogue.path(catalogue.release(TABLE, "FY2022")).unlink()
    done = run("tables", "verify")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "icd10cm.codes FY2021: the compiled file has changed since it was written",
        "icd10cm.codes FY2022: the compiled file cannot be read",
    ]


def test_the_embedded_tables_say_nothing_of_cpt_in_words(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The AMA's descriptors come from the customer's own file alone."""
    monkeypatch.setattr("revcycle.tables.catalogues.embedded_folder", embedded_folder)
    done = run("tables", "show", "ioce.procedures", "99213", "--on", "2026-06-30", "--json")
    assert done.returncode == 0, done.stderr
    assert "descri" not in done.stdout
    assert run("tables", "list", "cpt").stdout == "no release is loaded\n"
