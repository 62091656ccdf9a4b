"""What is kept of denials, and what is asked of their worklist. Every query but the upkeep's is bound to one tenant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Date, ForeignKeyConstraint, Index, Select, String, and_, func, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from services.submission.domain.denials.limits import Basis, is_unprocessable
from services.submission.leasing import Leased, has_lapsed, is_free
from services.submission.store import Base, ClaimRow
from shared.db import JsonDocument, MoneyColumn, ReadSession, UtcDateTime, WriteSession

DenialState = Literal["open", "closed"]
DenialOutcome = Literal["appealed", "resubmitted", "written_off", "patient_billed", "accepted", "superseded"]
"""accepted: what was paid is right. superseded: the payer has decided on the claim anew."""
DenialOrder = Literal["priority", "amount", "appeal"]


class DenialRow(Leased, Base):
    """What one adjudicated claim was refused."""

    __tablename__ = "denial"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "claim_id"], ["claim.tenant", "claim.id"]),
        ForeignKeyConstraint(["remitted_claim_id"], ["remitted_claim.id"]),
        Index("denial_by_state", "tenant", "state", "payer_id", "carc"),
        Index("denial_by_priority", "tenant", "state", "priority"),
        Index("denial_by_claim", "tenant", "claim_id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    tenant: Mapped[str]
    claim_id: Mapped[str] = mapped_column(String(36))
    remitted_claim_id: Mapped[str] = mapped_column(String(36))
    version: Mapped[int] = mapped_column()
    state: Mapped[DenialState] = mapped_column(String(10))
    payer_id: Mapped[str] = mapped_column(String(80))
    payer_name: Mapped[str] = mapped_column(String(60))
    category: Mapped[str] = mapped_column(String(20))
    """Of the reason that most of the money goes with, as `carc`."""
    carc: Mapped[str] = mapped_column(String(5))
    amount: Mapped[Decimal] = mapped_column(MoneyColumn)
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JsonDocument)
    underpayment: Mapped[dict[str, Any] | None] = mapped_column(JsonDocument)
    """`Underpayment`, where it is one: nothing is refused, and less was allowed than expected."""
    denied_on: Mapped[date] = mapped_column(Date)
    """The date of the payer's notice."""
    filing_indicator: Mapped[str] = mapped_column(String(2))
    """CLP06: the kind of plan that decided."""
    remarks: Mapped[list[str] | None] = mapped_column(JsonDocument)
    """RARC of the claim and all its lines."""
    appeal_deadline: Mapped[date | None] = mapped_column(Date)
    appeal_basis: Mapped[Basis] = mapped_column(String(10))
    appeal_source: Mapped[str | None] = mapped_column(String(200))
    filing_deadline: Mapped[date | None] = mapped_column(Date)
    filing_basis: Mapped[Basis] = mapped_column(String(10))
    filing_source: Mapped[str | None] = mapped_column(String(200))
    priority: Mapped[int]
    """Hundredths of a point, as they were on the day `ranked_on`."""
    ranked_on: Mapped[date] = mapped_column(Date)
    outcome: Mapped[DenialOutcome | None] = mapped_column(String(15))
    closing_reason: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def is_unprocessable(self) -> bool:
        """Whether the payer says that it has decided nothing."""
        return is_unprocessable(self.filing_indicator, self.denied_on, self.remarks or ())

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy reads it


@dataclass(frozen=True)
class DenialFilter:
    """Which denials are asked for; None takes any."""

    state: DenialState | None = "open"
    owner: str | None = None
    payer: str | None = None
    carc: str | None = None
    category: str | None = None
    claim: str | None = None


class Position(NamedTuple):
    """Where a denial stands: its points, cents or the day until which it can be appealed; and its id."""

    order: DenialOrder
    key: int
    id: str

    @classmethod
    def of(cls, row: DenialRow, order: DenialOrder) -> Position:
        keys = {"priority": row.priority, "amount": int(row.amount * 100), "appeal": _ordinal(row.appeal_deadline)}
        return cls(order, keys[order], row.id)


def _ordinal(day: date | None) -> int:
    return (day or date.max).toordinal()


class DenialGroup(NamedTuple):
    """Denials of one payer for one main reason."""

    payer_id: str
    payer_name: str
    carc: str
    category: str
    denials: int
    amount: Decimal
    next_appeal_deadline: date | None


async def denials(
    session: ReadSession, tenant: str, wanted: DenialFilter, *, order: DenialOrder, after: Position | None, limit: int
) -> Sequence[DenialRow]:
    """Denials, the most urgent, the most valuable, or those first whose time for an appeal ends first."""
    return (await session.scalars(_in_order(_wanted(tenant, wanted), order, after).limit(limit))).all()


async def next_denial(session: WriteSession, tenant: str, wanted: DenialFilter, at: datetime) -> DenialRow | None:
    """The most urgent one that nobody has, locked; one that somebody is just taking is passed over."""
    query = _in_order(_wanted(tenant, wanted).where(is_free(DenialRow, at)), "priority", None).limit(1)
    return (await session.scalars(query.with_for_update(skip_locked=True))).one_or_none()


