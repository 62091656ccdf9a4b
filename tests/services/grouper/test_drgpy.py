"""A second opinion: `drgpy` 0.2.1, written from the definitions manual and not from the CMS program, at v43.1."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from drgpy.msdrg import DRGEngine

from tests.services.grouper.stays import a_stay, drg_of

LAST_DAY_OF_V43_1 = "2026-09-30"

STAYS: list[tuple[tuple[str, ...], tuple[str, ...]]] = [
    (("I5021",), ()),
    (("I5021", "N179"), ()),
    (("I5021", "J9601"), ()),
    (("I5021", "I5033"), ()),
    (("J189", "N179"), ()),
    (("J189", "J9601", "E119"), ()),
    (("A419", "R6521", "N179"), ()),
    (("A419", "R6521"), ("5A1955Z",)),
    (("I214", "I10"), ("027034Z",)),
    (("I2510",), ("02100Z9",)),
    (("I639",), ("3E03317",)),
    (("S72001A", "D62"), ("0SRR0JZ",)),
    (("M1711",), ("0SRC0J9",)),
    (("K3580",), ("0DTJ4ZZ",)),
    (("K8000",), ("0FT44ZZ",)),
    (("N390", "E1165"), ()),
    (("K5720", "K651"), ("0DTN0ZZ",)),
    (("C3411", "J910"), ("0BTC4ZZ",)),
    (("G4733",), ()),
    (("R079",), ()),
    (("F209",), ()),
    (("Z5111", "C189"), ()),
    (("T8141XA", "E43"), ("0JB80ZZ",)),
    (("J9621", "J441"), ("5A1945Z",)),
    (("E1010",), ()),
    (("L03115", "E1142"), ()),
]


@cache
def second_opinion() -> DRGEngine:
    return DRGEngine("v43.1")


@pytest.mark.parametrize(("diagnoses", "procedures"), STAYS)
def test_a_port_from_the_manual_gives_the_same_drg(diagnoses: tuple[str, ...], procedures: tuple[str, ...]) -> None:
    stay: Any = a_stay(*diagnoses, procedures=procedures, discharge_date=LAST_DAY_OF_V43_1)
    poa = ["Y"] * len(diagnoses)
    expected = second_opinion().get_drg(list(diagnoses), list(procedures), "M", True, poa, "01")
    assert int(drg_of(stay).drg) == int(expected)
