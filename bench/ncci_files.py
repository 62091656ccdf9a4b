"""NCCI files in CMS's layout, to measure with: the published pairs of 2024Q3, or as many invented ones.

The published tables lie beside the checkout where there are any (REVCYCLE_REFERENCE); they lack effective dates, which
are spread over the quarters since 1996 here.
"""

from __future__ import annotations

import csv
import gzip
import os
import random
import zlib
from collections.abc import Iterator
from itertools import groupby, islice
from pathlib import Path

REFERENCE = Path(os.environ.get("REVCYCLE_REFERENCE", "../shared")) / "data" / "ncci"
SETTINGS = {
    "practitioner": ("ccipra", "ptp_practitioner_2024q3"),
    "hospital": ("ccioph", "ptp_outpatient_hospital_2024q3"),
}
LIMITS = {
    "practitioner": ("Practitioner Services", "mue_prac_2024q3.csv"),
    "hospital": ("Outpatient Hospital Services", "mue_out_2024q3.csv"),
    "dme": ("DME Supplier Services", "mue_dme_2024q3.csv"),
}
"""The title of each table's values, and the published file."""
_TITLES = (
    "CPT only copyright 2023 American Medical Association.  All rights reserved.\t\t\t\t\t\t\r\n"
    "Column1/Column2 Edits\t\t\t\t\t\t\r\n"
    "Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale\r\n"
    "\t\tprior to 1996\tDate\tDate\t0=not allowed\t\r\n"
    "\t\t\t\t*=no data\t1=allowed\t\r\n"
    "\t\t\t\t\t9=not applicable\t\r\n"
)
_RATIONALES = ("Misuse of Column Two code with Column One code", "Standards of medical/surgical practice")
_QUARTERS = [f"{year}{month}01" for year in range(1996, 2024) for month in ("01", "04", "07", "10")]
_INVENTED = {"practitioner": 2_546_017, "hospital": 1_775_818}
"""As many as CMS published for 2024Q3."""


def is_published() -> bool:
    return all((REFERENCE / f"{name}.csv.gz").exists() for _prefix, name in SETTINGS.values())


def write_pairs(folder: Path, setting: str, limit: int | None = None) -> int:
    """The four parts of a table, cut between two column 1 codes; how many rows they have."""
    folder.mkdir(parents=True, exist_ok=True)
    prefix, name = SETTINGS[setting]
    rows = list(islice(_published(name) if is_published() else _invented(setting), limit))
    files = [
        (folder / f"{prefix}-v302r0-f{part}.TXT").open("w", encoding="cp1252", newline="") for part in (1, 2, 3, 4)
    ]
    for file in files:
        file.write(_TITLES)
    written = 0
    for _column_1, group in groupby(rows, key=lambda row: row[:5]):
        part = list(group)
        files[written * 4 // len(rows)].writelines(part)
        written += len(part)
    for file in files:
        file.close()
    return written


def write_limits(folder: Path, setting: str, year: int, month: int) -> None:
    """A quarter's medically unlikely edits: the published values, or as many invented ones, some changed by quarter."""
    folder.mkdir(parents=True, exist_ok=True)
    title, name = LIMITS[setting]
    chance = random.Random(year * 12 + month)
    with (folder / f"MCR_MUE_{setting}_Eff_{month:02}-01-{year}.csv").open("w", encoding="cp1252", newline="") as file:
        file.write('"CPT only copyright American Medical Association.",,,\n')
        file.write(f'"HCPCS/\nCPT Code",{title} MUE Values,MUE Adjudication Indicator,MUE Rationale\n')
        for code, units, indicator, rationale in _limits(name):
            changed = units + (chance.random() < 0.02)
            file.write(f'{code},{changed},{indicator} Date of Service Edit,"{rationale}"\n')


def _published(name: str) -> Iterator[str]:
    with (REFERENCE / "ptp_rationale.csv").open(encoding="utf-8") as file:
        rationales = {row["rationale_id"]: row["rationale"] for row in csv.DictReader(file)}
    with gzip.open(REFERENCE / f"{name}.csv.gz", "rt", encoding="utf-8") as file:
        lines = csv.reader(file)
        next(lines)
        for column_1, column_2, deleted, indicator, rationale in lines:
            last = deleted.replace("-", "") or "*"
            yield _row(column_1, column_2, last, indicator, rationales[rationale])


def _invented(setting: str) -> Iterator[str]:
    """Column 1 codes with some hundred partners each, a third of them deleted, as CMS's have."""
    chance = random.Random(302)
    codes = sorted({f"{number:05}" for number in range(10_004, 99_608, 8)} | {f"{n:04}T" for n in range(1, 950)})
    count = 0
    for column_1 in codes:
        partners = min(int(chance.lognormvariate(5, 0.9)) + 1, len(codes))
        for column_2 in sorted(chance.sample(codes, partners)):
            last = chance.choice(_QUARTERS) if chance.random() < 0.35 else "*"
            yield _row(column_1, column_2, last, chance.choice("0111"), chance.choice(_RATIONALES))
            count += 1
            if count == _INVENTED[setting]:
                return


def _row(column_1: str, column_2: str, last: str, indicator: str, rationale: str) -> str:
    first = _QUARTERS[zlib.crc32(f"{column_1}{column_2}".encode()) % len(_QUARTERS)]
    if last != "*" and (indicator == "9" or first > last):
        first = last
    return f"{column_1}\t{column_2}\t\t{first}\t{last}\t{indicator}\t{rationale}\r\n"


def _limits(name: str) -> Iterator[tuple[str, int, str, str]]:
    if is_published():
        with (REFERENCE / name).open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                yield row["hcpcs_code"], int(row["mue_units"]), row["mue_mai"], row["mue_rationale"]
    else:
        for number in range(10_004, 84_004, 5):
            yield f"{number:05}", number % 7, "23"[number % 2], "Clinical: Data"
