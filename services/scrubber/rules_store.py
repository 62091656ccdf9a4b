"""The tables of customer rules and what is asked of them. Every query is bound to one tenant."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, FromClause, Index, Select, String, and_, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from services.scrubber.domain.rules.book import RuleMatch
from services.scrubber.domain.rules.figures import DayFigures
from services.scrubber.domain.rules.rule import Rule, RuleRecord, RuleStatus
from services.scrubber.domain.scrubbed_claim import ScrubbedClaim
from services.scrubber.errors import RuleExists, RuleNotFound
from services.scrubber.store import Base, ClaimRow, claim_of
from shared.db import JsonDocument, ReadSession, WriteSession
from shared.db.columns import new_id

_ROWS_AT_ONCE = 100


class RuleRow(Base):
    """Where a rule stands: its last version and the one that runs."""

    __tablename__ = "rules"

    tenant: Mapped[str] = mapped_column(String(100), primary_key=True)
    id: Mapped[str] = mapped_column(String(50), primary_key=True)
    version: Mapped[int]
    status: Mapped[str] = mapped_column(String(20))
    running_version: Mapped[int | None]


class RuleVersionRow(Base):
    """One version of a rule. Written once, never changed."""

    __tablename__ = "rule_versions"

    tenant: Mapped[str] = mapped_column(String(100), primary_key=True)
    rule_id: Mapped[str] = mapped_column(String(50), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    record: Mapped[Any] = mapped_column(JsonDocument)


class RuleEditionRow(Base):
    """Changes with every change of what runs; no two of any tenants are the same."""

    __tablename__ = "rule_editions"

    tenant: Mapped[str] = mapped_column(String(100), primary_key=True)
    edition: Mapped[str] = mapped_column(String(50))


class RuleMatchRow(Base):
    """That a version of a rule was true of a claim, or failed on it, and the day it first was."""

    __tablename__ = "rule_matches"
    __table_args__ = (Index("rule_matches_by_day", "tenant", "rule_id", "matched_on"),)

    tenant: Mapped[str] = mapped_column(String(100), primary_key=True)
    rule_id: Mapped[str] = mapped_column(String(50), primary_key=True)
    rule_version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    claim_id: Mapped[str] = mapped_column(String(50), primary_key=True)
    matched_on: Mapped[date] = mapped_column(Date)
    shadow: Mapped[bool]
    failed: Mapped[bool]
    would_hold: Mapped[bool]


class PayerAnswerRow(Base):
    """The last days on which a claim was rejected and taken into adjudication."""

    __tablename__ = "payer_answers"

    tenant: Mapped[str] = mapped_column(String(100), primary_key=True)
    claim_id: Mapped[str] = mapped_column(String(50), primary_key=True)
    rejected_on: Mapped[date | None] = mapped_column(Date)
    accepted_on: Mapped[date | None] = mapped_column(Date)


# -- rules and their versions -----------------------------------------------------------------------------------------


async def add_rule(session: WriteSession, tenant: str, rule: Rule) -> RuleRecord:
    """Keep the first version of a rule. Raises RuleExists."""
    row = {"tenant": tenant, "id": rule.id, "version": rule.version, "status": rule.status}
    added = await session.execute(
        _insert(session, RuleRow).values(**row).on_conflict_do_nothing().returning(RuleRow.id)
    )
    if added.one_or_none() is None:
        raise RuleExists("a rule has this id already", pointer="/id")
    _add_version(session, tenant, rule)
    return _record(rule, None)


async def rule_for_change(session: WriteSession, tenant: str, rule_id: str) -> Rule:
    """The rule's last version, the rule locked until the unit of work ends. Raises RuleNotFound."""
    if (found := await find_rule_for_change(session, tenant, rule_id)) is None:
        raise RuleNotFound("there is no rule with this id")
    return found


