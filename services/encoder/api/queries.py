"""Queries to physicians: check the text, ask, answer, amend, withdraw."""

from datetime import date
from functools import partial
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.encoder import query_handlers, query_store
from services.encoder.api.policies import CanAnswerQueries, CanReadQueries, CanWriteQueries, is_advisor, leads_queries
from services.encoder.api.tables import CurrentLexicon
from services.encoder.domain.queries import lifecycle
from services.encoder.domain.queries.compliance import QueryFinding, check_query
from services.encoder.domain.queries.fhir import query_bundle
from services.encoder.domain.queries.lifecycle import GivenAnswer, QueryStatus, Withdrawal
from services.encoder.domain.queries.text import NewQuery, QueryDraft, QueryTemplate, templates_on
from services.encoder.domain.reading.lexicon import Lexicon
from services.encoder.query_store import QueriesWanted
from services.encoder.settings import EncoderSettings
from shared import audit
from shared.claims import Document, Many, Model
from shared.claims.queries import QueryText
from shared.http import IfMatch, Page, PageRequest, Read, Write, answer, encode_cursor, json_body
from shared.http.scope import runtime_of

router = APIRouter(prefix="/v1", tags=["queries"])

LEASE = EncoderSettings().lease


class QueryCheck(Model):
    """A draft beside the documents that it quotes."""

    draft: QueryDraft
    documents: Annotated[Many[Document], Field(max_length=500)] = ()


class CheckedDraft(Model):
    """What the physician would read, and every rule that it breaks: none where it may be sent."""

    compliant: bool
    text: QueryText
    findings: Many[QueryFinding]


GivenQuery = Annotated[NewQuery, json_body(NewQuery)]
GivenCheck = Annotated[QueryCheck, json_body(QueryCheck)]
GivenDraft = Annotated[QueryDraft, json_body(QueryDraft)]
GivenWords = Annotated[GivenAnswer, json_body(GivenAnswer)]
GivenReason = Annotated[Withdrawal, json_body(Withdrawal)]


@router.get("/query-templates", response_model=list[QueryTemplate])
async def list_templates(
    caller: CanReadQueries,
    request: Request,
    day: Annotated[date | None, Query(alias="date", description="A day; without it today.")] = None,
) -> tuple[QueryTemplate, ...]:
    """Queries with gaps, to be filled in and completed with indicators and supported findings."""
    return templates_on(day or _today(request))


@router.post("/queries:check", response_model=CheckedDraft)
async def check(caller: CanReadQueries, request: Request, given: GivenCheck, lexicon: CurrentLexicon) -> CheckedDraft:
    """Hold a draft against the rules of compliant practice, beside documents that are sent along. Keeps nothing."""
    return await _checked(given.draft, given.documents, _today(request), lexicon)


@router.post("/charts/{chart_id}/queries:check", response_model=CheckedDraft)
async def check_on_chart(
    caller: CanWriteQueries, session: Read, request: Request, chart_id: str, draft: GivenDraft, lexicon: CurrentLexicon
) -> CheckedDraft:
    """Hold a draft against the rules, beside the documents of the chart. Keeps nothing."""
    documents = await query_handlers.documents_of(session, caller.tenant, chart_id)
    return await _checked(draft, documents, _today(request), lexicon)


@router.post("/charts/{chart_id}/queries", status_code=201, response_model=lifecycle.Query)
async def write_query(
    caller: CanWriteQueries, write: Write, chart_id: str, query: GivenQuery, lexicon: CurrentLexicon
) -> Response:
    """Draft a query. One that breaks a rule is refused with the ids of the rules and their places."""
    return await write(
        lambda uow: query_handlers.write_query(uow, chart_id, query, lexicon),
        location=lambda made: f"/v1/queries/{made.id}",
    )