async def groups(session: ReadSession, tenant: str, wanted: DenialFilter) -> Sequence[DenialGroup]:
    """Denials by payer and main reason, those with most money first."""
    total = func.sum(DenialRow.amount, type_=DenialRow.amount.type)
    by = DenialRow.payer_id, DenialRow.carc, DenialRow.category
    columns = (
        DenialRow.payer_id, func.max(DenialRow.payer_name), DenialRow.carc, DenialRow.category, func.count(), total,
        func.min(DenialRow.appeal_deadline),
    )  # fmt: skip
    query = select(*columns).where(*_conditions(tenant, wanted)).group_by(*by).order_by(total.desc(), *by)
    return [DenialGroup(*row) for row in await session.execute(query)]


async def denial_for_change(session: WriteSession, tenant: str, denial_id: str) -> DenialRow | None:
    """The denial's row, locked until the unit of work ends."""
    query = select(DenialRow).where(DenialRow.tenant == tenant, DenialRow.id == denial_id)
    return (await session.scalars(query.with_for_update())).one_or_none()


async def open_by_claim(session: WriteSession, tenant: str, claim_ids: Iterable[str]) -> Mapping[str, list[DenialRow]]:
    """Open denials of each of these claims, locked."""
    found: dict[str, list[DenialRow]] = {claim_id: [] for claim_id in claim_ids}
    query = select(DenialRow).where(
        DenialRow.tenant == tenant, DenialRow.state == "open", DenialRow.claim_id.in_(sorted(found))
    )
    for row in await session.scalars(query.order_by(DenialRow.id).with_for_update()):
        found[row.claim_id].append(row)
    return found


async def last_of_claim(session: WriteSession, tenant: str, claim_id: str) -> DenialRow | None:
    """The newest denial of a claim, whatever came of it."""
    query = select(DenialRow).where(DenialRow.tenant == tenant, DenialRow.claim_id == claim_id)
    return (await session.scalars(query.order_by(DenialRow.id.desc()).limit(1))).one_or_none()


async def open_of_payer(session: WriteSession, tenant: str, payer_id: str) -> Sequence[tuple[DenialRow, ClaimRow]]:
    """Open denials of a payer with their claims, the denials locked."""
    query = (
        select(DenialRow, ClaimRow)
        .join(ClaimRow, and_(ClaimRow.tenant == DenialRow.tenant, ClaimRow.id == DenialRow.claim_id))
        .where(DenialRow.tenant == tenant, DenialRow.state == "open", DenialRow.payer_id == payer_id)
        .order_by(DenialRow.id)
    )
    return [(denial, claim) for denial, claim in await session.execute(query.with_for_update(of=DenialRow))]


# -- upkeep -----------------------------------------------------------------------------------------------------------


async def lapsed(session: ReadSession, at: datetime, limit: int) -> Sequence[tuple[str, str]]:
    """Tenants and ids of open denials whose owner's lease has ended."""
    query = select(DenialRow.tenant, DenialRow.id).where(DenialRow.state == "open", has_lapsed(DenialRow, at))
    return [(tenant, denial_id) for tenant, denial_id in await session.execute(query.limit(limit))]


async def tenants_ranked_before(session: ReadSession, day: date) -> Sequence[str]:
    """Those with open denials whose priority was counted on an earlier day."""
    query = select(DenialRow.tenant).where(DenialRow.state == "open", DenialRow.ranked_on < day).distinct()
    return (await session.scalars(query)).all()


async def ranked_before(session: WriteSession, tenant: str, day: date, limit: int) -> Sequence[DenialRow]:
    """Open denials whose priority was counted on an earlier day, locked; those being changed are passed over."""
    query = select(DenialRow).where(DenialRow.tenant == tenant, DenialRow.state == "open", DenialRow.ranked_on < day)
    return (await session.scalars(query.limit(limit).with_for_update(skip_locked=True))).all()


async def keep_rank(session: WriteSession, row: DenialRow, priority: int, day: date) -> None:
    """The row's version stays: its rank follows from the day."""
    change = update(DenialRow).where(DenialRow.id == row.id).values(priority=priority, ranked_on=day)
    await session.execute(change.execution_options(synchronize_session=False))


# -- shared steps -----------------------------------------------------------------------------------------------------


def _wanted(tenant: str, wanted: DenialFilter) -> Select[DenialRow]:
    return select(DenialRow).where(*_conditions(tenant, wanted))


def _conditions(tenant: str, wanted: DenialFilter) -> list[ColumnElement[bool]]:
    chosen: dict[Any, str | None] = {
        DenialRow.state: wanted.state,
        DenialRow.owner: wanted.owner,
        DenialRow.payer_id: wanted.payer,
        DenialRow.carc: wanted.carc,
        DenialRow.category: wanted.category,
        DenialRow.claim_id: wanted.claim,
    }
    return [DenialRow.tenant == tenant, *(column == value for column, value in chosen.items() if value is not None)]


def _in_order(query: Select[DenialRow], order: DenialOrder, after: Position | None) -> Select[DenialRow]:
    if order == "appeal":
        column: Any = func.coalesce(DenialRow.appeal_deadline, date.max)
        key: Any = date.fromordinal(after.key) if after else None
        beyond = column > key if after else None
        first = column
    else:
        column = DenialRow.priority if order == "priority" else DenialRow.amount
        key = (after.key if order == "priority" else Decimal(after.key) / 100) if after else None
        beyond = column < key if after else None
        first = column.desc()
    if after is not None and beyond is not None:
        query = query.where(or_(beyond, and_(column == key, DenialRow.id > after.id)))
    return query.order_by(first, DenialRow.id)
