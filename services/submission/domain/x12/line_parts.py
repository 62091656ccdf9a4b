"""What the lines of both kinds have in common: the date of service and the drug."""

from __future__ import annotations

from services.submission.domain.x12.elements import Segments, date_of, period, quantity, reference
from shared.claims import Drug, InstitutionalLine, ProfessionalLine
from shared.x12 import composite, segment


def service_date(line: ProfessionalLine | InstitutionalLine) -> Segments:
    """DTP*472: one day as D8, several as RD8."""
    begin, end = line.service_from, line.service_through
    if begin is not None and end is not None and end != begin:
        return period("472", begin, end)
    return date_of("472", begin or end)


def drug(given: Drug | None) -> Segments:
    """2410: one REF at most, the prescription (XZ) or the link of a compound's parts (VY)."""
    if given is None:
        return ""
    product = segment("LIN", "", "N4", given.ndc)
    dose = segment("CTP", "", "", "", quantity(given.quantity), composite(given.unit))
    return product + dose + (reference("XZ", given.prescription_number) or reference("VY", given.link_sequence))
