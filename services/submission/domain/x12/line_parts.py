"""What the lines of both kinds have in common: the date of service and the drug."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from services.submission.domain.x12.elements import Segments, day, period, quantity, reference
from shared.claims import Drug, InstitutionalLine, ProfessionalLine
from shared.x12 import composite, form, segment

LINE = form("LX*%s~")
LINE_NUMBER = form("REF*6R*%s~")
_SERVICE_DAY = form("DTP*472*D8*%s~")


def service_date(line: ProfessionalLine | InstitutionalLine) -> Segments:
    """DTP*472: one day as D8, several as RD8."""
    begin, end = line.service_from, line.service_through
    if begin is not None and end is not None and end != begin:
        return period("472", begin, end)
    return _service_day(begin or end)


@lru_cache(maxsize=1024)
def _service_day(value: date | None) -> Segments:
    return _SERVICE_DAY % day(value) if value is not None else ""


def drug(given: Drug | None) -> Segments:
    """2410: one REF at most, the prescription (XZ) or the link of a compound's parts (VY)."""
    if given is None:
        return ""
    product = segment("LIN", "", "N4", given.ndc)
    dose = segment("CTP", "", "", "", quantity(given.quantity), composite(given.unit))
    return product + dose + (reference("XZ", given.prescription_number) or reference("VY", given.link_sequence))
