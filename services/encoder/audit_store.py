"""The tables of audits and of the coders' acts, and what is asked of them. Every query is bound to one tenant."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Index, Text, and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from services.encoder.domain.audits.cases import CONCLUDED, Audit, AuditCase, CaseStatus
from services.encoder.domain.audits.plans import FinishedChart
from services.encoder.domain.audits.productivity import Act, ActKind
from services.encoder.domain.charts import Chart
from services.encoder.domain.queue.touchless import TOUCHLESS
from services.encoder.errors import AuditCaseNotFound, AuditNotFound
from services.encoder.rows import Base
from services.encoder.store import ChartRow
from shared.claims import AS_RECEIVED
from shared.db import UnitOfWork, UtcDateTime, new_id
from shared.errors import StaleVersion


class ActRow(Base):
    """What a coder did with a chart. Never changed, never removed."""

    __tablename__ = "coder_acts"
    __table_args__ = (
        Index("coder_acts_time", "tenant", "at"),
        Index("coder_acts_kind", "tenant", "kind", "coder", "at"),
    )

    tenant: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    coder: Mapped[str]
    chart_id: Mapped[str]
    claim_id: Mapped[str]
    work_type: Mapped[str]
    facility_id: Mapped[str]
    kind: Mapped[str]
    revision: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class AuditRow(Base):
    __tablename__ = "audits"

    tenant: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(Text)
    """The audit in JSON."""


class AuditCaseRow(Base):
    __tablename__ = "audit_cases"
    __table_args__ = (
        Index("audit_cases_audit", "tenant", "audit_id", "status", "id"),
        Index("audit_cases_time", "tenant", "finalized_at"),
        Index("audit_cases_chart", "tenant", "chart_id"),
    )

    tenant: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    audit_id: Mapped[str]
    chart_id: Mapped[str]
    coder: Mapped[str]
    auditor: Mapped[str | None]
    status: Mapped[str]
    version: Mapped[int]
    finalized_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(Text)
    """The case in JSON; the columns beside it are what is searched by."""


@dataclass(frozen=True)
class Period:
    """Days in UTC, both included, and whose."""

    first: date
    last: date
    coder: str | None = None

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.first, time(), UTC)

    @property
    def ends(self) -> datetime:
        return datetime.combine(self.last + timedelta(days=1), time(), UTC)


async def note_act(uow: UnitOfWork, chart: Chart, kind: ActKind, coder: str | None = None) -> None:
    """Keep what a coder, by default the actor of the unit of work, did with a chart."""
    values = {
        "tenant": uow.context.tenant,
        "id": new_id(),
        "coder": coder or uow.context.actor,
        "chart_id": chart.id,
        "claim_id": str(chart.claim_id),
        "work_type": chart.work_type,
        "facility_id": chart.facility_id,
        "kind": kind,
        "revision": chart.revision,
        "at": uow.context.at,
    }
    await uow.session.execute(insert(ActRow), [values])


async def acts(session: AsyncSession, tenant: str, period: Period) -> list[Act]:
    query = select(ActRow).where(ActRow.tenant == tenant, ActRow.at >= period.begins, ActRow.at < period.ends)
    if period.coder is not None:
        query = query.where(ActRow.coder == period.coder)
    rows = (await session.execute(query.order_by(ActRow.coder, ActRow.at, ActRow.id))).scalars()
    return [
        Act.model_validate(
            {
                "coder": row.coder,
                "chart_id": row.chart_id,
                "work_type": row.work_type,
                "facility_id": row.facility_id,
                "kind": ActKind(row.kind),
                "at": row.at,
            }
        )
        for row in rows
    ]


async def finished_charts(session: AsyncSession, tenant: str, period: Period) -> list[FinishedChart]:
    """The charts that were finalized in a period, each as it was finalized last."""
    chart = and_(ChartRow.tenant == ActRow.tenant, ChartRow.id == ActRow.chart_id)
    query = (
        select(ActRow, ChartRow.touchless)
        .outerjoin(ChartRow, chart)
        .where(
            ActRow.tenant == tenant,
            ActRow.kind == ActKind.FINALIZED,
            ActRow.at >= period.begins,
            ActRow.at < period.ends,
        )
    )
    rows = await session.execute(query.order_by(ActRow.at, ActRow.id))
    return list({row.chart_id: _finished(row, outcome) for row, outcome in rows}.values())


def _finished(row: ActRow, outcome: str | None) -> FinishedChart:
    touchless = row.coder == TOUCHLESS
    return FinishedChart.model_validate(
        {
            "chart_id": row.chart_id,
            "claim_id": row.claim_id,
            "coder": row.coder,
            "work_type": row.work_type,
            "facility_id": row.facility_id,
            "revision": row.revision,
            "finalized_at": row.at,
            "touchless": touchless,
            "drawn": touchless and outcome == "audited",
        },
        context=AS_RECEIVED,
    )


async def first_days(session: AsyncSession, tenant: str) -> dict[str, date]:
    """When each coder first finalized a chart."""
    query = (
        select(ActRow.coder, func.min(ActRow.at))
        .where(ActRow.tenant == tenant, ActRow.kind == ActKind.FINALIZED)
        .group_by(ActRow.coder)
    )
    return {coder: first.date() for coder, first in await session.execute(query)}


async def audited_before(session: AsyncSession, tenant: str, chart_ids: Collection[str]) -> set[str]:
    """Those of the charts that an audit drew already."""
    query = select(AuditCaseRow.chart_id).where(
        AuditCaseRow.tenant == tenant, AuditCaseRow.chart_id.in_(list(chart_ids))
    )
    return set((await session.execute(query)).scalars())


async def add_audit(session: AsyncSession, tenant: str, audit: Audit, cases: Sequence[AuditCase]) -> None:
    row = {"tenant": tenant, "id": audit.id, "state": audit.model_dump_json(exclude_defaults=True)}
    await session.execute(insert(AuditRow), [row])
    if cases:
        await session.execute(insert(AuditCaseRow), [_case_values(tenant, case) for case in cases])


async def get_audit(session: AsyncSession, tenant: str, audit_id: str) -> Audit:
    """Raises AuditNotFound."""
    query = select(AuditRow.state).where(AuditRow.tenant == tenant, AuditRow.id == audit_id)
    state = (await session.execute(query)).scalar_one_or_none()
    if state is None:
        raise AuditNotFound("there is no audit with this id")
    return Audit.model_validate_json(state)


async def list_audits(session: AsyncSession, tenant: str, *, before: str | None, limit: int) -> list[Audit]:
    """The latest first; ids are in the order of time."""
    query = select(AuditRow.state).where(AuditRow.tenant == tenant)
    if before is not None:
        query = query.where(AuditRow.id < before)
    states = (await session.execute(query.order_by(AuditRow.id.desc()).limit(limit))).scalars()
    return [Audit.model_validate_json(state) for state in states]


async def list_cases(
    session: AsyncSession,
    tenant: str,
    *,
    audit_id: str | None = None,
    coder: str | None = None,
    statuses: Sequence[CaseStatus] = (),
    after: str | None = None,
    limit: int,
) -> list[AuditCase]:
    query = select(AuditCaseRow.state).where(AuditCaseRow.tenant == tenant)
    if audit_id is not None:
        query = query.where(AuditCaseRow.audit_id == audit_id)
    if coder is not None:
        query = query.where(AuditCaseRow.coder == coder)
    if statuses:
        query = query.where(AuditCaseRow.status.in_(statuses))
    if after is not None:
        query = query.where(AuditCaseRow.id > after)
    states = (await session.execute(query.order_by(AuditCaseRow.id).limit(limit))).scalars()
    return [_case(state) for state in states]


async def concluded_cases(session: AsyncSession, tenant: str, period: Period) -> list[AuditCase]:
    """The cases that count, of charts that were finalized in a period."""
    query = select(AuditCaseRow.state).where(
        AuditCaseRow.tenant == tenant,
        AuditCaseRow.status.in_(CONCLUDED),
        AuditCaseRow.finalized_at >= period.begins,
        AuditCaseRow.finalized_at < period.ends,
    )
    if period.coder is not None:
        query = query.where(AuditCaseRow.coder == period.coder)
    return [_case(state) for state in (await session.execute(query.order_by(AuditCaseRow.id))).scalars()]


async def get_case(session: AsyncSession, tenant: str, case_id: str, *, to_change: bool = False) -> AuditCase:
    """Raises AuditCaseNotFound."""
    query = select(AuditCaseRow.state).where(AuditCaseRow.tenant == tenant, AuditCaseRow.id == case_id)
    state = (await session.execute(query.with_for_update() if to_change else query)).scalar_one_or_none()
    if state is None:
        raise AuditCaseNotFound("there is no case with this id")
    return _case(state)


async def next_case(session: AsyncSession, tenant: str, audit_id: str, auditor: str) -> AuditCase | None:
    """The first case of an audit that nobody has and that is not of the auditor's own coding; it is locked."""
    query = select(AuditCaseRow.state).where(
        AuditCaseRow.tenant == tenant,
        AuditCaseRow.audit_id == audit_id,
        AuditCaseRow.status == "drawn",
        AuditCaseRow.coder != auditor,
    )
    first = query.order_by(AuditCaseRow.id).limit(1).with_for_update(skip_locked=True)
    state = (await session.execute(first)).scalar_one_or_none()
    return None if state is None else _case(state)


async def save_case(session: AsyncSession, tenant: str, case: AuditCase) -> None:
    """Write a case over the version before it. Raises StaleVersion where that is not what stands there."""
    statement = (
        update(AuditCaseRow)
        .where(AuditCaseRow.tenant == tenant, AuditCaseRow.id == case.id, AuditCaseRow.version == case.version - 1)
        .values(_case_values(tenant, case))
    )
    if (await session.execute(statement)).rowcount != 1:  # type: ignore[attr-defined]  # an update has a row count
        raise StaleVersion("the case has changed since it was read")


def _case(state: str) -> AuditCase:
    return AuditCase.model_validate_json(state, context=AS_RECEIVED)


def _case_values(tenant: str, case: AuditCase) -> dict[str, object]:
    return {
        "tenant": tenant,
        "id": case.id,
        "audit_id": case.audit_id,
        "chart_id": case.drawn.chart.chart_id,
        "coder": case.coder,
        "auditor": case.auditor,
        "status": case.status,
        "version": case.version,
        "finalized_at": case.drawn.chart.finalized_at,
        "state": case.model_dump_json(exclude_defaults=True),
    }
