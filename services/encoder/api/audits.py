"""Audits of coding: draw, code blind, compare, object, decide."""

from collections.abc import Awaitable
from secrets import token_hex
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from services.encoder import audit_handlers as handlers
from services.encoder import audit_store as store
from services.encoder.api.policies import CanAudit, CanCodeCharts, CanReadAudit, CanReadStatistics, sees_all_statistics
from services.encoder.api.tables import CurrentCodeSets
from services.encoder.domain.audits.cases import CONCLUDED, Audit, AuditCase, CaseStatus, EducationNote
from services.encoder.domain.audits.plans import AuditPlan
from services.encoder.domain.audits.worth import Worth
from services.encoder.domain.coding import ChartCodes
from services.encoder.errors import AuditCaseNotFound, GrouperUnavailable
from services.encoder.grouping import Grouper
from shared import audit
from shared.claims import LongText, Many, Model
from shared.http import CurrentTables, Page, PageRequest, Read, Write, answer, json_body
from shared.http.paging import decode_cursor, encode_cursor

router = APIRouter(prefix="/v1", tags=["audits"])


async def the_grouper(request: Request) -> Grouper:
    grouper: Grouper = request.app.state.grouper
    return grouper


TheGrouper = Annotated[Grouper, Depends(the_grouper)]


class Conclusion(Model):
    """What the coder is to learn from the case."""

    notes: Annotated[Many[EducationNote], Field(max_length=100)] = ()


class Objection(Model):
    text: LongText


class Decision(Model):
    """The answer to a rebuttal."""

    upheld: bool
    text: LongText
    codes: ChartCodes | None = None
    """Where it is upheld: the codes that there should be; None takes the coder's."""


GivenPlan = Annotated[AuditPlan, json_body(AuditPlan)]
GivenCodes = Annotated[ChartCodes, json_body(ChartCodes)]
GivenConclusion = Annotated[Conclusion, json_body(Conclusion)]
GivenObjection = Annotated[Objection, json_body(Objection)]
GivenDecision = Annotated[Decision, json_body(Decision)]


@router.post("/audits", status_code=201, response_model=Audit)
async def draw_audit(caller: CanAudit, write: Write, plan: GivenPlan) -> Response:
    """Draw the charts of an audit. With the seed on record, the same plan on the same charts draws the same."""
    seed = token_hex(16)
    return await write(
        lambda uow: handlers.draw_audit(uow, plan, seed), status=201, location=lambda made: f"/v1/audits/{made.id}"
    )


@router.get("/audits", response_model=Page[Audit])
async def list_audits(caller: CanAudit, session: Read, page: PageRequest) -> Page[Audit]:
    """The latest first."""
    before = str(decode_cursor(page.cursor, str)[0]) if page.cursor else None
    audits = await store.list_audits(session, caller.tenant, before=before, limit=page.limit + 1)
    more = len(audits) > page.limit
    shown = audits[: page.limit]
    return Page(items=tuple(shown), next_cursor=encode_cursor([shown[-1].id]) if more else None)


@router.get("/audits/{audit_id}", response_model=Audit)
async def get_audit(caller: CanAudit, session: Read, audit_id: str) -> Response:
    """An audit with its plan, its seed, and how many charts it was drawn from."""
    return answer(await store.get_audit(session, caller.tenant, audit_id))


@router.post("/audits/{audit_id}/next", response_model=AuditCase, responses={204: {"description": "None is left."}})
async def take_next(caller: CanAudit, write: Write, audit_id: str) -> Response:
    """Take the next case of an audit that nobody has; never one of the caller's own coding. 204 where none is left."""
    return await write(lambda uow: _shown(handlers.take_next(uow, audit_id), caller.subject))


@router.get("/audit-cases", response_model=Page[AuditCase])
async def list_cases(
    caller: CanReadStatistics,
    session: Read,
    page: PageRequest,
    audit_id: Annotated[str | None, Query(alias="audit", max_length=50)] = None,
    coder: Annotated[str | None, Query(max_length=255)] = None,
    status: Annotated[tuple[CaseStatus, ...], Query()] = (),
) -> Page[AuditCase]:
    """Cases. Coders see their own, once they are concluded; those who audit see all, blind while they are open."""
    if not sees_all_statistics(caller):
        coder, status = caller.subject, tuple(set(status or CONCLUDED).intersection(CONCLUDED))
        if not status:
            return Page(items=())
    cases = await store.list_cases(
        session,
        caller.tenant,
        audit_id=audit_id,
        coder=coder,
        statuses=status,
        after=str(decode_cursor(page.cursor, str)[0]) if page.cursor else None,
        limit=page.limit + 1,
    )
    shown = tuple(case.seen_by(caller.subject) for case in cases[: page.limit])
    more = len(cases) > page.limit
    return Page(items=shown, next_cursor=encode_cursor([shown[-1].id]) if more else None)


