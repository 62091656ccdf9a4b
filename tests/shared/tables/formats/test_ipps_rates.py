"""The loader of Tables 1A-1E of the IPPS final rule."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from shared.tables.ipps_rates import NATIONAL_RATES, RateRow
from tests.shared.tables.ipps_files import RATES_2027, loaded, refusal, tables_of

NOVEMBER = date(2026, 11, 24)


def test_the_amounts_are_told_apart_by_what_the_hospital_did(tmp_path: Path) -> None:
    catalogue, done = loaded(tmp_path, {"FY 2027 Tables 1A-1E.txt": RATES_2027})
    [release] = done.releases
    assert (release.name, release.effective) == ("FY2027", date(2026, 10, 1))
    store = tables_of(catalogue).on(NATIONAL_RATES, NOVEMBER).store
    share = Decimal("0.66")
    assert store.rows("1A") == (
        RateRow(Decimal("4519.68"), Decimal("2328.32"), submits_quality=True, is_ehr_user=True, labor_share=share),
        RateRow(Decimal("4413.65"), Decimal("2273.70"), submits_quality=True, is_ehr_user=False, labor_share=share),
        RateRow(Decimal("4484.34"), Decimal("2310.11"), submits_quality=False, is_ehr_user=True, labor_share=share),
        RateRow(Decimal("4378.30"), Decimal("2255.49"), submits_quality=False, is_ehr_user=False, labor_share=share),
    )
    full = store.rows("1B")[0]
    assert (full.amount, full.nonlabor, full.labor_share) == (Decimal("4245.76"), Decimal("2602.24"), Decimal("0.62"))
    assert [row.amount for row in store.rows("1D")] == [Decimal("539.95")]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("CN Tables", "Proposed Tables", "proposed rule"),
        ("TABLE 1D.", "TABLE 1F.", "Table 1D is missing"),
        ("TABLE 1C.", "TABLE 1B.", "Table 1B is there twice"),
        ('"$4,378.30 "\t"$2,255.49 "', "", "four pairs"),
        ("$4,484.34", "$4,x84.34", "not a number"),
        ("National\t$539.95", "Puerto Rico\t$539.95", "no national rate"),
        ("66.0 PERCENT LABOR SHARE", "MOST IS LABOR", "labor share"),
    ],
)
def test_what_is_not_as_published_is_refused_whole(tmp_path: Path, old: str, new: str, reason: str) -> None:
    assert old in RATES_2027
    assert reason in refusal(tmp_path, {"rates.txt": RATES_2027.replace(old, new, 1)}).reason
