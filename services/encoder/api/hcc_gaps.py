"""Where risk adjustment and a chart disagree: documented and not coded, not recaptured, coded without support."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.encoder import hcc_gap_handlers as handlers
from services.encoder.api.policies import CanReadCharts
from services.encoder.api.suggestions import TheSuggester
from services.encoder.domain.hcc_gaps.answers import AskedGaps, GapOptions, HccGaps
from shared.http import CurrentTables, Read, answer, json_body

router = APIRouter(prefix="/v1", tags=["risk adjustment"])

AskedOfDocuments = Annotated[AskedGaps, json_body(AskedGaps)]


@router.post("/hcc-gaps", response_model=HccGaps)
async def find_gaps(
    caller: CanReadCharts, asked: AskedOfDocuments, tables: CurrentTables, suggester: TheSuggester
) -> Response:
    """The gaps of an encounter that is given whole; nothing is kept."""
    return answer(await handlers.gaps(asked, tables, suggester))


@router.get("/charts/{chart_id}/hcc-gaps", response_model=HccGaps)
async def gaps_of_chart(
    caller: CanReadCharts,
    session: Read,
    chart_id: str,
    options: Annotated[GapOptions, Query()],
    tables: CurrentTables,
    suggester: TheSuggester,
) -> Response:
    """The gaps of a chart as it is now.

    What the person's other finalized charts of the facility reported this year and the last is known; what others
    reported, such as last year's codes of another system, is given.
    """
    return answer(await handlers.gaps_of_chart(session, caller.tenant, chart_id, options, tables, suggester))
