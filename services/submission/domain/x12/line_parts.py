"""What the lines of both kinds have in common: the date of service and the drug."""

from __future__ import annotations

from services.submission.domain.x12.elements import Segments, date_of, period, quantity
from shared.claims import Drug, InstitutionalLine, ProfessionalLine
from shared.x12 import composite, segment


def service_date(line: ProfessionalLine | InstitutionalLine) -> Segments:
    """DTP*472: one day as D8, several as RD8."""
    begin, end = line.service_from, line.service_through
    if begin is not None and end is not None and end != begin:
        yield from period("472", begin, end)
    else:
        yield from date_of("472", begin or end)


def drug(given: Drug | None) -> Segments:
    """2410: one REF at most, the prescription (XZ) or the link of a compound's parts (VY)."""
    if given is None:
        return
    yield segment("LIN", "", "N4", given.ndc)
    yield segment("CTP", "", "", "", quantity(given.quantity), composite(given.unit))
    if given.prescription_number:
        yield segment("REF", "XZ", given.prescription_number)
    elif given.link_sequence:
        yield segment("REF", "VY", given.link_sequence)
