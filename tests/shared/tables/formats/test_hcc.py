"""The loader of CMS's mappings of diagnoses to condition categories."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from shared.tables import Catalogue, RefusedFile, Tables, hcc
from shared.tables.formats import Asked
from shared.tables.formats.hcc import HccMappings
from shared.tables.loading import Loaded, load
from tests.shared.tables.fee_schedule import workbook

AT = datetime(2026, 11, 24, tzinfo=UTC)
SERVICE = date(2025, 6, 1)

# Layout of "2026 Midyear Final ICD-10-CM Mappings.csv": three title rows, then the header on line 4.
MAPPINGS = """\
2026 Midyear Final ICD-10-CM Mappings,,,,,,,,
"ICD-10-CM codes, CMS-HCC and RxHCC models",,,,,,,,
,,,,,,,,
Diagnosis Code,Description,CMS-HCC ESRD Model Category V24,CMS-HCC Model Category V28,RxHCC Model Category V08,\
CMS-HCC ESRD Model Category V24 for 2026 Payment Year,CMS-HCC Model Category V28 for 2026 Payment Year,\
RxHCC Model Category V08 for 2026 Payment Year
E0822,"Diabetes with chronic kidney disease",18,37,30,Yes,Yes,Yes
E119,Type 2 diabetes mellitus without complications,19,38,31,Yes,Yes,Yes
E119,Type 2 diabetes mellitus without complications,19,298,31,Yes,Yes,Yes
I509,"Heart failure, unspecified",85,226,186,Yes,Yes,Yes
C8339,(retired),10,21,21,Yes,No,Yes
I10,Essential (primary) hypertension,,,187,No,No,Yes
* A category without a Yes is not in the payment model of the year.,,,,,,,
"""


def loaded(folder: Path, files: dict[str, str | bytes]) -> tuple[Catalogue, Loaded]:
    given = folder / "given"
    given.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (given / name).write_bytes(content.encode() if isinstance(content, str) else content)
    catalogue = Catalogue(folder / "catalogue")
    return catalogue, load(given, catalogue, Asked(), AT, formats=(HccMappings(),))


def tables_of(catalogue: Catalogue) -> Tables:
    return Tables([(release, catalogue.path(release)) for release in catalogue.releases()])


def refusal(folder: Path, file: str) -> RefusedFile:
    with pytest.raises(RefusedFile) as refused:
        loaded(folder, {"2026 Midyear Final ICD-10-CM Mappings.csv": file})
    return refused.value


def test_a_payment_year_counts_the_year_of_service_before_it(tmp_path: Path) -> None:
    catalogue, done = loaded(tmp_path, {"2026 Midyear Final ICD-10-CM Mappings.csv": MAPPINGS})
    [release] = done.releases
    assert (release.name, release.covers_from, release.covers_through) == (
        "PY2026",
        date(2025, 1, 1),
        date(2025, 12, 31),
    )
    tables = tables_of(catalogue)
    assert hcc.hccs(tables, "I509", "CMS-HCC V28", SERVICE) == ("226",)
    assert hcc.categories(tables, "E0822", SERVICE) == {
        "CMS-HCC ESRD V24": ("18",),
        "CMS-HCC V28": ("37",),
        "RxHCC V08": ("30",),
    }


def test_a_second_line_gives_a_second_category(tmp_path: Path) -> None:
    catalogue, _done = loaded(tmp_path, {"2026 Midyear Final ICD-10-CM Mappings.csv": MAPPINGS})
    assert hcc.categories(tables_of(catalogue), "E119", SERVICE) == {
        "CMS-HCC ESRD V24": ("19",),
        "CMS-HCC V28": ("38", "298"),
        "RxHCC V08": ("31",),
    }


def test_a_category_without_its_yes_does_not_count(tmp_path: Path) -> None:
    catalogue, _done = loaded(tmp_path, {"2026 Midyear Final ICD-10-CM Mappings.csv": MAPPINGS})
    assert hcc.hccs(tables_of(catalogue), "C8339", "CMS-HCC V28", SERVICE) == ()
    assert hcc.categories(tables_of(catalogue), "I10", SERVICE) == {"RxHCC V08": ("187",)}


def test_the_initial_mapping_says_so_and_gives_way_to_the_final(tmp_path: Path) -> None:
    initial = MAPPINGS.replace("Midyear Final", "Initial").replace("85,226", "85,224")
    _catalogue, alone = loaded(tmp_path / "alone", {"2026 Initial ICD-10-CM Mappings.csv": initial})
    assert [release.name for release in alone.releases] == ["PY2026-initial"]
    files: dict[str, str | bytes] = {
        "2026 Initial ICD-10-CM Mappings.csv": initial,
        "2026 Midyear Final ICD-10-CM Mappings.csv": MAPPINGS,
    }
    catalogue, done = loaded(tmp_path / "both", files)
    assert [release.name for release in done.releases] == ["PY2026"]
    assert hcc.hccs(tables_of(catalogue), "I509", "CMS-HCC V28", SERVICE) == ("226",)


def test_a_workbook_with_line_breaks_in_its_titles_is_the_same_table(tmp_path: Path) -> None:
    rows = list(csv.reader(io.StringIO(MAPPINGS.replace("Model Category", "Model\x0bCategory"))))
    broken = [[cell.replace("\x0b", "\n") for cell in row] for row in rows]
    catalogue, done = loaded(tmp_path, {"2026 Midyear Final ICD-10-CM Mappings.xlsx": workbook(broken, numbers=True)})
    assert [release.keys for release in done.releases] == [5]
    assert hcc.hccs(tables_of(catalogue), "I509", "CMS-HCC V28", SERVICE) == ("226",)


@pytest.mark.parametrize(
    ("before", "after", "line", "column", "reason"),
    [
        ("85,226", "85,2Z6", 8, "CMS-HCC V28", "not the number of a category"),
        ("85,226,186,Yes,Yes", "85,226,186,Yes,Maybe", 8, "CMS-HCC V28, payment year", "neither Yes nor No"),
        ("85,226,", "85,,", 8, "CMS-HCC V28", "empty where the payment year counts it"),
        ("I509,", "I5/9,", 8, "diagnosis code", "is not a code"),
        ("19,298", "19,38", 7, "diagnosis code", "is there twice, alike"),
        ("RxHCC Model Category V08 for 2026 Payment Year", "Remarks", 4, "remarks", "is not a column"),
    ],
)
def test_a_wrong_cell_is_refused_with_its_place(
    tmp_path: Path, before: str, after: str, line: int, column: str, reason: str
) -> None:
    assert MAPPINGS.count(before) == 1
    refused = refusal(tmp_path, MAPPINGS.replace(before, after))
    assert (refused.line, refused.column) == (line, column)
    assert reason in refused.reason


def test_a_line_below_the_notes_is_refused(tmp_path: Path) -> None:
    refused = refusal(tmp_path, MAPPINGS + "J449,Chronic obstructive pulmonary disease,111,280,226,Yes,Yes,Yes\n")
    assert (refused.line, "below its notes" in refused.reason) == (12, True)


def test_a_model_without_its_column_of_the_payment_year_is_refused(tmp_path: Path) -> None:
    other = MAPPINGS.replace("RxHCC Model Category V08 for 2026", "RxHCC Model Category V08 for 2025")
    assert "no column says whether RxHCC V08 counts for 2026" in refusal(tmp_path, other).reason


def test_a_file_that_is_cut_off_changes_nothing(tmp_path: Path) -> None:
    catalogue, _done = loaded(tmp_path, {"2026 Midyear Final ICD-10-CM Mappings.csv": MAPPINGS})
    before = catalogue.releases()
    refused = refusal(tmp_path, MAPPINGS[:-20])
    assert (refused.line, "cut off" in refused.reason) == (11, True)
    assert "belong" in refusal(tmp_path, MAPPINGS[: MAPPINGS.index("I10,")] + "I10,Essential\n").reason
    assert catalogue.releases() == before
