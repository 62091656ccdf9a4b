"""The documents of a chart: late ones in, every version out; and the flags that a late one leaves."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import TypeAdapter

from services.encoder import document_filing, document_store, store
from services.encoder.api.policies import CanCodeCharts, CanReadCharts, CanWriteCharts
from services.encoder.document_filing import DocumentReceipt
from services.encoder.domain.charts import Chart
from services.encoder.domain.documents.filing import FiledDocument
from services.encoder.domain.documents.requests import LateDocument
from services.encoder.settings import EncoderSettings
from shared.claims import Document
from shared.http import Read, Write, answer, json_body

router = APIRouter(prefix="/v1/charts/{chart_id}", tags=["documents"])

EXAMPLE = {
    "id": "doc-7",
    "kind": "discharge_summary",
    "title": "Discharge summary",
    "author": "Samuel Okafor",
    "written_at": "2026-11-20T11:00:00-06:00",
    "content_type": "text/html",
    "text": "<h1>Hospital course</h1><p>Treated for community-acquired pneumonia.</p>",
}

ReceivedDocument = Annotated[
    LateDocument,
    json_body(TypeAdapter(LateDocument), max_bytes=EncoderSettings().max_document_bytes, examples=(EXAMPLE,)),
]


@router.post("/documents", status_code=201, response_model=DocumentReceipt)
async def receive_document(caller: CanWriteCharts, write: Write, chart_id: str, late: ReceivedDocument) -> Response:
    """File a document: text, HTML, or in base64 also a PDF that has text.

    A known id makes a new version, the same content changes nothing, and what a document replaces stays readable. A
    finalized chart stays finalized and is flagged `late_document`.
    """
    document = await asyncio.to_thread(document_filing.read_late_document, late)
    return await write(lambda uow: document_filing.receive_document(uow, chart_id, document, late), status=201)


@router.get("/documents", response_model=list[FiledDocument])
async def list_documents(
    caller: CanReadCharts,
    session: Read,
    chart_id: str,
    every_version: Annotated[bool, Query(description="Those that were superseded or cancelled too.")] = False,
) -> list[FiledDocument]:
    """The documents of a chart without their texts, in the order received."""
    await store.get_chart(session, caller.tenant, chart_id)
    return await document_store.list_documents(session, caller.tenant, chart_id, every_version=every_version)


@router.get("/documents/{document_id}", response_model=Document)
async def get_document(
    caller: CanReadCharts,
    session: Read,
    chart_id: str,
    document_id: str,
    version: Annotated[int | None, Query(ge=1, le=1_000_000)] = None,
) -> Response:
    """A document with its text: the version asked for, else the current one."""
    return answer(await document_store.get_document(session, caller.tenant, chart_id, document_id, version))


@router.delete("/documents/{document_id}", response_model=Chart)
async def cancel_document(caller: CanWriteCharts, write: Write, chart_id: str, document_id: str) -> Response:
    """Withdraw a document: coders no longer see it, and it stays on the record."""
    return await write(lambda uow: document_filing.withdraw_document(uow, chart_id, document_id))


@router.delete("/flags/{flag}", response_model=Chart)
async def take_flag_off(caller: CanCodeCharts, write: Write, chart_id: str, flag: str) -> Response:
    """Say that a flag was looked at."""
    return await write(lambda uow: document_filing.take_flag_off(uow, chart_id, flag))
