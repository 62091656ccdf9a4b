"""FHIR R4 in: a Bundle becomes one chart for each of its encounters."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Request, Response
from pydantic import TypeAdapter

from services.encoder import handlers
from services.encoder.api.policies import CanReadCharts, CanWriteCharts
from services.encoder.domain.charts import Receipt
from services.encoder.domain.fhir.coded_chart import coded_chart_bundle
from services.encoder.domain.fhir.issues import Issue
from services.encoder.settings import EncoderSettings
from shared.claims import Many, Model
from shared.db import UnitOfWork
from shared.http import Read, Write, json_body
from shared.http.scope import runtime_of

router = APIRouter(prefix="/v1/fhir", tags=["fhir"])
charts_router = APIRouter(prefix="/v1/charts/{chart_id}", tags=["fhir"])

FHIR = "application/fhir+json"

EXAMPLE = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {"resource": {"resourceType": "Patient", "id": "p1", "name": [{"family": "Abernathy", "given": ["Joan"]}]}},
        {
            "resource": {
                "resourceType": "Encounter",
                "id": "e1",
                "status": "finished",
                "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"},
                "subject": {"reference": "Patient/p1"},
                "period": {"start": "2026-11-16T14:10:00-06:00", "end": "2026-11-20T11:05:00-06:00"},
                "serviceProvider": {"reference": "Organization/o1"},
            }
        },
        {"resource": {"resourceType": "Organization", "id": "o1", "name": "Cumberland Valley Medical Center"}},
    ],
}

ReceivedBundle = Annotated[
    dict[str, Any],
    json_body(TypeAdapter(dict[str, Any]), max_bytes=EncoderSettings().max_bundle_bytes, examples=(EXAMPLE,)),
]


class BundleReceipt(Model):
    """What became of a Bundle: a receipt for each encounter, and what was noticed on the way."""

    receipts: Many[Receipt]
    issues: Many[Issue]


@router.post("/Bundle", status_code=201, response_model=BundleReceipt)
async def receive_bundle(
    caller: CanWriteCharts,
    write: Write,
    bundle: ReceivedBundle,
) -> Response:
    """Open a chart for every Encounter of a Bundle, or for none where something is wrong.

    Faults come as a problem document whose `issues` name each place as FHIRPath and as JSON pointer. Warnings say what
    was left out; resources that the encoder has no use for are counted.
    """

    async def take(uow: UnitOfWork) -> BundleReceipt:
        receipts, issues = await handlers.receive_bundle(uow, bundle)
        return BundleReceipt(receipts=tuple(receipts), issues=tuple(issues))

    response = await write(take, status=201)
    if response.status_code == 201:
        receipts = BundleReceipt.model_validate_json(bytes(response.body)).receipts
        response.status_code = 201 if any(receipt.outcome == "created" for receipt in receipts) else 200
    return response


@charts_router.get(
    "/fhir",
    response_class=Response,
    responses={200: {"content": {FHIR: {"schema": {"type": "object"}}}, "description": "A FHIR R4 Bundle."}},
)
async def get_coded_chart(caller: CanReadCharts, request: Request, session: Read, chart_id: str) -> Response:
    """The chart's codes as a FHIR R4 Bundle: Encounter, Conditions, Procedures, and once finalized the Claim."""
    opened = await handlers.open_for_reading(session, caller.tenant, chart_id)
    bundle = coded_chart_bundle(opened, at=runtime_of(request).clock())
    # A FHIR decimal is a JSON number.
    return Response(orjson.dumps(bundle, default=float), media_type=FHIR)
