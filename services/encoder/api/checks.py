"""Codes checked against their code sets and the guidelines, while they are typed and in the chart."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.encoder import check_handlers as handlers
from services.encoder.api.policies import CanReadCharts, CanReadCodes
from services.encoder.domain.checks import Checked, CodesToCheck, DescribedRules, catalogue
from shared.http import CurrentTables, Read, answer, json_body

router = APIRouter(prefix="/v1", tags=["checks"])

GivenCodes = Annotated[CodesToCheck, json_body(CodesToCheck)]


@router.post("/check", response_model=Checked)
async def check(caller: CanReadCodes, given: GivenCodes, tables: CurrentTables) -> Response:
    """Check codes that are given whole; nothing is kept.

    `documented` and `uncertain` are what POST /v1/suggest found in the documents, where they were read.
    """
    return answer(await handlers.check_codes_given(given, tables))


@router.get("/charts/{chart_id}/findings", response_model=Checked)
async def findings_of_chart(
    caller: CanReadCharts,
    session: Read,
    chart_id: str,
    tables: CurrentTables,
    read: Annotated[bool, Query(description="Read the documents too, for what they support. Takes longer.")] = True,
) -> Response:
    """Check the codes of a chart as they are saved."""
    return answer(await handlers.check_chart(session, caller.tenant, chart_id, tables, read=read))


@router.get("/guidelines", response_model=DescribedRules)
async def list_rules(caller: CanReadCodes) -> Response:
    """The rules that codes are checked by, each with its authority and section."""
    return answer(catalogue())
