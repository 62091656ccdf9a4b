"""The encoder's tables and what is asked of them. Every query is bound to one tenant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, cast

from pydantic import TypeAdapter
from sqlalchemy import (
    BigInteger,
    Date,
    Index,
    Table,
    Text,
    UniqueConstraint,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from services.encoder.document_store import add_documents
from services.encoder.domain.charts import Chart
from services.encoder.domain.coding import ChartCodes
from services.encoder.domain.facilities import FacilityProfile
from services.encoder.domain.intake import canonical_json
from services.encoder.domain.problems import Problem
from services.encoder.domain.queue.priority import rank_of
from services.encoder.errors import ChartNotFound, FacilityNotFound
from services.encoder.rows import Base
from shared.claims import AS_RECEIVED, ClaimId, Encounter
from shared.db import UtcDateTime
from shared.errors import StaleVersion

_FOR_EVER = datetime.max.replace(tzinfo=UTC)
_WARNINGS: TypeAdapter[tuple[Problem, ...]] = TypeAdapter(tuple[Problem, ...])


class ChartRow(Base):
    """Where each chart stands: small, for it changes often."""

    __tablename__ = "charts"
    __table_args__ = (
        UniqueConstraint("tenant", "facility_id", "encounter_id", name="charts_encounter"),
        UniqueConstraint("tenant", "claim_id", name="charts_claim"),
        Index("charts_queue", "tenant", "status", "rank", "value_cents", "id"),
        Index("charts_owner", "tenant", "owner"),
        Index("charts_lease", "lease_expires_at"),
        Index("charts_hold", "held_until"),
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
    discharged: Mapped[bool]
    specialty: Mapped[str | None]
    """In lower case."""
    queue: Mapped[str]
    credential: Mapped[str | None]
    trainees: Mapped[bool]
    rank: Mapped[int] = mapped_column(BigInteger)
    rules_version: Mapped[int]
    placed_on: Mapped[date | None] = mapped_column(Date)
    lease_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The end of its last hold; the last of days where one has no end."""
    hold_reasons: Mapped[str]
    """Sorted and joined by commas, so that they can be counted together."""
    touchless: Mapped[str | None]
    content_digest: Mapped[str]
    """Of the encounter as received, documents included: tells a repetition from a change."""
    state: Mapped[str] = mapped_column(Text)
    """The chart itself in JSON; the columns beside it are what is searched by."""


class ContentRow(Base):
    """What a chart is about: written once, read when it is opened."""

    __tablename__ = "chart_contents"
    __table_args__ = (Index("chart_contents_patient", "tenant", "medical_record_number"),)

    tenant: Mapped[str] = mapped_column(primary_key=True)
    chart_id: Mapped[str] = mapped_column(primary_key=True)
    encounter: Mapped[str] = mapped_column(Text)
    """Canonical JSON without documents."""
    warnings: Mapped[str] = mapped_column(Text)
    codes: Mapped[str] = mapped_column(Text, default="{}")
    medical_record_number: Mapped[str | None]
    """By which a merge of patients finds the charts of both."""


class FacilityRow(Base):
    """What each facility said of itself."""

    __tablename__ = "facility_profiles"

    tenant: Mapped[str] = mapped_column(primary_key=True)
    facility_id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    profile: Mapped[str] = mapped_column(Text)


# Bulk intake speaks to the tables themselves: the statement is compiled once and no row object is made.
_CHARTS, _CONTENTS = (cast(Table, row.__table__) for row in (ChartRow, ContentRow))


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
        await add_documents(session, tenant, {arrival.chart.id: arrival.encounter for arrival in new})
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
        session,
        tenant,
        chart_id,
        encounter=canonical_json(encounter),
        warnings=_warnings_json(warnings),
        medical_record_number=encounter.patient.medical_record_number,
    )


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


def rank_in_queue(chart: Chart) -> int:
    """By its placement; before the rules have placed it, by its day alone."""
    return chart.placement.rank if chart.placement else rank_of(chart.service_date, Decimal(0), 1)


def cents(value: Decimal) -> int:
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
        "value_cents": cents(chart.value),
        "received_at": chart.received_at,
        "discharged": chart.discharged,
        "specialty": chart.specialty.lower() if chart.specialty else None,
        "touchless": chart.touchless,
        **_placement_values(chart),
        "content_digest": digest,
        "state": chart.model_dump_json(exclude_defaults=True),
    }


def _placement_values(chart: Chart) -> dict[str, Any]:
    place = chart.placement
    ends = [hold.until or _FOR_EVER for hold in chart.holds]
    return {
        "queue": place.queue if place else "general",
        "credential": place.credential if place else None,
        "trainees": place.trainees if place else True,
        "rank": rank_in_queue(chart),
        "rules_version": place.rules_version if place else -1,
        "placed_on": place.placed_on if place else None,
        "lease_expires_at": chart.lease_expires_at,
        "held_until": max(ends, default=None),
        "hold_reasons": ",".join(sorted(hold.reason for hold in chart.holds)),
    }


def _content_values(tenant: str, arrival: Arrival) -> dict[str, Any]:
    return {
        "tenant": tenant,
        "chart_id": arrival.chart.id,
        "encounter": arrival.encounter_json,
        "warnings": _warnings_json(arrival.warnings),
        "codes": "{}",
        "medical_record_number": arrival.encounter.patient.medical_record_number,
    }


def _warnings_json(warnings: Sequence[Problem]) -> str:
    return _WARNINGS.dump_json(tuple(warnings)).decode()


async def _update_content(session: AsyncSession, tenant: str, chart_id: str, **values: str) -> None:
    where = (ContentRow.tenant == tenant, ContentRow.chart_id == chart_id)
    await session.execute(update(ContentRow).where(*where).values(values))
