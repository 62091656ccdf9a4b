"""The exports of the Medicare Coverage Database: read as CMS hands them out, refused where they are not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from shared.tables import Catalogue, coverage
from shared.tables.coverage import DiagnosisGroup, LocalPolicyRow, NationalPolicyRow, PolicyDiagnosis, PolicyProcedure
from shared.tables.documents import Document
from shared.tables.errors import RefusedFile
from shared.tables.formats.coverage import CoverageExport, named_procedures
from shared.tables.formats.format import Asked
from shared.tables.loading import load
from tests.shared.tables.formats import mcd

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def read(given: list[Document]) -> dict[str, list[tuple[str, Any]]]:
    return {reading.table.name: list(reading.rows) for reading in CoverageExport().read(given, Asked())}


def test_every_file_that_is_read_is_recognised_and_no_other():
    format_ = CoverageExport()
    assert all(format_.recognises(document) for document in mcd.documents())
    assert not format_.recognises(Document("readme_first.txt", b"The data dictionary tells of each table.\r\n"))
    assert not format_.recognises(Document("article_x_urls.csv", b'"article_id","article_version","url_type_id"\r\n'))


def test_an_article_with_where_it_applies_and_what_its_groups_are_for():
    articles = dict(read(mcd.documents())["coverage.articles"])
    assert articles["A50001"] == LocalPolicyRow(
        version=3,
        title="Article 50001",
        first=date(2026, 1, 1),
        contractors=("10312",),
        states=("TN",),
        related=("L33394",),
        procedure_groups=(1, 2),
        groups=(
            DiagnosisGroup(1, supports=True, procedures=("20610",)),
            DiagnosisGroup(2, supports=True, procedures=("J7325", "J7326")),
            DiagnosisGroup(3, supports=True, procedures=("20610", "J7325")),
        ),
    )
    assert articles["A50002"].states == ("IA", "KS", "TN")  # Georgia has ended
    assert articles["A50002"].related == ("NCD169",)


def test_procedures_and_diagnoses_with_their_groups():
    tables = read(mcd.documents())
    procedures = dict(tables["coverage.article_procedures"])
    assert procedures["J7326"] == PolicyProcedure("A50001", 2)
    assert "XX000" not in procedures
    diagnoses = dict(tables["coverage.article_diagnoses"])
    assert diagnoses["A50001 M1712"] == PolicyDiagnosis(2, supports=True, asterisk=True)
    assert diagnoses["A50003 L700"] == PolicyDiagnosis(1, supports=False)
    assert "A50002 XX000" not in diagnoses


def test_local_determinations_without_those_proposed():
    tables = read(mcd.documents())
    [(number, lcd)] = tables["coverage.lcds"]
    assert (number, lcd.first, lcd.version) == ("L33394", date(2026, 2, 1), 40)
    assert tables["coverage.lcd_procedures"] == [("20610", PolicyProcedure("L33394", 1))]


def test_national_determinations_with_their_level():
    national = dict(read(mcd.documents())["coverage.ncds"])
    assert national["NCD169"] == NationalPolicyRow(
        version=2, title="Home Use of Oxygen", first=date(2021, 9, 27), section="240.2", level="restricted"
    )
    assert not national["NCD20"].covers(date(2026, 11, 16))  # CMS ends what is retired before its version begins
    assert national["NCD20"].level == "not said"  # the dictionary does not define level 4


@pytest.mark.parametrize(
    ("prose", "named"),
    [
        ("<p>CPT codes 81162-81164, 81212</p>", ("81162", "81163", "81212")),
        ("For 81162 through 81164", ("81162", "81163")),
        ("&lt;b&gt;G0452&lt;/b&gt; only", ("G0452",)),
        ("Since 10/01/2015 these 12345 codes", ()),
        ("", ()),
    ],
)
def test_prose_names_procedures_of_its_article_only(prose: str, named: tuple[str, ...]):
    assert named_procedures(prose, ["81162", "81163", "81212", "G0452"]) == named


@pytest.mark.parametrize(
    ("files", "file", "rows", "line", "reason"),
    [
        (mcd.ARTICLE_EXPORT, "article", (mcd.article(mcd.KNEE), mcd.article(mcd.KNEE)), 3, "stands twice"),
        (mcd.ARTICLE_EXPORT, "article", (mcd.article(mcd.KNEE, article_eff_date="soon"),), 2, "not a day"),
        (mcd.ARTICLE_EXPORT, "article", (mcd.article(mcd.KNEE, title=""),), 2, "is empty"),
        (
            mcd.ARTICLE_EXPORT,
            "article_x_icd10_covered",
            (mcd.of(mcd.KNEE, icd10_code_id="M17 11", icd10_covered_group=1),),
            2,
            "not a code",
        ),
        (
            mcd.ARTICLE_EXPORT,
            "article_x_hcpc_code",
            (mcd.of(mcd.KNEE, hcpc_code_id="20610", hcpc_code_group="one"),),
            2,
            "not a whole number",
        ),
        (
            mcd.ARTICLE_EXPORT,
            "article_x_contractor",
            (mcd.of(mcd.KNEE, contractor_id=99, **mcd.CONTRACTOR),),
            2,
            "not in contractor.csv",
        ),
    ],
)
def test_an_export_with_a_bad_row_is_refused(files: tuple[str, ...], file: str, rows: mcd.Rows, line: int, reason: str):
    with pytest.raises(RefusedFile, match=reason) as caught:
        read(mcd.documents(files, **{file: rows}))
    assert (caught.value.file, caught.value.line) == (f"{file}.csv", line)


def test_an_export_without_one_of_its_files_is_refused():
    files = [file for file in mcd.ARTICLE_EXPORT if file != "article_x_icd10_covered"]
    with pytest.raises(RefusedFile, match=r"no article_x_icd10_covered\.csv beside it"):
        read(mcd.documents(files))
    with pytest.raises(RefusedFile, match=r"neither article\.csv, lcd\.csv nor ncd_trkg\.csv"):
        read(mcd.documents(["contractor"]))


def test_an_export_that_is_cut_off_is_refused():
    given = [
        Document(document.name, document.content[:-20]) if document.name == "article_x_icd10_covered.csv" else document
        for document in mcd.documents(mcd.ARTICLE_EXPORT)
    ]
    with pytest.raises(RefusedFile, match="cut off"):
        read(given)


def test_a_zip_file_as_cms_hands_it_out_is_loaded_and_a_bad_one_leaves_it(tmp_path: Path):
    catalogue, file = Catalogue(tmp_path / "tables"), tmp_path / "current_article.zip"
    file.write_bytes(mcd.zipped(mcd.ARTICLE_EXPORT, "current_article"))
    loaded = load(file, catalogue, Asked(), AT, formats=[CoverageExport()])
    assert {release.table for release in loaded.releases} == {
        coverage.ARTICLES.name,
        coverage.ARTICLE_PROCEDURES.name,
        coverage.ARTICLE_DIAGNOSES.name,
    }
    assert {release.name for release in loaded.releases} == {"2026-07-09"}  # the latest change in article.csv
    assert loaded.unknown == ("current_article.zip/readme_first.txt",)
    before = catalogue.releases()
    file.write_bytes(mcd.zipped(mcd.ARTICLE_EXPORT[:3], "current_article"))
    with pytest.raises(RefusedFile):
        load(file, catalogue, Asked(), AT, formats=[CoverageExport()])
    assert catalogue.releases() == before
