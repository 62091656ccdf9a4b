"""Every table that the scrubber asks, for a bench: those of the installation, and a quarter of those to load.

NCCI pairs and limits are CMS's where they lie beside the checkout (`ncci_files`), else as many invented ones; so is the
physician fee schedule, and HCPCS, which is else the I/OCE's list. Coverage articles are invented.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import ncci_files
from shared.tables import ReferenceTables, coverage, hcpcs, mpfs
from shared.tables.catalogue import Catalogue
from shared.tables.coverage import DiagnosisGroup, LocalPolicyRow, PolicyDiagnosis, PolicyProcedure
from shared.tables.folders import embedded_folder
from shared.tables.formats import Asked, Reading
from shared.tables.hcpcs import HcpcsRow
from shared.tables.loading import compiled_release, load
from shared.tables.mpfs import RvuRow
from shared.tables.spans import quarter

QUARTER = quarter(date(2026, 4, 1))
"""The last that the I/OCE of the installation covers, so that a day of it has every table."""
_YEAR, _MONTH = 2026, 4
_DATA = ncci_files.REFERENCE.parent
_FEES = _DATA / "fees" / "pprrvu_2025q4.csv.gz"
_HCPCS_FACTS = _DATA / "hcpcs" / "level2_attributes_2024q3.csv"
_HCPCS_WORDS = _DATA / "hcpcs" / "level2_descriptions_2024q3.csv.gz"
_ARTICLES = 400
_VISIT = [*("", "", "", "A", "", "1.30", "1.35", "", "0.57", "", "0.10", "", "", "0", "XXX"), *("0.00",) * 3,
          *("0",) * 5, "", "33.40", "09", "0", "99", *("0.00",) * 3]  # fmt: skip


def all_tables(folder: Path, covered: Sequence[str], diagnoses: Sequence[str]) -> ReferenceTables:
    """The tables, those to load compiled into `folder` unless they are there already.

    Some article takes each of the procedures `covered` with any of these `diagnoses`, so that a claim of them is well.
    """
    catalogue = Catalogue(folder)
    if not catalogue.releases():
        _load_ncci(catalogue)
        readings: list[Reading[Any]] = [Reading(mpfs.RVU, QUARTER, _fee_schedule(), []), *_coverage(covered, diagnoses)]
        if _HCPCS_FACTS.exists():
            readings.append(Reading(hcpcs.CODES, QUARTER, _hcpcs(), []))
        at = datetime.now(UTC)
        catalogue.add([compiled_release(catalogue, reading, "bench", at) for reading in readings])
    return ReferenceTables([embedded_folder(), folder])


def _load_ncci(catalogue: Catalogue) -> None:
    with TemporaryDirectory() as written:
        asked = Asked(effective=QUARTER.first)
        for setting in ncci_files.SETTINGS:
            ncci_files.write_pairs(Path(written) / setting, setting)
            load(Path(written) / setting, catalogue, asked, datetime.now(UTC), accept_shrunk=True)
        for setting in ncci_files.LIMITS:
            ncci_files.write_limits(Path(written) / "limits", setting, _YEAR, _MONTH)
        load(Path(written) / "limits", catalogue, asked, datetime.now(UTC), accept_shrunk=True)


def _fee_schedule() -> Iterator[tuple[str, RvuRow]]:
    """The indicators of CY2025 under each code; those of a visit under invented ones."""
    if not _FEES.exists():
        yield from ((f"{number:05}", _rvu(_VISIT)) for number in range(10_004, 99_608, 5))
        return
    with gzip.open(_FEES, "rt", encoding="utf-8") as file:
        yield from ((row[0], _rvu(row)) for row in csv.reader(file) if row and row[0] != "HCPCS")


def _rvu(row: Sequence[str]) -> RvuRow:
    amounts = [Decimal(row[place]) for place in (5, 6, 8, 10, 15, 16, 17, 24, 28, 29, 30)]
    work, nonfacility, facility, malpractice, before, during, after, factor, *capped = amounts
    return RvuRow(
        modifier=row[1] or None,
        status=row[3],
        work=work,
        nonfacility_pe=nonfacility,
        facility_pe=facility,
        malpractice=malpractice,
        nonfacility_na=row[7] == "NA",
        facility_na=row[9] == "NA",
        pc_tc=row[13],
        global_days=row[14],
        preoperative=before,
        intraoperative=during,
        postoperative=after,
        multiple_procedure=row[18],
        bilateral=row[19],
        assistant=row[20],
        co_surgeon=row[21],
        team_surgeon=row[22],
        endoscopic_base=row[23] or None,
        conversion_factor=factor,
        apm_conversion_factor=None,
        supervision=row[25],
        calculation_flag=row[26],
        imaging_family=row[27],
        opps_nonfacility_pe=capped[0],
        opps_facility_pe=capped[1],
        opps_malpractice=capped[2],
    )


def _hcpcs() -> Iterator[tuple[str, HcpcsRow]]:
    words: dict[tuple[str, str], str] = {}
    with gzip.open(_HCPCS_WORDS, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            words[row["hcpcs_code"], row["hcpcs_desc_type"]] = row["hcpcs_description"]
    with _HCPCS_FACTS.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            code = row["hcpcs_code"]
            yield code, _level_two(row, words.get((code, "Short"), ""), words.get((code, "Long"), ""))


def _level_two(row: Mapping[str, str], short: str, long: str) -> HcpcsRow:
    return HcpcsRow(
        short=short,
        long=long,
        added=date.fromisoformat(row["date_added"]),
        action_from=_day(row["date_action"]),
        terminated=_day(row["date_term"]),
        action=row["action"],
        coverage=row["cov"],
        pricing=(row["price"],),
        multiple_pricing=row["multi"],
        statute=row["statute"],
        coverage_references=tuple(row["cim"].split()),
        manual_references=tuple(row["mcm"].split()),
        laboratory_certifications=tuple(row["lab"].split()),
        cross_references=tuple(row["xref"].split()),
        asc_group=row["asc_grp"],
        asc_from=_day(row["date_asc"]),
        processing_note=row["proc"],
        betos=row["betos"],
        types_of_service=tuple(row["tos"]),
        anaesthesia_base_units=int(row["anes"] or 0),
    )


def _day(written: str) -> date | None:
    return date.fromisoformat(written) if written else None


def _coverage(covered: Sequence[str], diagnoses: Sequence[str]) -> Iterator[Reading[Any]]:
    """One procedure an article: those covered, and codes that no claim here has."""
    articles = [f"A{number}" for number in range(50_000, 50_000 + _ARTICLES)]
    group, states = (DiagnosisGroup(1, True),), ("TN",)
    rows = [(article, LocalPolicyRow(first=QUARTER.first, version=1, title="", states=states, groups=group))
            for article in articles]  # fmt: skip
    yield Reading(coverage.ARTICLES, QUARTER, rows, [])
    others = (f"{number:05}" for number in range(10_000, 99_000, 37))
    listed = [
        (code, PolicyProcedure(article, 1)) for article, code in zip(articles, chain(covered, others), strict=False)
    ]
    yield Reading(coverage.ARTICLE_PROCEDURES, QUARTER, listed, [])
    supporting = [(f"{article} {code}", PolicyDiagnosis(1, True)) for article in articles for code in diagnoses]
    yield Reading(coverage.ARTICLE_DIAGNOSES, QUARTER, supporting, [])
