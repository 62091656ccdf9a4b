"""The encoder's tables and what is asked of them. Every query is bound to one tenant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

import orjson
from pydantic import TypeAdapter
from sqlalchemy import (
    BigInteger,
    Date,
    Index,
    Select,
    Table,
    Text,
    UniqueConstraint,
    and_,
    delete,
    insert,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.encoder.domain.charts import OPEN, Chart, DocumentSummary
from services.encoder.domain.coding import ChartCodes
from services.encoder.domain.facilities import FacilityProfile
from services.encoder.domain.intake import canonical_json, document_head
from services.encoder.domain.problems import Problem
from services.encoder.errors import ChartNotFound, DocumentNotFound, FacilityNotFound
from shared.claims import AS_RECEIVED, ClaimId, Document, Encounter
from shared.db import UtcDateTime
from shared.errors import StaleVersion

_WARNINGS: TypeAdapter[tuple[Problem, ...]] = TypeAdapter(tuple[Problem, ...])


class Base(DeclarativeBase):
    pass


class ChartRow(Base):
    """Where each chart stands: small, for it changes often."""

    __tablename__ = "charts"
    __table_args__ = (
        UniqueConstraint("tenant", "facility_id", "encounter_id", name="charts_encounter"),
        UniqueConstraint("tenant", "claim_id", name="charts_claim"),
        Index("charts_queue", "tenant", "status", "service_date", "value_cents", "id"),
        Index("charts_owner", "tenant", "owner"),
    )

    tenant: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    claim_id: Mapped[str]
    facility_id: Mapped[str]
    encounter_id: Mapped[str]
    work_type: Mapped[str]
    status: Mapped[str]
    version: Mapped[int]
    revision: Mapped[int]
    owner: Mapped[str | None]
    service_date: Mapped[date] = mapped_column(Date)
    value_cents: Mapped[int] = mapped_column(BigInteger)
    """Whole cents, so that both databases sort it as a number."""
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    content_digest: Mapped[str]
    """Of the encounter as received, documents included: tells a repetition from a change."""
    state: Mapped[str] = mapped_column(Text)
    """The chart itself in JSON; the columns beside it are what is searched by."""


class ContentRow(Base):
    """What a chart is about: written once, read when it is opened."""

    __tablename__ = "chart_contents"

    tenant: Mapped[str] = mapped_column(primary_key=True)
    chart_id: Mapped[str] = mapped_column(primary_key=True)
    encounter: Mapped[str] = mapped_column(Text)
    """Canonical JSON without documents."""
    warnings: Mapped[str] = mapped_column(Text)
    codes: Mapped[str] = mapped_column(Text, default="{}")


class DocumentRow(Base):
    """The documents of a chart, in the order received."""

    __tablename__ = "chart_documents"

    tenant: Mapped[str] = mapped_column(primary_key=True)
    chart_id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document_id: Mapped[str]
    characters: Mapped[int]
    head: Mapped[str] = mapped_column(Text)
    """The document in JSON without its text."""
    text: Mapped[str] = mapped_column(Text)


class FacilityRow(Base):
    """What each facility said of itself."""

    __tablename__ = "facility_profiles"

    tenant: Mapped[str] = mapped_column(primary_key=True)
    facility_id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    profile: Mapped[str] = mapped_column(Text)


# Bulk intake speaks to the tables themselves: the statement is compiled once and no row object is made.
_CHARTS, _CONTENTS, _DOCUMENTS = (cast(Table, row.__table__) for row in (ChartRow, ContentRow, DocumentRow))


@dataclass(frozen=True)
class Arrival:
    """An encounter that came in, with the chart it shall have."""

    chart: Chart
    encounter: Encounter
    encounter_json: str
    warnings: tuple[Problem, ...]
    digest: str


@dataclass(frozen=True)
class ChartContent:
    encounter: Encounter
    """Without documents."""
    codes: ChartCodes
    warnings: tuple[Problem, ...]


@dataclass(frozen=True)
class QueueFilter:
    """Which charts to look at; None or empty asks for all."""

    statuses: tuple[str, ...] = ()
    work_types: tuple[str, ...] = ()
    facility_id: str | None = None
    owner: str | None = None


Position = tuple[date, int, str]
"""Where a page ended: service date, value in cents, chart id."""


def position_of(chart: Chart) -> Position:
    return chart.service_date, _cents(chart.value), chart.id


async def add_charts(session: AsyncSession, tenant: str, arrivals: Sequence[Arrival]) -> set[str]:
    """Store the arrivals whose encounter is not known yet and answer their chart ids; the others change nothing.

    The unique key decides, so that two callers who send one encounter at once make one chart.
    """
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(_CHARTS).on_conflict_do_nothing(index_elements=["tenant", "facility_id", "encounter_id"])
    rows = [_chart_values(tenant, arrival.chart, arrival.digest) for arrival in arrivals]
    await session.execute(statement, rows)
    ours = select(ChartRow.id).where(ChartRow.tenant == tenant, ChartRow.id.in_([row["id"] for row in rows]))
    added = set((await session.execute(ours)).scalars())
    new = [arrival for arrival in arrivals if arrival.chart.id in added]
    if new:
        await session.execute(insert(_CONTENTS), [_content_values(tenant, arrival) for arrival in new])
        await _add_documents(session, tenant, {arrival.chart.id: arrival.encounter for arrival in new})
    return added


async def known_charts(
    session: AsyncSession, tenant: str, encounters: Iterable[tuple[str, str]]
) -> Mapping[tuple[str, str], tuple[Chart, str]]:
    """Charts and content digests by facility and encounter id."""
    named = tuple_(ChartRow.facility_id, ChartRow.encounter_id).in_(list(encounters))
    rows = await session.execute(
        select(ChartRow.state, ChartRow.content_digest).where(ChartRow.tenant == tenant, named)
    )
    charts = [(Chart.model_validate_json(state), digest) for state, digest in rows]
    return {(chart.facility_id, chart.encounter_id): (chart, digest) for chart, digest in charts}


async def get_chart(session: AsyncSession, tenant: str, chart_id: str, *, to_change: bool = False) -> Chart:
    """Raises ChartNotFound. With `to_change` nobody else can change it until the transaction ends."""
    query = select(ChartRow.state).where(ChartRow.tenant == tenant, ChartRow.id == chart_id)
    state = (await session.execute(query.with_for_update() if to_change else query)).scalar_one_or_none()
    if state is None:
        raise ChartNotFound("there is no chart with this id")
    return Chart.model_validate_json(state)


async def chart_of_claim(session: AsyncSession, tenant: str, claim_id: ClaimId) -> Chart | None:
    query = select(ChartRow.state).where(ChartRow.tenant == tenant, ChartRow.claim_id == claim_id).with_for_update()
    state = (await session.execute(query)).scalar_one_or_none()
    return None if state is None else Chart.model_validate_json(state)


async def save_chart(session: AsyncSession, tenant: str, chart: Chart, *, digest: str | None = None) -> None:
    """Write a chart over the version before it. Raises StaleVersion where that is not what stands there."""
    values = _chart_values(tenant, chart, digest or "")
    if digest is None:
        del values["content_digest"]
    statement = (
        update(ChartRow)
        .where(ChartRow.tenant == tenant, ChartRow.id == chart.id, ChartRow.version == chart.version - 1)
        .values(values)
    )
    if (await session.execute(statement)).rowcount != 1:  # type: ignore[attr-defined]  # an update has a row count
        raise StaleVersion("the chart has changed since it was read")


async def get_content(session: AsyncSession, tenant: str, chart_id: str) -> ChartContent:
    """Raises ChartNotFound."""
    contents = await contents_by_chart(session, tenant, [chart_id])
    if chart_id not in contents:
        raise ChartNotFound("there is no chart with this id")
    return contents[chart_id]


async def contents_by_chart(session: AsyncSession, tenant: str, chart_ids: Sequence[str]) -> dict[str, ChartContent]:
    """The contents of several charts by their ids."""
    query = select(ContentRow.chart_id, ContentRow.encounter, ContentRow.codes, ContentRow.warnings)
    rows = await session.execute(query.where(ContentRow.tenant == tenant, ContentRow.chart_id.in_(chart_ids)))
    return {
        chart_id: ChartContent(
            Encounter.model_validate_json(encounter, context=AS_RECEIVED),
            ChartCodes.model_validate_json(codes, context=AS_RECEIVED),
            _WARNINGS.validate_json(warnings),
        )
        for chart_id, encounter, codes, warnings in rows
    }


async def save_codes(session: AsyncSession, tenant: str, chart_id: str, codes: ChartCodes) -> None:
    await _update_content(session, tenant, chart_id, codes=codes.model_dump_json(exclude_defaults=True))


async def save_encounter(
    session: AsyncSession, tenant: str, chart_id: str, encounter: Encounter, warnings: Sequence[Problem]
) -> None:
    """The encounter without its documents, which stay as they are."""
    await _update_content(
        session, tenant, chart_id, encounter=canonical_json(encounter), warnings=_warnings_json(warnings)
    )


async def replace_documents(session: AsyncSession, tenant: str, chart_id: str, encounter: Encounter) -> None:
    stale = delete(DocumentRow).where(DocumentRow.tenant == tenant, DocumentRow.chart_id == chart_id)
    await session.execute(stale)
    await _add_documents(session, tenant, {chart_id: encounter})


async def list_charts(
    session: AsyncSession, tenant: str, wanted: QueueFilter, *, after: Position | None, limit: int
) -> list[Chart]:
    """Charts in the order of the queue: longest discharged first, then the dearer one."""
    query = _filtered(tenant, wanted)
    if after is not None:
        day, cents, chart_id = after
        same_value = and_(ChartRow.value_cents == cents, ChartRow.id > chart_id)
        same_day = and_(ChartRow.service_date == day, or_(ChartRow.value_cents < cents, same_value))
        query = query.where(or_(ChartRow.service_date > day, same_day))
    states = (await session.execute(query.limit(limit))).scalars()
    return [Chart.model_validate_json(state) for state in states]


async def next_chart(session: AsyncSession, tenant: str, wanted: QueueFilter) -> Chart | None:
    """The first waiting chart that nobody owns and nobody is just taking; it is locked until the transaction ends."""
    waiting = _filtered(tenant, wanted).where(ChartRow.owner.is_(None), ChartRow.status.in_(OPEN))
    state = (await session.execute(waiting.limit(1).with_for_update(skip_locked=True))).scalar_one_or_none()
    return None if state is None else Chart.model_validate_json(state)


async def list_documents(session: AsyncSession, tenant: str, chart_id: str) -> list[DocumentSummary]:
    query = select(DocumentRow.head, DocumentRow.characters)
    of_chart = query.where(DocumentRow.tenant == tenant, DocumentRow.chart_id == chart_id)
    found = await session.execute(of_chart.order_by(DocumentRow.position))
    return [DocumentSummary.model_validate_json(_with(head, characters=characters)) for head, characters in found]


async def get_document(session: AsyncSession, tenant: str, chart_id: str, document_id: str) -> Document:
    """Raises DocumentNotFound."""
    query = select(DocumentRow.head, DocumentRow.text).where(
        DocumentRow.tenant == tenant, DocumentRow.chart_id == chart_id, DocumentRow.document_id == document_id
    )
    found = (await session.execute(query.order_by(DocumentRow.position).limit(1))).one_or_none()
    if found is None:
        raise DocumentNotFound("the chart has no document with this id")
    return Document.model_validate_json(_with(found[0], text=found[1]))


async def get_facility(session: AsyncSession, tenant: str, facility_id: str) -> FacilityProfile:
    """Raises FacilityNotFound."""
    profiles = await facilities_by_name(session, tenant, [facility_id])
    if facility_id not in profiles:
        raise FacilityNotFound("there is no profile of this facility")
    return profiles[facility_id]


async def facilities_by_name(session: AsyncSession, tenant: str, names: Iterable[str]) -> dict[str, FacilityProfile]:
    query = select(FacilityRow.facility_id, FacilityRow.profile)
    rows = await session.execute(query.where(FacilityRow.tenant == tenant, FacilityRow.facility_id.in_(list(names))))
    return {name: FacilityProfile.model_validate_json(profile, context=AS_RECEIVED) for name, profile in rows}


async def save_facility(session: AsyncSession, tenant: str, profile: FacilityProfile) -> FacilityProfile:
    """Write over what the facility said before; answers the profile with its new version."""
    query = select(FacilityRow).where(FacilityRow.tenant == tenant, FacilityRow.facility_id == profile.id)
    row = (await session.execute(query.with_for_update())).scalar_one_or_none()
    saved = profile.model_copy(update={"version": row.version + 1 if row else 1})
    if row is None:
        row = FacilityRow(tenant=tenant, facility_id=profile.id)
        session.add(row)
    row.version, row.profile = saved.version, saved.model_dump_json(exclude_defaults=True, exclude={"version"})
    return saved


def _filtered(tenant: str, wanted: QueueFilter) -> Select[str]:
    query = select(ChartRow.state).where(ChartRow.tenant == tenant)
    if wanted.statuses:
        query = query.where(ChartRow.status.in_(wanted.statuses))
    if wanted.work_types:
        query = query.where(ChartRow.work_type.in_(wanted.work_types))
    if wanted.facility_id is not None:
        query = query.where(ChartRow.facility_id == wanted.facility_id)
    if wanted.owner is not None:
        query = query.where(ChartRow.owner == wanted.owner)
    return query.order_by(ChartRow.service_date, ChartRow.value_cents.desc(), ChartRow.id)


def _with(head: str, **members: Any) -> bytes:
    return orjson.dumps(orjson.loads(head) | members)


def _cents(value: Decimal) -> int:
    return int(value * 100)


def _chart_values(tenant: str, chart: Chart, digest: str) -> dict[str, Any]:
    return {
        "tenant": tenant,
        "id": chart.id,
        "claim_id": str(chart.claim_id),
        "facility_id": chart.facility_id,
        "encounter_id": chart.encounter_id,
        "work_type": chart.work_type,
        "status": chart.status,
        "version": chart.version,
        "revision": chart.revision,
        "owner": chart.owner,
        "service_date": chart.service_date,
        "value_cents": _cents(chart.value),
        "received_at": chart.received_at,
        "content_digest": digest,
        "state": chart.model_dump_json(exclude_defaults=True),
    }


def _content_values(tenant: str, arrival: Arrival) -> dict[str, Any]:
    return {
        "tenant": tenant,
        "chart_id": arrival.chart.id,
        "encounter": arrival.encounter_json,
        "warnings": _warnings_json(arrival.warnings),
        "codes": "{}",
    }


def _warnings_json(warnings: Sequence[Problem]) -> str:
    return _WARNINGS.dump_json(tuple(warnings)).decode()


async def _update_content(session: AsyncSession, tenant: str, chart_id: str, **values: str) -> None:
    where = (ContentRow.tenant == tenant, ContentRow.chart_id == chart_id)
    await session.execute(update(ContentRow).where(*where).values(values))


async def _add_documents(session: AsyncSession, tenant: str, encounters: Mapping[str, Encounter]) -> None:
    rows = [
        _document_values(tenant, chart_id, position, document)
        for chart_id, encounter in encounters.items()
        for position, document in enumerate(encounter.documents)
    ]
    if rows:
        await session.execute(insert(_DOCUMENTS), rows)


def _document_values(tenant: str, chart_id: str, position: int, document: Document) -> dict[str, Any]:
    return {
        "tenant": tenant,
        "chart_id": chart_id,
        "position": position,
        "document_id": document.id,
        "characters": len(document.text),
        "head": document_head(document),
        "text": document.text,
    }
