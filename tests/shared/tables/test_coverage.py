"""Coverage by diagnosis, on an invented export: the expected answers follow by hand from its groups."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from shared.tables import Catalogue, NoRelease, Tables, coverage
from shared.tables.coverage import DiagnosisGroup, LocalPolicyRow, groups_for
from shared.tables.formats.coverage import CoverageExport
from shared.tables.formats.format import Asked
from shared.tables.loading import load
from tests.shared.tables.formats import mcd

DAY = date(2026, 11, 16)


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    folder: Path = tmp_path_factory.mktemp("coverage")
    catalogue = Catalogue(folder / "tables")
    for name, files in (("article", mcd.ARTICLE_EXPORT), ("lcd", mcd.LCD_EXPORT), ("ncd", ("ncd_trkg",))):
        file = folder / f"{name}.zip"
        file.write_bytes(mcd.zipped(files, name))
        load(file, catalogue, Asked(), datetime(2026, 11, 24, tzinfo=UTC), formats=[CoverageExport()])
    return Tables([(release, catalogue.path(release)) for release in catalogue.releases()])


@pytest.mark.parametrize(
    ("procedure", "where", "found"),
    [
        ("20610", "10312", ["A50001", "L33394"]),
        ("20610", "TN", ["A50001", "L33394"]),
        ("20610", None, ["A50001", "L33394"]),
        ("20610", "IA", []),
        ("94010", "IA", ["A50002"]),
        ("99213", None, []),
    ],
)
def test_the_policies_of_a_procedure_where_it_was_given(
    tables: Tables, procedure: str, where: str | None, found: list[str]
):
    assert [policy.id for policy in coverage.policies(tables, procedure, where, DAY)] == found


@pytest.mark.parametrize(
    ("procedure", "diagnoses", "status", "group", "tie"),
    [
        ("20610", ("M1711",), "covered", 1, "named"),
        ("20610", ("Z0000", "M25561"), "covered", 3, "named"),
        ("20610", ("M1712",), "not_covered", 1, "named"),  # group 2 is for J7325 and J7326
        ("J7326", ("M1712",), "covered", 2, "named"),
        ("J7326", ("M25561",), "not_covered", 2, "named"),
        ("94010", ("J441",), "covered", 1, "same number"),
        ("94010", ("J4520",), "not_covered", 1, "same number"),
        ("94060", ("J4520",), "covered", 2, "same number"),
        ("11042", ("L700",), "not_covered", 1, "whole article"),
        ("11042", ("L700", "L97911"), "covered", None, "whole article"),
        ("11042", ("L97911",), "covered", None, "whole article"),
    ],
)
def test_diagnoses_support_a_procedure_by_the_groups_that_are_for_it(
    tables: Tables, procedure: str, diagnoses: tuple[str, ...], status: str, group: int | None, tie: str
):
    answer = coverage.covers(tables, procedure, diagnoses, None, DAY)
    [judgement] = answer.judgements
    assert (answer.status, judgement.group, judgement.tie) == (status, group, tie)
    assert judgement.policy.release.name == "2026-07-09"


def test_an_asterisk_says_that_the_article_asks_for_more(tables: Tables):
    [judgement] = coverage.covers(tables, "J7325", ["M1712"], "TN", DAY).judgements
    assert (judgement.diagnosis, judgement.asterisk) == ("M1712", True)


def test_a_policy_counts_from_its_first_day(tables: Tables):
    assert coverage.covers(tables, "11042", ["L700"], None, date(2026, 8, 31)).status == "no_policy"
    assert coverage.covers(tables, "11042", ["L700"], None, date(2026, 9, 1)).status == "not_covered"


def test_no_policy_speaks_of_a_procedure_or_of_a_place(tables: Tables):
    assert coverage.covers(tables, "99213", ["J441"], None, DAY).status == "no_policy"
    assert coverage.covers(tables, "20610", ["J441"], "KS", DAY).status == "no_policy"


def test_a_day_before_the_export_is_not_answered(tables: Tables):
    with pytest.raises(NoRelease, match=r"coverage\.articles"):
        coverage.covers(tables, "20610", ["M1711"], None, date(2026, 7, 8))


@pytest.mark.parametrize(("asked", "title"), [("NCD169", "Home Use of Oxygen"), ("240.2", "Home Use of Oxygen")])
def test_a_national_determination_by_id_or_section(tables: Tables, asked: str, title: str):
    found = coverage.ncd(tables, asked, DAY)
    assert found is not None
    assert (found.title, found.level) == (title, "restricted")
    assert coverage.ncd(tables, "NCD20", DAY) is None


def test_local_policies_lead_to_the_national_ones_that_they_belong_to(tables: Tables):
    [(number, row)] = coverage.national(tables, coverage.policies(tables, "94010", None, DAY), DAY)
    assert (number, row.section) == ("NCD169", "240.2")
    assert coverage.national(tables, coverage.policies(tables, "20610", None, DAY), DAY) == ()


def test_groups_numbered_otherwise_than_procedures_are_for_the_whole_article():
    """One group of procedures and two of diagnoses, as where a second diagnosis is asked for."""
    groups = (DiagnosisGroup(1, supports=True), DiagnosisGroup(2, supports=True))
    article = LocalPolicyRow(DAY, version=1, title="title", procedure_groups=(1,), groups=groups)
    assert groups_for(article, "20610", 1, supports=True) == ((1, 2), "whole article")
