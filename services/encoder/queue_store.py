"""The queue's tables and what is asked of charts that wait. Every query but those of jobs is bound to one tenant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Select, Text, and_, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from services.encoder.domain.charts import OPEN, Chart
from services.encoder.domain.queue.rules import CoderProfile, QueueRules, TouchlessPolicy, no_rules
from services.encoder.domain.queue.summary import Tally, bucket_days
from services.encoder.errors import CoderNotFound
from services.encoder.rows import Base
from services.encoder.store import ChartRow, cents, rank_in_queue


class RulesRow(Base):
    """Every edition of a tenant's rules, kept."""

    __tablename__ = "queue_rules"

    tenant: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    effective: Mapped[date] = mapped_column(Date)
    rules: Mapped[str] = mapped_column(Text)


class CoderRow(Base):
    """What each coder may take."""

    __tablename__ = "coder_profiles"

    tenant: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    profile: Mapped[str] = mapped_column(Text)


class TouchlessRow(Base):
    """Each tenant's word on the touchless path."""

    __tablename__ = "touchless_policies"

    tenant: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    enabled: Mapped[bool]
    policy: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True)
class QueueFilter:
    """Which charts to look at; None or empty asks for all."""

    statuses: tuple[str, ...] = ()
    work_types: tuple[str, ...] = ()
    facility_id: str | None = None
    owner: str | None = None
    queues: tuple[str, ...] = ()
    hold: str | None = None
    touchless: str | None = None


Position = tuple[int, int, str]
"""Where a page ended: rank in the queue, value in cents, chart id."""


def position_of(chart: Chart) -> Position:
    return rank_in_queue(chart), cents(chart.value), chart.id


async def list_charts(
    session: AsyncSession, tenant: str, wanted: QueueFilter, *, after: Position | None, limit: int
) -> list[Chart]:
    """Charts in the order of the queue: by rank, then the dearer one."""
    query = _filtered(tenant, wanted)
    if after is not None:
        rank, value, chart_id = after
        same_value = and_(ChartRow.value_cents == value, ChartRow.id > chart_id)
        same_rank = and_(ChartRow.rank == rank, or_(ChartRow.value_cents < value, same_value))
        query = query.where(or_(ChartRow.rank > rank, same_rank))
    return await _charts(session, query.limit(limit))


async def next_chart(
    session: AsyncSession, tenant: str, wanted: QueueFilter, coder: CoderProfile | None, at: datetime
) -> Chart | None:
    """The first waiting chart that the coder may take: that nobody has, or only by a lease that has ended.

    It is locked until the transaction ends; one that somebody is just taking is passed over.
    """
    free = or_(ChartRow.owner.is_(None), ChartRow.lease_expires_at <= at)
    unheld = or_(ChartRow.held_until.is_(None), ChartRow.held_until <= at)
    waiting = _filtered(tenant, wanted).where(free, unheld, ChartRow.status.in_(OPEN), *_fit_for(coder))
    state = (await session.execute(waiting.limit(1).with_for_update(skip_locked=True))).scalar_one_or_none()
    return None if state is None else Chart.model_validate_json(state)


async def save_lease(session: AsyncSession, tenant: str, chart: Chart) -> None:
    """Write a chart's lease or placement: the version stays, for nothing that a coder sees has changed."""
    values: dict[str, Any] = {
        "state": chart.model_dump_json(exclude_defaults=True),
        "lease_expires_at": chart.lease_expires_at,
        "rank": rank_in_queue(chart),
    }
    if (place := chart.placement) is not None:
        values |= place.model_dump(include={"queue", "credential", "trainees", "rules_version", "placed_on"})
    await session.execute(update(ChartRow).where(ChartRow.tenant == tenant, ChartRow.id == chart.id).values(values))


async def save_mark(session: AsyncSession, tenant: str, chart: Chart) -> None:
    """Write what the touchless path made of a chart: no new version, for the chart is as it was."""
    values = {"state": chart.model_dump_json(exclude_defaults=True), "touchless": chart.touchless}
    await session.execute(update(ChartRow).where(ChartRow.tenant == tenant, ChartRow.id == chart.id).values(values))


