"""The use cases of physician queries: check, ask, answer, amend, withdraw, and escalate what is late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from anyio import to_thread
from pydantic import JsonValue
from sqlalchemy.ext.asyncio import AsyncSession

from services.encoder import document_store, query_store, store
from services.encoder.audit_store import note_act
from services.encoder.document_store import StoredDocument
from services.encoder.domain.audits.productivity import ActKind
from services.encoder.domain.documents.filing import Filing
from services.encoder.domain.problems import Problem
from services.encoder.domain.queries.compliance import QueryFinding, check_query
from services.encoder.domain.queries.lifecycle import GivenAnswer, Query
from services.encoder.domain.queries.text import NewQuery
from services.encoder.domain.queue.holds import QUERY_OPEN, Hold
from services.encoder.domain.reading.lexicon import Lexicon
from services.encoder.errors import ChartClosed, NotAddressed, QueryNotCompliant
from services.encoder.handlers import placed
from shared import audit
from shared.claims import Document
from shared.claims.queries import QueryAnswer, QueryText
from shared.db import UnitOfWork, new_id
from shared.errors import Forbidden, StaleVersion
from shared.events import LineEvent, emit
from shared.events.contracts import QueryAnswered, QueryEnded, QueryEscalated, QuerySent

CLOSED_TO_QUERIES = ("cancelled", "merged")


async def write_query(uow: UnitOfWork, chart_id: str, new: NewQuery, lexicon: Lexicon) -> Query:
    """Keep a draft. It must be compliant already. Raises ChartNotFound, ChartClosed, QueryNotCompliant, Template…"""
    chart = await store.get_chart(uow.session, uow.context.tenant, chart_id)
    if chart.status in CLOSED_TO_QUERIES:
        raise ChartClosed("the chart is out of use")
    text = new.text(uow.context.at.date())
    await _check(uow, chart_id, text, lexicon)
    query = Query(
        id=new_id(),
        chart_id=chart.id,
        claim_id=chart.claim_id,
        facility_id=chart.facility_id,
        encounter_id=chart.encounter_id,
        text=text,
        template=new.template,
        drafted_by=new.drafted_by,
        author=uow.context.actor,
        physician=new.physician,
        in_house=not chart.discharged,
        created_at=uow.context.at,
    )
    await query_store.add_query(uow.session, uow.context.tenant, query)
    _note(uow, query, "query.written", {"purpose": text.purpose, "drafted_by": query.drafted_by})
    return query


async def send_query(uow: UnitOfWork, query_id: str, version: int, lexicon: Lexicon, *, as_manager: bool) -> Query:
    """Ask: checked once more, for the record may have changed. The chart is held from now on.

    Raises StaleVersion, QueryClosed, QueryNotCompliant, ChartClosed.
    """
    query = await _of_author(uow, query_id, version, as_manager=as_manager)
    chart = await store.get_chart(uow.session, uow.context.tenant, query.chart_id, to_change=True)
    sent = query.sent(uow.context.at, in_house=not chart.discharged)
    await _check(uow, query.chart_id, query.text, lexicon)
    await query_store.save_query(uow.session, uow.context.tenant, sent)
    if chart.status not in ("finalized", *CLOSED_TO_QUERIES):
        hold = Hold(reason=QUERY_OPEN, placed_by=uow.context.actor, placed_at=uow.context.at)
        await store.save_chart(uow.session, uow.context.tenant, chart.without_lapsed(uow.context.at).held(hold))
    await note_act(uow, chart, ActKind.QUERIED)
    _note(uow, sent, "query.sent", {"due_at": _iso(sent.due_at), "in_house": sent.in_house})
    _tell(uow, sent)
    return sent


async def answer_query(
    uow: UnitOfWork,
    query_id: str,
    version: int,
    given: GivenAnswer,
    lease: timedelta,
    *,
    as_advisor: bool,
    amends: bool = False,
) -> Query:
    """The physician's word, kept as a document; one that amends takes the place of the one before, which stays too.

    Raises StaleVersion, QueryClosed, InvalidAnswer, NotAddressed.
    """
    query = await _of_physician(uow, query_id, version, as_advisor=as_advisor)
    document, answer = _answer(uow, query, given)
    answered = query.amended(answer) if amends else query.answered(answer)
    await _keep_answer(uow, answered, document, f"query.{answered.status}")
    await _settle(uow, answered, lease)
    return answered


async def withdraw_query(
    uow: UnitOfWork, query_id: str, version: int, reason: str, lease: timedelta, *, as_manager: bool
) -> Query:
    """Take a query back that has no answer. It stays on the record. Raises StaleVersion, QueryClosed, Forbidden."""
    query = await _of_author(uow, query_id, version, as_manager=as_manager)
    withdrawn = query.withdrawn(uow.context.at, reason)
    await query_store.save_query(uow.session, uow.context.tenant, withdrawn)
    _note(uow, withdrawn, "query.withdrawn", {})
    if query.is_open:
        await _settle(uow, withdrawn, lease)
        _tell(uow, withdrawn)
    return withdrawn


async def escalate_late(uow: UnitOfWork, query_ids: Sequence[str], lease: timedelta) -> int:
    """Give late queries to their next level, or let them expire; answers how many there were."""
    late = 0
    for query_id in query_ids:
        query = await query_store.get_query(uow.session, uow.context.tenant, query_id, to_change=True)
        later = query.late(uow.context.at) if query.is_open else query
        if later is query:
            continue
        await query_store.save_query(uow.session, uow.context.tenant, later)
        _note(uow, later, f"query.{later.status}", {"level": later.level, "due_at": _iso(later.due_at)})
        if not later.is_open:
            await _settle(uow, later, lease)
        _tell(uow, later)
        late += 1
    return late


# -- shared steps -----------------------------------------------------------------------------------------------------


async def documents_of(session: AsyncSession, tenant: str, chart_id: str) -> tuple[Document, ...]:
    """The documents of the record as they stand now. Raises ChartNotFound."""
    await store.get_chart(session, tenant, chart_id)
    return await document_store.current_documents(session, tenant, chart_id)


def refuse(findings: Sequence[QueryFinding]) -> None:
    """Raises QueryNotCompliant where rules are broken."""
    if findings:
        faults = [
            Problem(code=one.rule, pointer=one.pointer, message=f"{one.message} ({one.citation})") for one in findings
        ]
        raise QueryNotCompliant(faults, f"the query breaks {len(findings)} rules of compliant practice")


async def _check(uow: UnitOfWork, chart_id: str, text: QueryText, lexicon: Lexicon) -> None:
    documents = await documents_of(uow.session, uow.context.tenant, chart_id)
    refuse(await to_thread.run_sync(partial(check_query, text, documents, uow.context.at.date(), lexicon)))


async def _at(uow: UnitOfWork, query_id: str, version: int) -> Query:
    query = await query_store.get_query(uow.session, uow.context.tenant, query_id, to_change=True)
    if query.version != version:
        raise StaleVersion("the query has changed since it was read")
    return query


async def _of_author(uow: UnitOfWork, query_id: str, version: int, *, as_manager: bool) -> Query:
    query = await _at(uow, query_id, version)
    if query.author != uow.context.actor and not as_manager:
        raise Forbidden("only the query's author or a manager does this")
    return query


async def _of_physician(uow: UnitOfWork, query_id: str, version: int, *, as_advisor: bool) -> Query:
    """Once it has gone to the physician advisor, one of those may answer too."""
    query = await _at(uow, query_id, version)
    advised = as_advisor and query.level == "physician_advisor"
    if query.physician != uow.context.actor and not advised:
        raise NotAddressed("the query asks another physician")
    return query


def _answer(uow: UnitOfWork, query: Query, given: GivenAnswer) -> tuple[Document, QueryAnswer]:
    query.check_answer(given)
    document = query.response_document(given, by=uow.context.actor, at=uow.context.at)
    answer = QueryAnswer(
        option=given.option, text=given.text, by=uow.context.actor, at=uow.context.at, document_id=document.id
    )
    return document, answer


async def _keep_answer(uow: UnitOfWork, query: Query, document: Document, action: str) -> None:
    filed = StoredDocument(document, 1, "current", Filing(received_at=uow.context.at))
    await document_store.add_document(uow.session, uow.context.tenant, query.chart_id, filed)
    await query_store.save_query(uow.session, uow.context.tenant, query)
    _note(uow, query, action, {"document": document.id, "option": query.answers[-1].option})
    _tell(uow, query)


async def _settle(uow: UnitOfWork, query: Query, lease: timedelta) -> None:
    """What its end means for the chart: with the last open query the hold goes, and an answer makes it urgent."""
    chart = await store.get_chart(uow.session, uow.context.tenant, query.chart_id, to_change=True)
    if chart.status == "finalized":
        if query.answers and (flagged := chart.flagged("late_document")) is not chart:
            await store.save_chart(uow.session, uow.context.tenant, flagged)
        return
    others = await query_store.open_queries(uow.session, uow.context.tenant, query.chart_id)
    settled = chart.query_settled(uow.context.at + lease, answered=bool(query.answers), others_open=bool(others))
    await store.save_chart(uow.session, uow.context.tenant, await placed(uow, settled))


def _note(uow: UnitOfWork, query: Query, action: str, details: dict[str, JsonValue]) -> None:
    """In the trail of the query and, so that it is seen there too, in that of its chart."""
    audit.record(uow, action, "query", query.id, {"version": query.version, **details})
    audit.record(uow, action, "chart", query.chart_id, {"query": query.id})


def _tell(uow: UnitOfWork, query: Query) -> None:
    if (event := _event(query)) is not None:
        emit(uow, event)


def _event(query: Query) -> LineEvent | None:
    of = query.model_dump(include={"claim_id", "chart_id", "facility_id", "encounter_id", "version"})
    of |= {"query_id": query.id, "text": query.text, "physician": query.physician, "due_at": query.due_at}
    match query.status:
        case "sent":
            return _made(QuerySent, of | {"author": query.author, "sent_at": query.sent_at})
        case "escalated":
            return _made(QueryEscalated, of | {"level": query.level})
        case "answered" | "amended":
            return _made(QueryAnswered, of | {"answer": query.answers[-1], "amended": query.status == "amended"})
        case "withdrawn" | "expired":
            return _made(QueryEnded, of | {"outcome": query.status, "ended_at": query.closed_at})
    return None


def _made(event: type[LineEvent], known: Mapping[str, object]) -> LineEvent:
    """The event from what is known of the query, of which each kind takes its own."""
    return event.model_validate({name: known[name] for name in event.model_fields})


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
