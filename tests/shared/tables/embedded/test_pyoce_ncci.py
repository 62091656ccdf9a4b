"""NCCI of a fresh install, against what CMS publishes."""

from __future__ import annotations

import csv
import gzip
import os
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

from shared.tables import mue, ncci
from shared.tables.errors import NoRelease
from shared.tables.tables import Tables

REFERENCE = Path(os.environ.get("REVCYCLE_REFERENCE", "../shared")) / "data" / "ncci"
QUARTER = date(2024, 7, 1)


def published(name: str) -> list[dict[str, str]]:
    path = REFERENCE / name
    if not path.exists():
        pytest.skip(f"no reference data at {REFERENCE}; set REVCYCLE_REFERENCE")
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        return list(csv.DictReader(file))


def test_the_release_is_of_the_last_quarter_and_answers_since_the_first(embedded_tables: Tables) -> None:
    release = embedded_tables.release(ncci.HOSPITAL, date(2026, 4, 1))

    assert (release.name, release.embedded) == ("2026Q2", True)
    assert (release.covers_from, release.covers_through) == (date(2019, 7, 1), date(2026, 6, 30))
    with pytest.raises(NoRelease):
        ncci.edit(embedded_tables, "hospital", "45378", "45330", date(2026, 7, 1))


@pytest.mark.parametrize(
    ("day", "indicator"),
    [(date(2021, 12, 31), None), (date(2022, 1, 1), "1"), (date(2023, 12, 31), "1"), (date(2024, 1, 1), None)],
)
def test_a_deleted_pair_is_in_force_as_cms_dates_it(embedded_tables: Tables, day: date, indicator: str | None) -> None:
    """0001A and 0591T: effective 2022-01-01, deleted 2023-12-31, indicator 1 (CMS, PTP edits)."""
    found = ncci.edit(embedded_tables, "hospital", "0001A", "0591T", day)

    assert (found and found.span.modifier) == indicator


def test_an_add_on_that_the_contractor_defines(embedded_tables: Tables) -> None:
    """0054T: type 2, contractor defined primary codes (CMS, add-on code edits)."""
    found = ncci.primaries(embedded_tables, "0054T", date(2026, 6, 30))

    assert found is not None
    assert (found.types, found.primaries, found.contractors_define) == ((2,), (), True)


def test_what_no_package_carries_is_missing_and_says_so(embedded_tables: Tables) -> None:
    with pytest.raises(NoRelease, match="no release of it is loaded"):
        ncci.edit(embedded_tables, "practitioner", "45378", "45330", date(2026, 4, 1))
    with pytest.raises(NoRelease, match="no release of it is loaded"):
        mue.limit(embedded_tables, "hospital", "99213", date(2026, 4, 1))


@pytest.mark.reference
def test_hospital_pairs_are_those_that_cms_published(embedded_tables: Tables) -> None:
    """All but 131 of 1,335,857 that were in force, of four codes for COVID-19 antibodies; and none beside them."""
    expected = {
        (row["column_1"], row["column_2"]): row["modifier_indicator"]
        for row in published("ptp_outpatient_hospital_2024q3.csv.gz")
        if not row["deletion_date"]
    }
    found = {
        (edit.column_1, edit.column_2): edit.span.modifier
        for code in sorted({first for first, _second in expected})
        for edit in ncci.bundled_into(embedded_tables, "hospital", code, QUARTER)
    }

    missing = expected.keys() - found.keys()
    assert {first for first, _second in missing} == {"M0222", "M0243", "M0246", "Q0243"}
    assert len(missing) == 131
    assert found == {pair: indicator for pair, indicator in expected.items() if pair not in missing}


@pytest.mark.reference
def test_add_on_codes_have_the_primaries_that_cms_published(embedded_tables: Tables) -> None:
    """All that CMS names, for every add-on code that the I/OCE has; it leaves out those of drug infusions."""
    expected: dict[str, set[str]] = defaultdict(set)
    for row in published("add_on_codes_2024q3.csv"):
        expected[row["add_on_code"]].update({row["primary_code"]} - {"CCCCC"})
    found = {code: ncci.primaries(embedded_tables, code, QUARTER) for code in expected}

    assert all(set(add_on.primaries) >= expected[code] for code, add_on in found.items() if add_on is not None)
    assert sum(add_on is None for add_on in found.values()) == 15
