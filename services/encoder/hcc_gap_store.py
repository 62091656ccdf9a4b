"""What else was reported of a person, for risk adjustment. Every query is bound to one tenant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.encoder.domain.charts import Chart
from services.encoder.domain.coding import ChartCodes
from services.encoder.store import ChartRow, ContentRow
from shared.claims import AS_RECEIVED


async def reported_codes(
    session: AsyncSession, tenant: str, chart: Chart, medical_record_number: str, first: date, last: date
) -> Sequence[tuple[date, ChartCodes]]:
    """Service date and codes of the person's other finalized charts of the facility within these days."""
    of_person = and_(ContentRow.tenant == tenant, ContentRow.medical_record_number == medical_record_number)
    same_chart = and_(ChartRow.tenant == ContentRow.tenant, ChartRow.id == ContentRow.chart_id)
    query = (
        select(ChartRow.service_date, ContentRow.codes)
        .join(ContentRow, same_chart)
        .where(of_person, ChartRow.facility_id == chart.facility_id, ChartRow.status == "finalized")
        .where(ChartRow.service_date.between(first, last), ChartRow.id != chart.id)
        .order_by(ChartRow.service_date, ChartRow.id)
    )
    found = await session.execute(query)
    return [(day, ChartCodes.model_validate_json(codes, context=AS_RECEIVED)) for day, codes in found]
