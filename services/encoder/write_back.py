"""What goes back to the EHR of a coded chart."""

from __future__ import annotations

from services.encoder.domain.charts import OpenedChart
from services.encoder.domain.fhir.coded_chart import claim_of
from services.encoder.errors import GrouperUnavailable
from services.encoder.grouping import Grouper


async def drg_of(opened: OpenedChart, grouper: Grouper, authorization: str) -> str | None:
    """The DRG of a finalized inpatient chart; None for another, and where the grouper cannot be asked."""
    claim = claim_of(opened) if opened.encounter.encounter_class == "inpatient" else None
    if claim is None:
        return None
    try:
        return (await grouper.group(claim, authorization)).drg
    except GrouperUnavailable:
        return None
