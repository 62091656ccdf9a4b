"""The zip files of the fee schedule, of Table 5 and of risk adjustment, among all formats that are known."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest

from shared.tables import Catalogue
from shared.tables.documents import Document
from shared.tables.formats import FORMATS, Asked
from shared.tables.loading import load
from tests.shared.tables.fee_schedule import (
    ANES_2025,
    AT,
    GPCI_2025,
    LOCCO_2025,
    a_relative_value_file,
    of_2026,
    workbook,
)
from tests.shared.tables.formats.test_hcc import MAPPINGS
from tests.shared.tables.formats.test_ipps_table5 import TABLE_5
from tests.shared.tables.formats.test_mpfs import TEXT

DOCUMENTS = {
    "RelativeValueFile": ("PPRRVU2025_Oct.csv", a_relative_value_file()),
    "RelativeValueFile of 2026": (
        "PPRRVU2026_Jan_QPP.csv",
        of_2026(a_relative_value_file(), qpp=True, factor="33.5675"),
    ),
    "RelativeValueFile as text": ("PPRRVU25_JAN.txt", TEXT),
    "GeographicIndices": ("GPCI2025.csv", GPCI_2025),
    "AnesthesiaFactors": ("ANES2025.csv", ANES_2025),
    "LocalityCounties": ("25LOCCO.csv", LOCCO_2025),
    "IppsTable5": ("CMS-1833-F Table 5.txt", TABLE_5),
    "HccMappings": ("2026 Midyear Final ICD-10-CM Mappings.csv", MAPPINGS),
}


@pytest.mark.parametrize("format_name", DOCUMENTS)
def test_one_format_and_no_other_recognises_a_file(format_name: str) -> None:
    name, content = DOCUMENTS[format_name]
    document = Document(name, content.encode("cp1252"))
    found = [type(known).__name__ for known in FORMATS if known.recognises(document)]
    assert found == [format_name.split(" ")[0]]


@pytest.mark.parametrize("format_name", [name for name in DOCUMENTS if "text" not in name])
def test_the_same_as_a_workbook(format_name: str) -> None:
    name, content = DOCUMENTS[format_name]
    rows = list(csv.reader(io.StringIO(content), delimiter="\t" if "Table 5" in name else ","))
    document = Document(str(Path(name).with_suffix(".xlsx")), workbook(rows))
    found = [type(known).__name__ for known in FORMATS if known.recognises(document)]
    assert found == [format_name.split(" ")[0]]


def test_the_zip_file_of_a_quarter_holds_four_tables_and_what_is_not_loaded(tmp_path: Path) -> None:
    files = {
        "PPRRVU2025_Oct.csv": a_relative_value_file(),
        "PPRRVU2025_Oct.txt": TEXT,
        "GPCI2025.csv": GPCI_2025,
        "ANES2025.csv": ANES_2025,
        "25LOCCO.csv": LOCCO_2025,
        "OPPSCAP_Oct.csv": "HCPCS,MOD,PROCSTAT,CARRIER,LOCALITY,FACILITY PRICE,NON-FACILTY PRICE\n",
    }
    with zipfile.ZipFile(tmp_path / "rvu25d.zip", "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    done = load(tmp_path / "rvu25d.zip", Catalogue(tmp_path / "catalogue"), Asked(), AT)
    assert {release.table: release.name for release in done.releases} == {
        "mpfs.rvu": "2025Q4",
        "mpfs.gpci": "CY2025",
        "mpfs.anesthesia": "CY2025",
        "mpfs.localities": "CY2025",
    }
    assert done.unknown == ("rvu25d.zip/OPPSCAP_Oct.csv",)