async def find_rule_for_change(session: WriteSession, tenant: str, rule_id: str) -> Rule | None:
    """As `rule_for_change`, None where there is no such rule."""
    row = await session.get(RuleRow, (tenant, rule_id), with_for_update=True, populate_existing=True)
    return None if row is None else await get_version(session, tenant, rule_id, row.version)


async def save_rule(session: WriteSession, tenant: str, rule: Rule) -> RuleRecord:
    """Keep the next version of a rule that `rule_for_change` has given."""
    row = await session.get_one(RuleRow, (tenant, rule.id))
    row.version, row.status = rule.version, rule.status
    if rule.status in ("active", "shadow", "retired"):
        row.running_version = None if rule.status == "retired" else rule.version
        await _next_edition(session, tenant)
    _add_version(session, tenant, rule)
    return _record(rule, row.running_version)


async def get_rule(session: ReadSession, tenant: str, rule_id: str) -> RuleRecord:
    """Raises RuleNotFound."""
    return _found(await _records(session, _last(tenant).where(RuleRow.id == rule_id)))


async def list_rules(
    session: ReadSession, tenant: str, *, status: RuleStatus | None = None, after: str = "", limit: int
) -> list[RuleRecord]:
    """Rules by their ids, those whose last version has this status."""
    query = _last(tenant).where(RuleRow.id > after)
    if status is not None:
        query = query.where(RuleRow.status == status)
    return await _records(session, query.order_by(RuleRow.id).limit(limit))


async def get_version(session: AsyncSession, tenant: str, rule_id: str, version: int) -> Rule:
    """Raises RuleNotFound."""
    row = await session.get(RuleVersionRow, (tenant, rule_id, version))
    if row is None:
        raise RuleNotFound("the rule has no such version")
    return _rule_of(row.record)


async def history(session: ReadSession, tenant: str, rule_id: str, *, before: int | None, limit: int) -> list[Rule]:
    """Every version, the newest first, from the one below `before` on."""
    of_rule = (RuleVersionRow.tenant == tenant, RuleVersionRow.rule_id == rule_id)
    query = select(RuleVersionRow.record).where(*of_rule)
    if before is not None:
        query = query.where(RuleVersionRow.version < before)
    records = await session.scalars(query.order_by(RuleVersionRow.version.desc()).limit(limit))
    return [_rule_of(record) for record in records]


# -- what runs --------------------------------------------------------------------------------------------------------


async def edition_of(session: AsyncSession, tenant: str) -> str | None:
    """None where the tenant has never had a rule that ran."""
    return await session.scalar(select(RuleEditionRow.edition).where(RuleEditionRow.tenant == tenant))


async def running_rules(session: AsyncSession, tenant: str) -> list[Rule]:
    """The versions that run, active or in shadow."""
    runs = and_(RuleVersionRow.rule_id == RuleRow.id, RuleVersionRow.version == RuleRow.running_version)
    joined = and_(RuleVersionRow.tenant == RuleRow.tenant, runs)
    query = select(RuleVersionRow.record).join(RuleRow, joined).where(RuleRow.tenant == tenant)
    return [_rule_of(record) for record in await session.scalars(query)]


# -- what they were true of -------------------------------------------------------------------------------------------


async def add_matches(
    session: WriteSession, tenant: str, found: Iterable[tuple[str, Iterable[RuleMatch]]], on: date
) -> None:
    """Keep what is new of what the rules were true of, by the ids of the claims; a claim keeps its first day."""
    rows = [
        {
            "tenant": tenant,
            "rule_id": match.rule_id,
            "rule_version": match.version,
            "claim_id": claim_id,
            "matched_on": on,
            "shadow": match.shadow,
            "failed": match.failed,
            "would_hold": match.would_hold,
        }
        for claim_id, matches in found
        for match in matches
    ]
    if rows:
        table = Base.metadata.tables[RuleMatchRow.__tablename__]
        await session.execute(_insert(session, table).on_conflict_do_nothing(), rows)


