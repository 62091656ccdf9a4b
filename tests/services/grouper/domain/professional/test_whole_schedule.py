"""The whole schedule of October 2025 in Brazoria, Texas, with the arithmetic by hand.

Indices there: work 1.014, practice expense 1.006, malpractice 0.795; the factor is 32.3465.
"""

from __future__ import annotations

import gzip
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shared.tables import Tables, mpfs
from tests.services.grouper.domain.professional.schedule import (
    BRAZORIA,
    a_line,
    amounts,
    priced,
    with_places_of_service,
)
from tests.shared.tables.fee_schedule import a_relative_value_file, loaded

_DAY = date(2025, 11, 3)
REFERENCE = Path(os.environ.get("REVCYCLE_REFERENCE", Path(__file__).parents[6] / "shared")) / "data" / "fees"

pytestmark = [
    pytest.mark.reference,
    pytest.mark.skipif(not REFERENCE.exists(), reason="the reference data is not beside the checkout"),
]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    lines = gzip.decompress((REFERENCE / "pprrvu_2025q4.csv.gz").read_bytes()).decode().split("\n", 1)[1]
    files: dict[str, str | bytes] = {
        "PPRRVU2025_Oct.csv": a_relative_value_file(lines),
        "GPCI2025.csv": (REFERENCE / "gpci2025.csv").read_bytes(),
        "ANES2025.csv": (REFERENCE / "anes2025.csv").read_bytes(),
    }
    return with_places_of_service(loaded(tmp_path_factory.mktemp("whole"), files)[0])


def paid(tables: Tables, *lines: dict[str, Any], place: str = "11", **fields: Any) -> list[str]:
    estimate = priced(tables, *lines, locality=BRAZORIA, place_of_service=place, **fields)
    return [str(amount) for amount in amounts(estimate)]


def test_two_endoscopies_of_the_colon_in_a_hospital(tables: Tables) -> None:
    # 45385: (4.57 × 1.014 + 2.38 × 1.006 + 0.56 × 0.795) × 32.3465 = 7.47346 × 32.3465 = 241.7403
    # 45380: (3.56 × 1.014 + 1.93 × 1.006 + 0.47 × 0.795) × 32.3465 = 5.92507 × 32.3465 = 191.6553
    # 45378: (3.26 × 1.014 + 1.79 × 1.006 + 0.43 × 0.795) × 32.3465 = 5.44823 × 32.3465 = 176.2312
    # 241.74, and 191.66 - 176.23
    assert paid(tables, a_line("45385"), a_line("45380", "59"), place="22") == ["241.74", "15.43"]


def test_three_units_of_therapy(tables: Tables) -> None:
    # 97110: (0.45 × 1.014 + 0.43 × 1.006 + 0.01 × 0.795) × 32.3465 = 0.89683 × 32.3465 = 29.0093; by half of the
    # practice expense 0.68054 × 32.3465 = 22.0131. 97140 so: (0.43602 + 0.2012 + 0.00795) × 32.3465 = 20.8690
    assert paid(tables, a_line("97110", "GP", units="2"), a_line("97140", "GP")) == ["51.02", "20.87"]


def test_two_advanced_images(tables: Tables) -> None:
    # 70553: 9.75282 × 32.3465 = 315.4696, in full. CMS publishes 210.33 for its TC.
    # 71275: TC 6.04979 × 32.3465 = 195.6895, of which half, 97.85, is below the OPPS amount of 179.09;
    # 26: 2.57888 × 32.3465 = 83.4177, of which 95 per cent are 79.25. 97.85 + 79.25
    assert paid(tables, a_line("70553"), a_line("71275")) == ["315.47", "177.10"]
    # With 26: 70553 3.25033 × 32.3465 = 105.1368
    assert paid(tables, a_line("70553", "26"), a_line("71275", "26"), place="22") == ["105.14", "79.25"]


def test_two_tests_of_heart_and_vessels(tables: Tables) -> None:
    # 93880: 5.64113 × 32.3465 = 182.4708; its TC of 4.52067 × 32.3465 = 146.2279 is the highest.
    # 93306: TC 3.80641 × 32.3465 = 123.1240, × 0.75 = 92.34; 26 2.03536 × 32.3465 = 65.8368. 92.34 + 65.84
    assert paid(tables, a_line("93306"), a_line("93880")) == ["158.18", "182.47"]


def test_an_electrocardiogram_beside_an_echocardiogram(tables: Tables) -> None:
    # 93000: (0.17 × 1.014 + 0.24 × 1.006 + 0.02 × 0.795) × 32.3465 = 0.42972 × 32.3465 = 13.8999
    # 93005: (0.18 × 1.006 + 0.01 × 0.795) × 32.3465 = 0.18903 × 32.3465 = 6.1145. 6.11 × 0.75 = 4.58; 4.58 + 7.79
    # 93306 in full: (1.46 × 1.014 + 4.28 × 1.006 + 0.07 × 0.795) × 32.3465 = 5.84177 × 32.3465 = 188.9608
    assert paid(tables, a_line("93000"), a_line("93306")) == ["12.37", "188.96"]


def test_both_knees(tables: Tables) -> None:
    # 27447: 38.4303 × 32.3465 = 1,243.0857; 1,243.09 × 1.5 = 1,864.635
    assert paid(tables, a_line("27447", "50"), place="21") == ["1864.64"]
    assert paid(tables, a_line("27447", "LT"), a_line("27447", "RT"), place="21") == ["1243.09", "621.55"]


def test_a_cataract_that_two_practitioners_care_for(tables: Tables) -> None:
    # 66984: 16.16953 × 32.3465 = 523.0277; 80 and 20 per cent of 523.03
    assert paid(tables, a_line("66984", "54", "RT"), place="24") == ["418.42"]
    assert paid(tables, a_line("66984", "55", "RT"), place="24") == ["104.61"]


def test_every_service_is_priced_or_refused_in_words(tables: Tables) -> None:
    codes = sorted({code for code, _rows in tables.on(mpfs.RVU, _DAY).store.items()})[::40]
    for start in range(0, len(codes), 50):
        for place in ("11", "21"):
            lines = [a_line(code) for code in codes[start : start + 50]]
            for line in priced(tables, *lines, locality=BRAZORIA, place_of_service=place).lines:
                assert line.reason or line.outcome == "paid"
                assert (line.amount is None) == (line.outcome == "not-supported")