@router.get("/audit-cases/{case_id}", response_model=AuditCase)
async def get_case(caller: CanReadStatistics, session: Read, case_id: str) -> Response:
    """A case. While it is open and blind, neither the coder nor the coder's codes are shown."""
    case = await store.get_case(session, caller.tenant, case_id)
    if not sees_all_statistics(caller) and (case.coder != caller.subject or case.status not in CONCLUDED):
        raise AuditCaseNotFound("there is no case with this id")
    return answer(case.seen_by(caller.subject))


@router.post("/audit-cases/{case_id}/take", response_model=AuditCase)
async def take(caller: CanAudit, write: Write, case_id: str) -> Response:
    """Take a case."""
    return await write(lambda uow: _shown(handlers.take(uow, case_id), caller.subject))


@router.put("/audit-cases/{case_id}/codes", response_model=AuditCase)
async def give_codes(
    caller: CanAudit, write: Write, case_id: str, codes: GivenCodes, code_sets: CurrentCodeSets
) -> Response:
    """Give the codes that the chart should have. Each must be billable on the day."""
    return await write(lambda uow: _shown(handlers.give_codes(uow, case_id, codes, code_sets), caller.subject))


@router.post("/audit-cases/{case_id}/conclusion", response_model=AuditCase)
async def conclude(
    caller: CanAudit,
    request: Request,
    session: Read,
    write: Write,
    case_id: str,
    conclusion: GivenConclusion,
    grouper: TheGrouper,
    tables: CurrentTables,
) -> Response:
    """Compare the two codings and show the coder. Without the grouper the case is concluded all the same, unvalued."""
    try:
        worth = await _worth(request, session, caller.tenant, case_id, grouper, tables)
    except GrouperUnavailable:
        worth = None
    return await write(lambda uow: handlers.conclude(uow, case_id, conclusion.notes, worth))


@router.post("/audit-cases/{case_id}/worth", response_model=AuditCase)
async def value(
    caller: CanAudit,
    request: Request,
    session: Read,
    write: Write,
    case_id: str,
    grouper: TheGrouper,
    tables: CurrentTables,
) -> Response:
    """Ask the grouper what both codings group to and pay, where it could not be asked before."""
    worth = await _worth(request, session, caller.tenant, case_id, grouper, tables)
    return await write(lambda uow: handlers.value(uow, case_id, worth))


@router.post("/audit-cases/{case_id}/rebuttal", response_model=AuditCase)
async def rebut(caller: CanCodeCharts, write: Write, case_id: str, objection: GivenObjection) -> Response:
    """Object to an audit of one's own chart, once."""
    return await write(lambda uow: handlers.rebut(uow, case_id, objection.text))


@router.post("/audit-cases/{case_id}/decision", response_model=AuditCase)
async def decide(
    caller: CanAudit, write: Write, case_id: str, decision: GivenDecision, code_sets: CurrentCodeSets
) -> Response:
    """Decide on a rebuttal. Upheld, the case is compared again with the codes given, or stands without differences."""
    return await write(
        lambda uow: handlers.decide(
            uow, case_id, upheld=decision.upheld, text=decision.text, codes=decision.codes, code_sets=code_sets
        )
    )


@router.get("/audit-cases/{case_id}/trail")
async def trail(caller: CanReadAudit, session: Read, case_id: str) -> list[audit.Entry]:
    """Who did what to the case and when, oldest first."""
    await store.get_case(session, caller.tenant, case_id)
    return await audit.trail(session, caller.tenant, "audit_case", case_id)


async def _shown(found: Awaitable[AuditCase | None], subject: str) -> AuditCase | None:
    case = await found
    return None if case is None else case.seen_by(subject)


async def _worth(
    request: Request, session: Read, tenant: str, case_id: str, grouper: Grouper, tables: CurrentTables
) -> Worth:
    case = await store.get_case(session, tenant, case_id)
    content, claims = await handlers.claims_of(session, tenant, case)
    authorization = request.headers.get("Authorization", "")
    return await handlers.worth_of(case, content, claims, grouper, authorization, tables)