async def save_answer(session: WriteSession, tenant: str, claim_id: str, on: date, *, rejected: bool) -> None:
    """Note a payer's answer on a claim."""
    said = {"rejected_on" if rejected else "accepted_on": on}
    statement = _insert(session, PayerAnswerRow).values(tenant=tenant, claim_id=claim_id, **said)
    keys = [PayerAnswerRow.tenant, PayerAnswerRow.claim_id]
    await session.execute(statement.on_conflict_do_update(index_elements=keys, set_=said))


async def figures(session: ReadSession, tenant: str, rule_id: str, first: date, last: date) -> list[DayFigures]:
    """What the rule was true of, day by day, and what payers have said since of the same claims."""
    match, answered = RuleMatchRow, PayerAnswerRow
    rejected = answered.rejected_on >= match.matched_on
    accepted = and_(answered.accepted_on >= match.matched_on, or_(answered.rejected_on.is_(None), ~rejected))
    claims = func.count(match.claim_id.distinct())
    counts = [claims.filter(one) for one in (match.would_hold, match.shadow, match.failed, rejected, accepted)]
    same_claim = and_(answered.tenant == match.tenant, answered.claim_id == match.claim_id)
    of_rule = (match.tenant == tenant, match.rule_id == rule_id, match.matched_on.between(first, last))
    query = select(match.matched_on, claims, *counts).join(answered, same_claim, isouter=True).where(*of_rule)
    rows = await session.execute(query.group_by(match.matched_on).order_by(match.matched_on))
    return [DayFigures(**dict(zip(DayFigures.model_fields, row, strict=True))) for row in rows]


async def past_claims(
    session: ReadSession, tenant: str, first: datetime, last: datetime, limit: int
) -> AsyncIterator[ScrubbedClaim]:
    """Claims that last came by between these moments, both included, the newest first."""
    query = select(ClaimRow).where(ClaimRow.tenant == tenant, ClaimRow.changed_at.between(first, last))
    rows = query.order_by(ClaimRow.changed_at.desc()).limit(limit).execution_options(yield_per=_ROWS_AT_ONCE)
    async for row in await session.stream_scalars(rows):
        yield claim_of(row)


# -- shared steps -----------------------------------------------------------------------------------------------------


async def _next_edition(session: WriteSession, tenant: str) -> None:
    edition = new_id()
    statement = _insert(session, RuleEditionRow).values(tenant=tenant, edition=edition)
    await session.execute(
        statement.on_conflict_do_update(index_elements=[RuleEditionRow.tenant], set_={"edition": edition})
    )


def _insert(session: AsyncSession, table: type[Base] | FromClause) -> Any:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(table)


def _add_version(session: WriteSession, tenant: str, rule: Rule) -> None:
    record = rule.model_dump(mode="json")
    session.add(RuleVersionRow(tenant=tenant, rule_id=rule.id, version=rule.version, record=record))


def _last(tenant: str) -> Select[Any, int | None]:
    same = and_(RuleVersionRow.tenant == RuleRow.tenant, RuleVersionRow.rule_id == RuleRow.id)
    joined = and_(same, RuleVersionRow.version == RuleRow.version)
    query = select(RuleVersionRow.record, RuleRow.running_version).join(RuleRow, joined)
    return query.where(RuleRow.tenant == tenant)


async def _records(session: ReadSession, query: Select[Any, int | None]) -> list[RuleRecord]:
    return [_record(_rule_of(record), running) for record, running in await session.execute(query)]


def _found(records: Sequence[RuleRecord]) -> RuleRecord:
    if not records:
        raise RuleNotFound("there is no rule with this id")
    return records[0]


def _rule_of(record: Any) -> Rule:
    return Rule.model_validate(record, strict=False)


def _record(rule: Rule, running: int | None) -> RuleRecord:
    return RuleRecord.model_construct(**dict(rule), running_version=running)
