"""HL7 v2 over HTTP: messages in with their acknowledgements, the log of what became of them, a coded chart out."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.encoder import handlers, intake_handlers, message_store
from services.encoder.api.audits import TheGrouper
from services.encoder.api.policies import CanReadCharts, CanWriteCharts
from services.encoder.domain.hl7.coded_chart import coded_chart_message
from services.encoder.domain.hl7.receipts import MessageStatus, ReceivedMessage
from services.encoder.settings import EncoderSettings
from services.encoder.write_back import drg_of
from shared.db import new_id
from shared.http import Page, PageRequest, Read, Write, answer, encode_cursor, raw_body
from shared.http.scope import runtime_of

router = APIRouter(prefix="/v1", tags=["hl7"])

HL7 = "application/hl7-v2"

EXAMPLE = (
    "MSH|^~\\&|EHR|CVMC|REVCYCLE|CVMC|20261116141500||ADT^A01^ADT_A01|MSG00001|P|2.5.1\r"
    "EVN|A01|20261116141500\r"
    "PID|1||MRN-77^^^CVMC^MR||ABERNATHY^JOAN||19500412|F\r"
    "PV1|1|I|4W^401^1^CVMC|1|||||||||||1|||||V-1001|||||||||||||||||||||||||202611161410\r"
)

ReceivedMessages = Annotated[
    bytes, raw_body(HL7, "application/hl7-v2+er7", "text/plain", max_bytes=EncoderSettings().max_message_bytes)
]


@router.post(
    "/hl7",
    response_class=Response,
    responses={200: {"content": {HL7: {"schema": {"type": "string"}}}, "description": "The acknowledgements."}},
)
async def receive_messages(caller: CanWriteCharts, write: Write, content: ReceivedMessages) -> Response:
    """One message, or a batch in FHS/BHS frames. Each has its effect alone and is answered by an MSA: AA, AE or AR.

    The answer is 200 whatever MSA-1 says: the acknowledgement is the answer, with an ERR for each fault. A message is
    its own idempotency key (MSH-10 of one sender): sent again, it gets the same acknowledgement and has no second
    effect. What comes before its encounter waits; see `GET /v1/messages?status=pending`.
    """
    answered = await intake_handlers.receive_interchange(write.database, write.context, content)
    return Response(answered, media_type=HL7)


@router.get("/messages", response_model=Page[ReceivedMessage])
async def list_messages(
    caller: CanReadCharts,
    session: Read,
    page: PageRequest,
    status: Annotated[tuple[MessageStatus, ...], Query(description="Messages in any of these states.")] = (),
) -> Page[ReceivedMessage]:
    """The log of HL7 messages, newest first. `status=pending` shows what waits, and for what."""
    position = page.after(str)
    before = str(position[0]) if position else None
    found = await message_store.list_messages(session, caller.tenant, status, before=before, limit=page.limit + 1)
    shown = found[: page.limit]
    return Page(items=tuple(shown), next_cursor=encode_cursor([shown[-1].id]) if len(found) > page.limit else None)


@router.get("/messages/{message_id}", response_model=ReceivedMessage)
async def get_message(caller: CanReadCharts, session: Read, message_id: str) -> Response:
    """What became of one message."""
    return answer((await message_store.get_message(session, caller.tenant, message_id)).receipt)


@router.post("/messages/{message_id}/retry", response_model=ReceivedMessage)
async def retry_message(caller: CanWriteCharts, write: Write, message_id: str) -> Response:
    """Try a message that waits at once; 409 where it waits for nothing."""
    return answer(await intake_handlers.retry_message(write.database, write.context, message_id))


@router.get(
    "/charts/{chart_id}/hl7",
    response_class=Response,
    responses={200: {"content": {HL7: {"schema": {"type": "string"}}}, "description": "BAR^P12."}},
)
async def get_coded_chart(
    caller: CanReadCharts, request: Request, session: Read, chart_id: str, grouper: TheGrouper
) -> Response:
    """The chart's codes as BAR^P12 (update diagnoses and procedures), for the EHR or the billing system.

    A finalized inpatient chart brings its DRG, where the grouper can be asked.
    """
    opened = await handlers.open_for_reading(session, caller.tenant, chart_id)
    drg = await drg_of(opened, grouper, request.headers.get("authorization", ""))
    at = runtime_of(request).clock()
    return Response(coded_chart_message(opened, control_id=new_id(), at=at, drg=drg), media_type=HL7)
