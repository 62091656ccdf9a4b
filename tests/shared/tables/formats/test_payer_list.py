"""The customer's list of payers: read, refused where it contradicts itself, and looked up by day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from shared.tables import Catalogue, NoRelease, Tables, payers
from shared.tables.documents import Document
from shared.tables.errors import RefusedFile
from shared.tables.formats.format import Asked
from shared.tables.formats.payers import PayerList
from shared.tables.loading import load
from shared.tables.payers import PayerRow

LIST = """payer_id,name,filing_indicator,lines_of_business,route,claim_office,timely_filing,timely_filing_unit,\
taxonomy_required,effective,end,source
MHP01,MERIDIAN HEALTH PLAN,CI,PPO; HMO,clearinghouse,0012,180,days,yes,2024-01-01,2025-12-31,contract 2024
MHP01,MERIDIAN HEALTH PLAN,CI,PPO; HMO,clearinghouse,0012,90,days,yes,2026-01-01,,contract 2026
TNMCD,TENNESSEE MEDICAID,MC,,,,12,months,,2020-01-01,,42 CFR 447.45(d)(1)
"""
SHORT = "payer_id,name,effective,end\nKET03,KEYSTONE EMPLOYERS TRUST,2026-01-01,\n"


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    (tmp_path / "payers.csv").write_text(LIST, encoding="utf-8")
    catalogue = Catalogue(tmp_path / "tables")
    load(tmp_path / "payers.csv", catalogue, Asked(), datetime(2026, 11, 24, tzinfo=UTC), formats=[PayerList()])
    return Tables([(release, catalogue.path(release)) for release in catalogue.releases()])


def test_a_payers_terms_are_those_of_the_day(tables: Tables):
    before, after = (payers.payer(tables, "MHP01", day) for day in (date(2025, 12, 31), date(2026, 1, 1)))
    assert before is not None
    assert after is not None
    assert (before.row.timely_filing, after.row.timely_filing) == (180, 90)
    assert after.row == PayerRow(
        date(2026, 1, 1),
        name="MERIDIAN HEALTH PLAN",
        filing_indicator="CI",
        lines_of_business=("PPO", "HMO"),
        route="clearinghouse",
        claim_office="0012",
        timely_filing=90,
        taxonomy_required=True,
        source="contract 2026",
    )
    assert after.release.name == "2026-01-01"


def test_the_list_of_a_day(tables: Tables):
    assert [payer.payer_id for payer in payers.all_on(tables, date(2026, 11, 16))] == ["MHP01", "TNMCD"]
    assert [payer.payer_id for payer in payers.all_on(tables, date(2023, 1, 1))] == ["TNMCD"]
    assert payers.payer(tables, "OTHER", date(2026, 11, 16)) is None
    with pytest.raises(NoRelease):
        payers.payer(tables, "TNMCD", date(2019, 12, 31))


def test_what_is_not_said_is_not_known():
    [reading] = PayerList().read([Document("payers.csv", SHORT.encode())], Asked())
    assert list(reading.rows) == [("KET03", PayerRow(date(2026, 1, 1), name="KEYSTONE EMPLOYERS TRUST"))]


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (LIST.replace("2025-12-31", "2026-06-30"), 3, "stands twice for one day"),
        (LIST.replace(",180,", ",soon,"), 2, "not a whole number"),
        (LIST.replace("months", "moons"), 4, "is none of days, months"),
        (LIST.replace(",MC,", ",MCD,"), 4, "not a code of SBR09"),
        (LIST.replace("TNMCD,", "T,"), 4, "2 to 80 characters"),
        (LIST.replace(",2020-01-01,", ",,"), 4, "is empty"),
        (LIST.replace("yes", "si"), 2, "is none of no, yes"),
        (LIST[:-30], 4, "cut off"),
        (LIST.replace("effective,end", "effective,until"), None, "no row has the titles"),
    ],
)
def test_a_list_that_contradicts_itself_is_refused(content: str, line: int | None, reason: str):
    with pytest.raises(RefusedFile, match=reason) as caught:
        list(PayerList().read([Document("payers.csv", content.encode())], Asked()))
    assert caught.value.line == line


def test_only_a_payer_list_is_recognised():
    assert PayerList().recognises(Document("list.txt", LIST.encode()))
    assert not PayerList().recognises(Document("payers.csv", b"payer,name\nX,Y\n"))
