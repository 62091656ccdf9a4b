"""What a tenant says of its queue: rules and weights, coders, the touchless path; and what the queue amounts to."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.encoder import queue_handlers, queue_store
from services.encoder.api.policies import CanManageQueue, CanReadCharts
from services.encoder.domain.queue.holds import hold_reasons
from services.encoder.domain.queue.rules import CoderProfile, QueueRules, TouchlessPolicy
from services.encoder.domain.queue.summary import Dnfb, summarize
from services.encoder.settings import EncoderSettings
from shared.http import Read, Write, answer, json_body
from shared.http.scope import runtime_of

router = APIRouter(prefix="/v1", tags=["queue"])

GivenRules = Annotated[QueueRules, json_body(QueueRules)]
GivenCoder = Annotated[CoderProfile, json_body(CoderProfile)]
GivenPolicy = Annotated[TouchlessPolicy, json_body(TouchlessPolicy)]
Day = Annotated[date | None, Query(alias="date", description="A day; without it today.")]


@router.get("/queue/rules", response_model=QueueRules)
async def get_rules(caller: CanReadCharts, session: Read, request: Request, day: Day = None) -> Response:
    """The rules in force on a day."""
    return answer(await queue_store.rules_on(session, caller.tenant, day or _today(request)))


@router.get("/queue/rules/editions")
async def list_rules(caller: CanReadCharts, session: Read) -> list[QueueRules]:
    """Every edition of the rules, the newest first, at most 200."""
    return await queue_store.list_rules(session, caller.tenant)


@router.put("/queue/rules", response_model=QueueRules)
async def set_rules(caller: CanManageQueue, write: Write, rules: GivenRules) -> Response:
    """Say anew where charts go and what counts how much, from a day on. Earlier editions are kept.

    The first charts are placed by them at once, the others within minutes; what a person has put into a queue stays.
    """
    return await write(lambda uow: queue_handlers.set_rules(uow, rules, EncoderSettings().queue_batch))


@router.get("/coders/{subject}", response_model=CoderProfile)
async def get_coder(caller: CanReadCharts, session: Read, subject: str) -> Response:
    """What a coder may take."""
    return answer(await queue_store.get_coder(session, caller.tenant, subject))


@router.put("/coders/{subject}", response_model=CoderProfile)
async def set_coder(caller: CanManageQueue, write: Write, subject: str, profile: GivenCoder) -> Response:
    """Say what a coder may take: credentials, kinds of work, specialities, facilities, whether still in training."""
    return await write(lambda uow: queue_handlers.set_coder(uow, subject, profile))


@router.get("/queue/touchless", response_model=TouchlessPolicy)
async def get_touchless(caller: CanReadCharts, session: Read) -> Response:
    """When charts are coded and finished without a coder; off where nothing was said."""
    return answer(await queue_store.touchless_policy(session, caller.tenant))


@router.put("/queue/touchless", response_model=TouchlessPolicy)
async def set_touchless(caller: CanManageQueue, write: Write, policy: GivenPolicy) -> Response:
    """Turn the touchless path on or off: its bar of confidence, its kinds of work, the share that is audited."""
    return await write(lambda uow: queue_handlers.set_touchless(uow, policy))


@router.get("/queue/hold-reasons")
async def list_hold_reasons(caller: CanReadCharts, request: Request, day: Day = None) -> dict[str, str]:
    """The reasons for which charts are held, by their codes. `query_open` comes and goes with a query."""
    return dict(hold_reasons(day or _today(request)))


@router.get("/queue/summary", response_model=Dnfb)
async def summary(caller: CanReadCharts, session: Read, request: Request) -> Dnfb:
    """What is discharged and not final billed: charts and charges by queue and age, and what holds them."""
    at = runtime_of(request).clock()
    return summarize(await queue_store.tally_open_charts(session, caller.tenant, at), at.date())


def _today(request: Request) -> date:
    return runtime_of(request).clock().date()