async def lapsed_charts(session: AsyncSession, at: datetime, limit: int) -> list[tuple[str, str]]:
    """Tenants and ids of charts whose lease has ended or that wait under a hold whose time is over. For the job."""
    lapsed = or_(ChartRow.lease_expires_at <= at, ChartRow.held_until <= at)
    return await _keys(session, select(ChartRow.tenant, ChartRow.id).where(lapsed).limit(limit))


async def misplaced_charts(session: AsyncSession, tenant: str, rules: QueueRules, day: date, limit: int) -> list[Chart]:
    """Open charts that other rules have placed, or where rules go by age, that were placed on an earlier day; locked.

    Those that somebody is just changing are passed over: they come the next time.
    """
    stale = ChartRow.rules_version != rules.version
    if rules.go_by_age:
        stale = or_(stale, ChartRow.placed_on < day)
    query = select(ChartRow.state).where(ChartRow.tenant == tenant, ChartRow.status.in_(OPEN), stale)
    return await _charts(session, query.limit(limit).with_for_update(skip_locked=True))


async def tally_open_charts(session: AsyncSession, tenant: str, at: datetime) -> list[Tally]:
    """Open charts counted by queue, age, holds and whether somebody has them."""
    days = bucket_days(at.date())
    oldest_first = [(ChartRow.service_date <= day, place) for place, day in reversed(list(enumerate(days)))]
    bucket = case((ChartRow.discharged.is_(False), -1), *oldest_first, else_=0)
    standing = case((ChartRow.held_until > at, ChartRow.hold_reasons), else_="")
    owned = and_(ChartRow.owner.is_not(None), or_(ChartRow.lease_expires_at.is_(None), ChartRow.lease_expires_at > at))
    alike = select(ChartRow.queue, bucket.label("bucket"), standing.label("held"), owned.label("owned"))
    parts = alike.add_columns(ChartRow.value_cents).where(ChartRow.tenant == tenant, ChartRow.status.in_(OPEN))
    charts = parts.subquery()
    grouped = (charts.c.queue, charts.c.bucket, charts.c.held, charts.c.owned)
    counted = select(*grouped, func.count(), func.sum(charts.c.value_cents)).group_by(*grouped)
    return [
        Tally(queue, bucket, held, bool(owned), count, int(total))
        for queue, bucket, held, owned, count, total in await session.execute(counted)
    ]


async def tenants(session: AsyncSession) -> Sequence[str]:
    """All that have charts. For jobs."""
    return (await session.scalars(select(ChartRow.tenant).distinct())).all()


# -- what tenants say -------------------------------------------------------------------------------------------------


async def rules_on(session: AsyncSession, tenant: str, day: date) -> QueueRules:
    """The last edition that has taken effect by `day`; without one, no rules."""
    editions = select(RulesRow.rules).where(RulesRow.tenant == tenant, RulesRow.effective <= day)
    text = (await session.execute(editions.order_by(RulesRow.version.desc()).limit(1))).scalar_one_or_none()
    return no_rules() if text is None else QueueRules.model_validate_json(text)


async def add_rules(session: AsyncSession, tenant: str, rules: QueueRules) -> QueueRules:
    """Keep an edition beside those before; answers it with its version."""
    latest = select(func.max(RulesRow.version)).where(RulesRow.tenant == tenant)
    version = ((await session.execute(latest)).scalar_one_or_none() or 0) + 1
    saved = rules.model_copy(update={"version": version})
    session.add(RulesRow(tenant=tenant, version=version, effective=rules.effective, rules=saved.model_dump_json()))
    return saved


async def list_rules(session: AsyncSession, tenant: str) -> list[QueueRules]:
    """Every edition, the newest first."""
    editions = select(RulesRow.rules).where(RulesRow.tenant == tenant).order_by(RulesRow.version.desc()).limit(200)
    return [QueueRules.model_validate_json(text) for text in (await session.execute(editions)).scalars()]


async def find_coder(session: AsyncSession, tenant: str, subject: str) -> CoderProfile | None:
    row = await session.get(CoderRow, (tenant, subject))
    return None if row is None else CoderProfile.model_validate_json(row.profile)


async def get_coder(session: AsyncSession, tenant: str, subject: str) -> CoderProfile:
    """Raises CoderNotFound."""
    found = await find_coder(session, tenant, subject)
    if found is None:
        raise CoderNotFound("there is no profile of this coder")
    return found


