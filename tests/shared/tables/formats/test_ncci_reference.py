"""The loaders of NCCI on whole tables: those of 2024Q3, written in the layout of CMS's files.

The tables beside the checkout lack the effective dates of pairs; the files here give every pair that of the quarter, or
its deletion date where that is earlier.
"""

from __future__ import annotations

import csv
import gzip
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path

import pytest

from shared.tables import mue, ncci
from shared.tables.catalogue import Catalogue
from shared.tables.formats import Asked
from shared.tables.loading import load
from shared.tables.ncci import PtpSpan
from shared.tables.tables import ReferenceTables
from tests.shared.tables.formats.test_ncci_mue import NOTICE, TITLES
from tests.shared.tables.formats.test_ncci_ptp import TITLES as PTP_TITLES

pytestmark = pytest.mark.reference
REFERENCE = Path(os.environ.get("REVCYCLE_REFERENCE", "../shared")) / "data" / "ncci"
QUARTER, AT = date(2024, 7, 1), datetime(2024, 7, 1, tzinfo=UTC)
ADJUDICATION = {"1": "1 Line Edit", "2": "2 Date of Service Edit: Policy", "3": "3 Date of Service Edit: Clinical"}


def published(name: str) -> list[dict[str, str]]:
    path = REFERENCE / name
    if not path.exists():
        pytest.skip(f"no reference data at {REFERENCE}; set REVCYCLE_REFERENCE")
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        return list(csv.DictReader(file))


def pairs(setting: str) -> Iterator[tuple[str, PtpSpan]]:
    rationales = {row["rationale_id"]: row["rationale"] for row in published("ptp_rationale.csv")}
    for row in published(f"ptp_{setting}_2024q3.csv.gz"):
        last = date.fromisoformat(row["deletion_date"]) if row["deletion_date"] else None
        first = min(last or QUARTER, QUARTER)
        indicator = row["modifier_indicator"]
        yield f"{row['column_1']} {row['column_2']}", PtpSpan(first, last, indicator, rationales[row["rationale_id"]])  # type: ignore[arg-type]  # as published


def write_parts(folder: Path, prefix: str, rows: list[tuple[str, PtpSpan]]) -> None:
    """Four parts of like size, cut between two column 1 codes."""
    groups = [list(group) for _code, group in groupby(rows, key=lambda row: row[0][:5])]
    part, written, files = 0, 0, [(folder / f"{prefix}-v302r0-f{number}.TXT").open("w") for number in (1, 2, 3, 4)]
    for file in files:
        file.write(PTP_TITLES)
    for group in groups:
        for pair, span in group:
            last = span.last.strftime("%Y%m%d") if span.last else "*"
            codes = pair.replace(" ", "\t")
            files[part].write(f"{codes}\t\t{span.first:%Y%m%d}\t{last}\t{span.modifier}\t{span.rationale}\n")
        written += len(group)
        part = min(written * 4 // len(rows), 3)
    for file in files:
        file.close()


@pytest.mark.parametrize(
    ("setting", "prefix", "name"),
    [("practitioner", "ccipra", "practitioner"), ("hospital", "ccioph", "outpatient_hospital")],
)
def test_every_published_pair_is_found_again(tmp_path: Path, setting: ncci.Setting, prefix: str, name: str) -> None:
    rows = list(pairs(name))
    (tmp_path / "given").mkdir()
    write_parts(tmp_path / "given", prefix, rows)
    catalogue = Catalogue(tmp_path / "catalogue")

    (release,) = load(tmp_path / "given", catalogue, Asked(), AT).releases

    assert (release.name, release.rows) == ("2024Q3", len(rows))
    store = ReferenceTables([catalogue.folder]).current().pairs_on(ncci.PTP[setting], QUARTER).store
    rows.sort(key=lambda row: row[0])
    assert len(store) == release.keys
    for (pair, found), (expected_pair, group) in zip(store.items(), groupby(rows, key=lambda row: row[0]), strict=True):
        assert (pair, found) == (expected_pair, tuple(span for _pair, span in group))


@pytest.mark.parametrize(
    ("setting", "name", "title"),
    [
        ("practitioner", "mue_prac_2024q3.csv", "Practitioner Services"),
        ("hospital", "mue_out_2024q3.csv", "Outpatient Hospital Services"),
        ("dme", "mue_dme_2024q3.csv", "DME Supplier Services"),
    ],
)
def test_every_published_limit_is_found_again(tmp_path: Path, setting: mue.Setting, name: str, title: str) -> None:
    expected = {
        row["hcpcs_code"]: (int(row["mue_units"]), int(row["mue_mai"]), row["mue_rationale"]) for row in published(name)
    }
    lines = "".join(
        f'{code},{units},{ADJUDICATION[str(indicator)]},"{rationale}"\n'
        for code, (units, indicator, rationale) in expected.items()
    )
    given = tmp_path / "MCR_MUE_Services_Eff_07-01-2024.csv"
    given.write_text(NOTICE + TITLES.format(title) + lines)
    catalogue = Catalogue(tmp_path / "catalogue")

    load(given, catalogue, Asked(), AT)

    tables = ReferenceTables([catalogue.folder]).current()
    for code, limit in expected.items():
        found = mue.limit(tables, setting, code, QUARTER)
        assert found is not None
        assert (found.units, found.adjudication, found.rationale) == limit


def test_every_published_add_on_is_found_again(tmp_path: Path) -> None:
    rows = published("add_on_codes_2024q3.csv")
    given = tmp_path / "AOC_V2024Q3-MCR.txt"
    given.write_text(
        "".join(f"{row['aoc_edit_type']}{row['add_on_code']}{'':7}{row['primary_code']}{'':7}2013091\n" for row in rows)
    )
    catalogue = Catalogue(tmp_path / "catalogue")

    load(given, catalogue, Asked(), AT)

    tables = ReferenceTables([catalogue.folder]).current()
    for code, group in groupby(sorted(rows, key=lambda row: row["add_on_code"]), key=lambda row: row["add_on_code"]):
        listed = list(group)
        found = ncci.primaries(tables, code, QUARTER)
        assert found is not None
        assert set(found.primaries) == {row["primary_code"] for row in listed} - {"CCCCC"}
        assert found.contractors_define == any(
            row["contractor_defined"] == "1" or row["aoc_edit_type"] != "1" for row in listed
        )
