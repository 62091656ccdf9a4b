"""The figures of the scrubber, counted by the database. Every query is bound to one tenant and a span of days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, func, select, tuple_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from services.scrubber.domain.statistics import (
    Behind,
    By,
    EditFigure,
    FixTimeFigure,
    PassedClaim,
    RateFigure,
    hours,
    name_of_period,
    share,
)
from services.scrubber.passage_store import PassageEditRow, PassageRow
from shared.db import ReadSession

ALL = "all"
_PERIODS = ("day", "week", "month")


class _Monday(FunctionElement[date]):
    """The first day of a day's ISO week."""

    type = Date()
    inherit_cache = True


class _FirstOfMonth(FunctionElement[date]):
    type = Date()
    inherit_cache = True


@compiles(_Monday, "sqlite")
def _monday_on_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"date({compiler.process(element.clauses, **options)}, 'weekday 0', '-6 days')"


@compiles(_Monday, "postgresql")
def _monday_on_postgres(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST(date_trunc('week', CAST({compiler.process(element.clauses, **options)} AS TIMESTAMP)) AS DATE)"


@compiles(_FirstOfMonth, "sqlite")
def _first_of_month_on_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"date({compiler.process(element.clauses, **options)}, 'start of month')"


@compiles(_FirstOfMonth, "postgresql")
def _first_of_month_on_postgres(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST(date_trunc('month', CAST({compiler.process(element.clauses, **options)} AS TIMESTAMP)) AS DATE)"


@dataclass(frozen=True)
class Span:
    """Days in UTC, both included, and which claims; None takes any, "" those of which it is not known."""

    first: date
    last: date
    payer: str | None = None
    facility: str | None = None
    coder: str | None = None
    kind: str | None = None

    def on(self, tenant: str, day: Any) -> list[ColumnElement[bool]]:
        """The passages of a tenant that are meant, `day` being the column that lies in the span."""
        chosen = {"payer": self.payer, "facility": self.facility, "coder": self.coder, "kind": self.kind}
        named = [getattr(PassageRow, name) == value for name, value in chosen.items() if value is not None]
        return [PassageRow.tenant == tenant, day.between(self.first, self.last), *named]


_FIRST_TIME = PassageRow.number == 1
_CLEARED = PassageRow.status == "cleared"
_FIXED = and_(_CLEARED, PassageRow.seconds_to_fix.is_not(None))
_SAME_PASSAGE = and_(
    PassageEditRow.tenant == PassageRow.tenant,
    PassageEditRow.claim_id == PassageRow.claim_id,
    PassageEditRow.number == PassageRow.number,
)

_BEHIND: Mapping[Behind, tuple[Any, tuple[Any, ...]]] = MappingProxyType(
    {
        "came": (PassageRow.came_on, (_FIRST_TIME,)),
        "clean": (PassageRow.came_on, (_FIRST_TIME, PassageRow.clean)),
        "cleared": (PassageRow.ended_on, (_CLEARED,)),
        "touchless": (PassageRow.ended_on, (_CLEARED, ~PassageRow.touched)),
        "fixed": (PassageRow.ended_on, (_FIXED,)),
        "held": (PassageEditRow.held_on, ()),
        "overridden": (PassageEditRow.held_on, (PassageEditRow.overridden,)),
    }
)
"""For each figure the day that lies in the span, and what else is true of a passage that counts: the figures and the
claims behind them are found by the same words."""


async def rates(session: ReadSession, tenant: str, span: Span, by: By) -> list[RateFigure]:
    """By the names of the groups."""
    counts: defaultdict[str, dict[str, int]] = defaultdict(dict)
    if by == ALL:
        counts[ALL] = {}
    pairs: tuple[tuple[Behind, Behind], ...] = (("came", "clean"), ("cleared", "touchless"))
    for whole, part in pairs:
        day, conditions = _BEHIND[whole]
        group = _group(by, day)
        query = select(*group, func.count(), func.count().filter(*_BEHIND[part][1]))
        rows = await session.execute(query.where(*span.on(tenant, day), *conditions).group_by(*group))
        for *named, of_whole, of_part in rows:
            counts[_name(by, named)] |= {whole: of_whole, part: of_part}
    return [RateFigure.counted(of, **counts[of]) for of in sorted(counts)]


async def top_edits(session: ReadSession, tenant: str, span: Span, by: By, limit: int) -> list[EditFigure]:
    """Those that held most claims, then most value."""
    day, _ = _BEHIND["held"]
    group = [column.label(f"group_{at}") for at, column in enumerate(_group(by, day))]
    edit = PassageEditRow.edit_id
    # A claim that came twice counts once in each group, with what it charges now.
    each = (
        select(
            *group,
            edit,
            func.sum(PassageEditRow.findings).label("findings"),
            func.max(PassageRow.total_charge).label("value"),
            func.count().filter(PassageEditRow.overridden).label("overrides"),
        )
        .join(PassageRow, _SAME_PASSAGE)
        .where(*span.on(tenant, day))
        .group_by(*_group(by, day), edit, PassageRow.claim_id)
        .subquery()
    )
    groups = [each.c[column.name] for column in group]
    claims, value = func.count().label("claims"), func.sum(each.c.value).label("value")
    overridden = func.count().filter(each.c.overrides > 0)
    query = select(*groups, each.c.edit_id, func.sum(each.c.findings), claims, value, overridden)
    query = query.group_by(*groups, each.c.edit_id).order_by(claims.desc(), value.desc(), each.c.edit_id, *groups)
    return [
        EditFigure(
            of=_name(by, named),
            edit_id=edit_id,
            findings=int(findings),
            claims=held,
            value=worth,
            overridden=passed,
            share_overridden=share(passed, held),
        )
        for *named, edit_id, findings, held, worth, passed in await session.execute(query.limit(limit))
    ]


async def times_to_fix(session: ReadSession, tenant: str, span: Span, by: By) -> list[FixTimeFigure]:
    """By the names of the groups."""
    day, conditions = _BEHIND["fixed"]
    group = [column.label(f"group_{at}") for at, column in enumerate(_group(by, day))]
    within = _group(by, day) or None
    seconds = PassageRow.seconds_to_fix.label("seconds")
    rank = func.row_number().over(order_by=PassageRow.seconds_to_fix, partition_by=within).label("rank")
    of_all = func.count().over(partition_by=within).label("of_all")
    each = select(*group, seconds, rank, of_all).where(*span.on(tenant, day), *conditions).subquery()
    groups = [each.c[column.name] for column in group]
    # Nearest rank without a fraction: the least time whose rank is at least half, or nine tenths, of all.
    median = func.min(each.c.seconds).filter(each.c.rank * 2 >= each.c.of_all)
    p90 = func.min(each.c.seconds).filter(each.c.rank * 10 >= each.c.of_all * 9)
    rows = await session.execute(select(*groups, func.count(), median, p90).group_by(*groups))
    figures = [FixTimeFigure.counted(_name(by, named), fixed, half, most) for *named, fixed, half, most in rows]
    return sorted(figures, key=lambda figure: figure.of)


async def claims_behind(
    session: ReadSession,
    tenant: str,
    span: Span,
    behind: Behind,
    *,
    edit: str | None,
    after: tuple[str, int] | None,
    limit: int,
) -> list[PassedClaim]:
    """The passages that a figure counts, by claim; of an edit each claim once, as it passed last in the span."""
    day, conditions = _BEHIND[behind]
    query = select(PassageRow).where(*span.on(tenant, day), *conditions)
    if edit is not None:
        last = _last_of_each(tenant, span, behind, edit)
        query = select(PassageRow).where(
            PassageRow.tenant == tenant, tuple_(PassageRow.claim_id, PassageRow.number).in_(last)
        )
    place = tuple_(PassageRow.claim_id, PassageRow.number)
    if after is not None:
        query = query.where(place > tuple_(*after))
    rows = await session.scalars(query.order_by(PassageRow.claim_id, PassageRow.number).limit(limit))
    return [_passed(row) for row in rows]


def _last_of_each(tenant: str, span: Span, behind: Behind, edit: str) -> Select[str, int]:
    day, conditions = _BEHIND[behind]
    query = select(PassageRow.claim_id, func.max(PassageRow.number)).join(PassageEditRow, _SAME_PASSAGE)
    query = query.where(*span.on(tenant, day), *conditions, PassageEditRow.edit_id == edit)
    return query.group_by(PassageRow.claim_id)


def _group(by: By, day: Any) -> list[ColumnElement[Any]]:
    """What rows are grouped by; nothing for all together."""
    if by == ALL:
        return []
    if by in _PERIODS:
        return [{"day": day, "week": _Monday(day), "month": _FirstOfMonth(day)}[by]]
    return [getattr(PassageRow, by)]


def _name(by: By, named: Sequence[Any]) -> str:
    if not named:
        return ALL
    [of] = named
    return name_of_period(by, of) if by in _PERIODS else str(of)


def _passed(row: PassageRow) -> PassedClaim:
    return PassedClaim.model_validate(
        {
            "claim_id": row.claim_id,
            "passage": row.number,
            "kind": row.kind,
            "payer": row.payer,
            "facility": row.facility,
            "coder": row.coder,
            "total_charge": row.total_charge,
            "came_at": row.came_at,
            "clean": row.clean,
            "touched": row.touched,
            "status": row.status,
            "ended_at": row.ended_at,
            "hours_to_fix": hours(row.seconds_to_fix),
        }
    )
