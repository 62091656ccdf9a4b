"""The MS-DRGs of a day: what Table 5 says of each, and where it is not loaded what the definitions say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from msgspec.structs import replace

from shared.tables import Tables, ipps, msdrg

DrgType = Literal["SURG", "MED"]

_TYPES: dict[str, DrgType] = {"SURGICAL": "SURG", "MEDICAL": "MED"}
_MDCS = range(26)
"""0 is what comes before any MDC. The DRGs of no MDC, 981 to 999, have no formula that shows where they belong."""


@dataclass(frozen=True, slots=True)
class DrgFilter:
    """Which DRGs are asked for; None asks for all."""

    mdc: str | None = None
    """Two digits, or `PRE`."""
    type: DrgType | None = None
    text: str | None = None
    """Part of the title, in any case."""

    def takes(self, drg: ipps.Drg) -> bool:
        return (
            self.mdc in (None, drg.mdc)
            and self.type in (None, drg.type)
            and (self.text is None or self.text.casefold() in drg.title.casefold())
        )


def drg_on(tables: Tables, number: str, day: date) -> ipps.Drg | None:
    """A DRG as of a day of discharge, None where there is none. Raises NoRelease."""
    found = ipps.drg(tables, number, day)
    if found is None or found.weights_release is not None:
        return found
    mdc, kind = _places(tables, day).get(int(number), (None, None))
    return replace(found, mdc=mdc, mdc_title=ipps.mdc_title(tables, mdc, day) if mdc else None, type=kind)


def drgs_on(tables: Tables, day: date, wanted: DrgFilter, *, after: str | None = None) -> Iterator[ipps.Drg]:
    """The DRGs of a day of discharge by number, those after one where it is given. Raises NoRelease."""
    titled = tables.carries(ipps.DRG_TITLES, day)
    listing = tables.on(ipps.DRG_TITLES, day) if titled else tables.on(ipps.DRGS, day)
    for number, rows in listing.store.items():
        if rows and (after is None or number > after):
            drg = drg_on(tables, number, day)
            if drg is not None and wanted.takes(drg):
                yield drg


def definitions_release(tables: Tables, day: date) -> str | None:
    """Which release of the definitions says where DRGs belong; None where none covers the day."""
    return tables.release(msdrg.FORMULAS, day).name if tables.carries(msdrg.FORMULAS, day) else None


@lru_cache(maxsize=32)  # a list asks for each of its DRGs, and a snapshot of the tables never changes
def _places(tables: Tables, day: date) -> dict[int, tuple[str, DrgType | None]]:
    """MDC and type of each DRG by the formulas that lead to it; on FY 2026 they are those of Table 5."""
    if not tables.carries(msdrg.FORMULAS, day):
        return {}
    return {
        formula.drg: (f"{mdc:02}" if mdc else ipps.PRE_MDC, _TYPES.get(formula.kind))
        for mdc in _MDCS
        for formula in msdrg.formulas(tables, mdc, day)
        if formula.kind in _TYPES
    }