async def save_coder(session: AsyncSession, tenant: str, profile: CoderProfile) -> CoderProfile:
    """Write over what was said of the coder before; answers the profile with its new version."""
    row = await session.get(CoderRow, (tenant, profile.subject), with_for_update=True)
    saved = profile.model_copy(update={"version": row.version + 1 if row else 1})
    if row is None:
        row = CoderRow(tenant=tenant, subject=profile.subject)
        session.add(row)
    row.version, row.profile = saved.version, saved.model_dump_json()
    return saved


async def touchless_policy(session: AsyncSession, tenant: str) -> TouchlessPolicy:
    """What the tenant says; off where it says nothing."""
    row = await session.get(TouchlessRow, tenant)
    return TouchlessPolicy() if row is None else TouchlessPolicy.model_validate_json(row.policy)


async def save_touchless(session: AsyncSession, tenant: str, policy: TouchlessPolicy) -> TouchlessPolicy:
    row = await session.get(TouchlessRow, tenant, with_for_update=True)
    saved = policy.model_copy(update={"version": row.version + 1 if row else 1})
    if row is None:
        row = TouchlessRow(tenant=tenant)
        session.add(row)
    row.version, row.enabled, row.policy = saved.version, saved.enabled, saved.model_dump_json()
    return saved


async def touchless_tenants(session: AsyncSession) -> Sequence[str]:
    """Those that have turned the touchless path on. For the job."""
    return (await session.scalars(select(TouchlessRow.tenant).where(TouchlessRow.enabled))).all()


async def touchless_candidates(
    session: AsyncSession, tenant: str, work_types: Sequence[str], limit: int
) -> list[Chart]:
    """Charts of discharged patients that nobody has touched and the touchless path has not seen."""
    untouched = (ChartRow.status == "received", ChartRow.owner.is_(None), ChartRow.held_until.is_(None))
    unseen = (ChartRow.touchless.is_(None), ChartRow.discharged, ChartRow.work_type.in_(work_types))
    query = select(ChartRow.state).where(ChartRow.tenant == tenant, *untouched, *unseen)
    return await _charts(session, query.order_by(ChartRow.rank, ChartRow.id).limit(limit))


# -- shared steps -----------------------------------------------------------------------------------------------------


def _fit_for(coder: CoderProfile | None) -> list[Any]:
    """What `may_take` asks, and what the profile limits the coder to."""
    if coder is None:
        return [ChartRow.credential.is_(None)]
    fit: list[Any] = [or_(ChartRow.credential.is_(None), ChartRow.credential.in_(coder.credentials))]
    limits: tuple[tuple[Any, Sequence[str]], ...] = (
        (ChartRow.work_type, coder.work_types),
        (ChartRow.specialty, [name.lower() for name in coder.specialties]),
        (ChartRow.facility_id, coder.facilities),
        (ChartRow.queue, coder.queues),
    )
    fit += [column.in_(allowed) for column, allowed in limits if allowed]
    return [*fit, ChartRow.trainees] if coder.trainee else fit


def _filtered(tenant: str, wanted: QueueFilter) -> Select[str]:
    query = select(ChartRow.state).where(ChartRow.tenant == tenant)
    several: tuple[tuple[Any, Sequence[str]], ...] = (
        (ChartRow.status, wanted.statuses),
        (ChartRow.work_type, wanted.work_types),
        (ChartRow.queue, wanted.queues),
    )
    query = query.where(*(column.in_(values) for column, values in several if values))
    if wanted.facility_id is not None:
        query = query.where(ChartRow.facility_id == wanted.facility_id)
    if wanted.owner is not None:
        query = query.where(ChartRow.owner == wanted.owner)
    if wanted.touchless is not None:
        query = query.where(ChartRow.touchless == wanted.touchless)
    if wanted.hold is not None:
        query = query.where(("," + ChartRow.hold_reasons + ",").contains(f",{wanted.hold},", autoescape=True))
    return query.order_by(ChartRow.rank, ChartRow.value_cents.desc(), ChartRow.id)


async def _charts(session: AsyncSession, query: Select[Any]) -> list[Chart]:
    return [Chart.model_validate_json(state) for state in (await session.execute(query)).scalars()]


async def _keys(session: AsyncSession, query: Select[str, str]) -> list[tuple[str, str]]:
    return [(tenant, chart_id) for tenant, chart_id in await session.execute(query)]