@router.get("/queries", response_model=Page[lifecycle.Query])
async def list_queries(
    caller: CanReadQueries,
    session: Read,
    page: PageRequest,
    status: Annotated[tuple[QueryStatus, ...], Query(description="Queries in any of these states.")] = (),
    chart: Annotated[str | None, Query(max_length=50)] = None,
    physician: Annotated[str | None, Query(max_length=255)] = None,
    author: Annotated[str | None, Query(max_length=255)] = None,
) -> Page[lifecycle.Query]:
    """Queries in the order in which they were made."""
    after = page.after(str)
    place = None if after is None else str(after[0])
    wanted = QueriesWanted(status, chart, physician, author)
    found = await query_store.list_queries(session, caller.tenant, wanted, after=place, limit=page.limit + 1)
    shown = tuple(found[: page.limit])
    return Page(items=shown, next_cursor=encode_cursor([shown[-1].id]) if len(found) > page.limit else None)


@router.get("/queries/{query_id}", response_model=lifecycle.Query)
async def get_query(caller: CanReadQueries, session: Read, query_id: str) -> Response:
    """A query with its answers."""
    return answer(await query_store.get_query(session, caller.tenant, query_id))


@router.post("/queries/{query_id}/send", response_model=lifecycle.Query)
async def send_query(
    caller: CanWriteQueries, write: Write, query_id: str, version: IfMatch, lexicon: CurrentLexicon
) -> Response:
    """Ask. Its rules are checked once more; the chart is held until there is an answer."""
    manager = leads_queries(caller)
    return await write(lambda uow: query_handlers.send_query(uow, query_id, version, lexicon, as_manager=manager))


@router.post("/queries/{query_id}/answer", response_model=lifecycle.Query)
async def answer_query(
    caller: CanAnswerQueries, write: Write, query_id: str, version: IfMatch, given: GivenWords
) -> Response:
    """Answer as the physician who is asked. The answer becomes a document of the record; the chart's hold goes."""
    advisor = is_advisor(caller)
    return await write(
        lambda uow: query_handlers.answer_query(uow, query_id, version, given, LEASE, as_advisor=advisor)
    )


@router.post("/queries/{query_id}/amend", response_model=lifecycle.Query)
async def amend_answer(
    caller: CanAnswerQueries, write: Write, query_id: str, version: IfMatch, given: GivenWords
) -> Response:
    """Answer differently than before. Both answers stay on the record; the last one holds."""
    advisor = is_advisor(caller)
    return await write(
        lambda uow: query_handlers.answer_query(uow, query_id, version, given, LEASE, as_advisor=advisor, amends=True)
    )


@router.post("/queries/{query_id}/withdraw", response_model=lifecycle.Query)
async def withdraw_query(
    caller: CanWriteQueries, write: Write, query_id: str, version: IfMatch, given: GivenReason
) -> Response:
    """Take a query back that has no answer yet. It stays on the record with the reason."""
    manager = leads_queries(caller)
    return await write(
        lambda uow: query_handlers.withdraw_query(uow, query_id, version, given.reason, LEASE, as_manager=manager)
    )


@router.get("/queries/{query_id}/trail")
async def trail(caller: CanReadQueries, session: Read, query_id: str) -> list[audit.Entry]:
    """Who did what to the query and when, oldest first."""
    await query_store.get_query(session, caller.tenant, query_id)
    return await audit.trail(session, caller.tenant, "query", query_id)


@router.get("/queries/{query_id}/fhir")
async def get_fhir(caller: CanReadQueries, session: Read, query_id: str) -> dict[str, Any]:
    """The query as a FHIR R4 Bundle: Task, Communication, Questionnaire, and once answered QuestionnaireResponse."""
    return query_bundle(await query_store.get_query(session, caller.tenant, query_id))


async def _checked(draft: QueryDraft, documents: Many[Document], day: date, lexicon: Lexicon) -> CheckedDraft:
    text = draft.text(day)
    findings = await to_thread.run_sync(partial(check_query, text, documents, day, lexicon))
    return CheckedDraft(compliant=not findings, text=text, findings=findings)


def _today(request: Request) -> date:
    return runtime_of(request).clock().date()
