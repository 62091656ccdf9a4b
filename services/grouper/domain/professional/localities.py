"""The locality of the fee schedule that a service is paid by."""

from __future__ import annotations

from dataclasses import dataclass

from services.grouper.domain.professional.services import ProfessionalServices, ServiceLine
from shared.tables import Tables, mpfs


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line is priced."""

    locality: str
    """`mpfs.NATIONAL` where it is not known."""
    why_unknown: str | None = None
    is_by_zip_code: bool = False


def place_of(services: ProfessionalServices, line: ServiceLine, tables: Tables) -> Place:
    """The locality that was given, or that of the ZIP code where the service was given (Pub 100-04 ch. 1 §10.1.1)."""
    given = services.practitioner.locality
    if given is not None:
        return Place(given)
    day = services.day_of(line)
    if line.zip_code is None:
        return Place(mpfs.NATIONAL, "neither a locality nor a ZIP code of the place of service is given")
    if not tables.carries(mpfs.ZIP_CODES, day):
        return Place(mpfs.NATIONAL, f"no release of {mpfs.ZIP_CODES.name} is loaded for {day}, to look up the ZIP code")
    found = mpfs.locality_of(tables, line.zip_code, day)
    if found is None or not tables.carries(mpfs.GPCI, day) or mpfs.gpci(tables, found, day) is None:
        return Place(mpfs.NATIONAL, "the ZIP code, or its locality, is not in the tables of the day")
    return Place(found, is_by_zip_code=True)
