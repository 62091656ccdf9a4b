"""Fee schedules of a few services, written in CMS's layout, and claims that are priced by them.

Factors and indices of 1 let a service have the very amounts of a worked example: 374.56 RVUs are 374.56 dollars.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from services.grouper.domain.estimates import Estimate, PricedLine
from services.grouper.domain.professional.pricing import price
from services.grouper.domain.professional.services import ProfessionalServices
from services.grouper.parameters.mpfs import load_mpfs_rules
from shared.tables import Catalogue, Tables, codes, mpfs
from shared.tables.folders import embedded_folder
from tests.shared.tables.fee_schedule import a_relative_value_file, loaded

BRAZORIA = "0441209"
DAY = "2025-11-03"

_COLUMNS = [
    "code",
    "modifier",
    "description",
    "status",
    "used",
    "work",
    "nonfacility_pe",
    "nonfacility_na",
    "facility_pe",
    "facility_na",
    "malpractice",
    "nonfacility_total",
    "facility_total",
    "pc_tc",
    "global_days",
    "preoperative",
    "intraoperative",
    "postoperative",
    "multiple",
    "bilateral",
    "assistant",
    "co_surgeon",
    "team_surgeon",
    "base",
    "factor",
    "supervision",
    "flag",
    "family",
    "opps_nonfacility",
    "opps_facility",
    "opps_malpractice",
]
_A_VISIT = dict.fromkeys(_COLUMNS, "") | {
    "description": "(descriptor)",
    "status": "A",
    "work": "0.00",
    "nonfacility_pe": "0.00",
    "malpractice": "0.00",
    "pc_tc": "0",
    "global_days": "XXX",
    "preoperative": "0.00",
    "intraoperative": "0.00",
    "postoperative": "0.00",
    "multiple": "0",
    "bilateral": "0",
    "assistant": "0",
    "co_surgeon": "0",
    "team_surgeon": "0",
    "factor": "1.0000",
    "supervision": "09",
    "flag": "0",
    "family": "99",
    "opps_nonfacility": "0.00",
    "opps_facility": "0.00",
    "opps_malpractice": "0.00",
}


def listed(code: str, work: str = "0.00", **columns: str) -> str:
    """A line of the relative value file; a visit without practice expense unless said otherwise."""
    cells = _A_VISIT | {"code": code, "work": work} | columns
    cells.setdefault("facility_pe", "")
    cells["facility_pe"] = cells["facility_pe"] or cells["nonfacility_pe"]
    for setting in ("nonfacility", "facility"):
        parts = (cells["work"], cells[f"{setting}_pe"], cells["malpractice"])
        cells[f"{setting}_total"] = str(sum(map(Decimal, parts), Decimal(0)))
    return ",".join(cells[column] for column in _COLUMNS)


def a_schedule(folder: Path, *lines: str, **files: str) -> Tables:
    """The tables of October 2025 with these lines, and the places of service of a fresh install."""
    given: dict[str, str | bytes] = {"PPRRVU2025_Oct.csv": a_relative_value_file("\n".join(lines) + "\n"), **files}
    return with_places_of_service(loaded(folder, given)[0])


def with_places_of_service(catalogue: Catalogue) -> Tables:
    """What a catalogue has, and the embedded places of service."""
    embedded = Catalogue(embedded_folder())
    return Tables(
        [
            *((release, catalogue.path(release)) for release in catalogue.releases()),
            *(
                (release, embedded.path(release))
                for release in embedded.releases()
                if release.table == codes.PLACE_OF_SERVICE.name
            ),
        ]
    )


def services(*lines: dict[str, Any], locality: str = mpfs.NATIONAL, **fields: Any) -> ProfessionalServices:
    """Services of a physician in the office, at national amounts."""
    numbered = [{"number": number, **line} for number, line in enumerate(lines, start=1)]
    common = {"service_date": DAY, "place_of_service": "11", "lines": numbered}
    practitioner = {"locality": locality, **fields.pop("practitioner", {})}
    return ProfessionalServices.model_validate(common | fields | {"practitioner": practitioner})


def a_line(procedure: str, *modifiers: str, **fields: Any) -> dict[str, Any]:
    return {"procedure": procedure, "modifiers": list(modifiers)} | fields


def priced(tables: Tables, *lines: dict[str, Any], **fields: Any) -> Estimate:
    """The estimate of these lines by the rules as they are."""
    return price(services(*lines, **fields), load_mpfs_rules(), tables)


def amounts(estimate: Estimate) -> list[Decimal | None]:
    return [line.amount for line in estimate.lines]


def only(estimate: Estimate) -> PricedLine:
    """The one line of an estimate."""
    (line,) = estimate.lines
    return line
