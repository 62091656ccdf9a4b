"""What the lines of both kinds have in common: the date of service and the drug."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from services.submission.domain.x12.elements import Segments, day, period, quantity, reference
from shared.claims import Drug
from shared.x12 import composite, form, segment

lx = form("LX*{}~")
ref_line = form("REF*6R*{}~")
_dtp_service = form("DTP*472*D8*{}~")


@lru_cache(maxsize=4096)
def service_date(begin: date | None, end: date | None) -> Segments:
    """DTP*472: one day as D8, several as RD8."""
    if begin is not None and end is not None and end != begin:
        return period("472", begin, end)
    known = begin or end
    return _dtp_service(day(known)) if known is not None else ""


def drug(given: Drug | None) -> Segments:
    """2410: one REF at most, the prescription (XZ) or the link of a compound's parts (VY)."""
    if given is None:
        return ""
    product = segment("LIN", "", "N4", given.ndc)
    dose = segment("CTP", "", "", "", quantity(given.quantity), composite(given.unit))
    return product + dose + (reference("XZ", given.prescription_number) or reference("VY", given.link_sequence))
