"""Encounters in: one, or many at once."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic_core import to_json

from services.encoder import handlers
from services.encoder.api.policies import CanWriteCharts
from services.encoder.domain.charts import Chart, Receipt
from services.encoder.settings import EncoderSettings
from shared.claims import Encounter
from shared.http import NDJSON, IfMatch, NdjsonItems, Problem, Write, json_body, ndjson_items
from shared.http.problems import problem_of
from shared.http.scope import public_prefix

router = APIRouter(prefix="/v1", tags=["encounters"])

ReceivedEncounter = Annotated[Encounter, json_body(Encounter, as_received=True)]
ReceivedEncounters = Annotated[NdjsonItems[Encounter], ndjson_items(Encounter, as_received=True)]


def _address(receipt: Receipt) -> str:
    return f"/v1/charts/{receipt.chart.id}"


@router.post("/encounters", status_code=201, response_model=Receipt)
async def receive_encounter(caller: CanWriteCharts, write: Write, encounter: ReceivedEncounter) -> Response:
    """Open a chart for an encounter.

    Identifiers that fail their check are kept and told of as `warnings`. The same content again answers with the
    chart that is there; another content under the same facility and encounter id is a conflict that names it.
    """
    response = await write(lambda uow: handlers.receive_one(uow, encounter), status=201, location=_address)
    if response.status_code == 201 and Receipt.model_validate_json(bytes(response.body)).outcome == "unchanged":
        response.status_code = 200
    return response


@router.post(
    "/encounters:bulk",
    response_class=Response,
    responses={200: {"content": {NDJSON: {"schema": {"type": "string"}}}, "description": "An answer for each line."}},
)
async def receive_encounters(caller: CanWriteCharts, write: Write, items: ReceivedEncounters) -> Response:
    """Open charts for many encounters, one a line; answer each line by its number.

    A bad line fails alone. Sent again after a break, the request opens no second chart: the encounter is its own key.
    """
    answers = bytearray()
    async for batch in _batches(items, EncoderSettings().intake_batch):
        answers += b"".join(to_json(answer) + b"\n" for answer in await _take(batch, write))
    return Response(bytes(answers), media_type=NDJSON)


@router.put("/charts/{chart_id}/encounter", response_model=Chart)
async def replace_encounter(
    caller: CanWriteCharts,
    write: Write,
    chart_id: str,
    version: IfMatch,
    encounter: ReceivedEncounter,
) -> Response:
    """Send an encounter anew, while nobody has begun to code it."""
    return await write(lambda uow: handlers.replace_encounter(uow, chart_id, version, encounter))


Numbered = tuple[int, Encounter | Problem]


async def _batches(items: NdjsonItems[Encounter], size: int) -> AsyncIterator[list[Numbered]]:
    batch: list[Numbered] = []
    async for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


async def _take(batch: list[Numbered], write: Write) -> list[dict[str, Any]]:
    """Store the good lines of a batch in one transaction; answer every line in its order."""
    good = [item for _, item in batch if isinstance(item, Encounter)]
    prefix = public_prefix(write.request)
    async with write.database.unit_of_work(write.context) as uow:
        receipts = iter(await handlers.receive(uow, good))
    return [
        _refusal(number, item) if isinstance(item, Problem) else _answer(number, next(receipts), prefix)
        for number, item in batch
    ]


def _refusal(number: int, problem: Problem) -> dict[str, Any]:
    return {"line": number, "status": problem.status, "problem": problem.brief()}


def _answer(number: int, receipt: Receipt, prefix: str) -> dict[str, Any]:
    if receipt.outcome == "conflict":
        return _refusal(number, problem_of(handlers.refused(receipt)))
    return {
        "line": number,
        "status": 201 if receipt.outcome == "created" else 200,
        "location": prefix + _address(receipt),
        "chart_id": receipt.chart.id,
        "warnings": receipt.warnings,
    }
