"""How each claim passed through the scrubber: what the figures are counted by. Every query is bound to one tenant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Date, Index, String, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from services.scrubber.domain.scrubbed_claim import ScrubbedClaim
from services.scrubber.domain.statistics import facility_of
from services.scrubber.store import Base
from shared.db import MoneyColumn, UnitOfWork, UtcDateTime, WriteSession, in_parts


class PassageRow(Base):
    """A claim's way from its arrival to its end here. What it is grouped by stays as it came; "" is not known."""

    __tablename__ = "passages"
    __table_args__ = (
        Index("passages_came", "tenant", "came_on"),
        Index("passages_ended", "tenant", "ended_on"),
    )

    tenant: Mapped[str] = mapped_column(String(100), primary_key=True)
    claim_id: Mapped[str] = mapped_column(String(50), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Counts the claim's passages from 1."""
    revision: Mapped[int]
    """Of the claim as it came from the line."""
    kind: Mapped[str] = mapped_column(String(20))
    payer: Mapped[str] = mapped_column(String(80))
    facility: Mapped[str] = mapped_column(String(50))
    coder: Mapped[str] = mapped_column(String(255))
    total_charge: Mapped[Decimal] = mapped_column(MoneyColumn)
    came_at: Mapped[datetime] = mapped_column(UtcDateTime)
    came_on: Mapped[date] = mapped_column(Date)
    clean: Mapped[bool]
    touched: Mapped[bool]
    status: Mapped[str] = mapped_column(String(20))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_on: Mapped[date | None] = mapped_column(Date)
    seconds_to_fix: Mapped[int | None]
    """From held to cleared."""


class PassageEditRow(Base):
    """An edit that has held a claim in a passage."""

    __tablename__ = "passage_edits"
    __table_args__ = (Index("passage_edits_day", "tenant", "held_on", "edit_id"),)

    tenant: Mapped[str] = mapped_column(String(100), primary_key=True)
    claim_id: Mapped[str] = mapped_column(String(50), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    edit_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    held_on: Mapped[date] = mapped_column(Date)
    findings: Mapped[int]
    overridden: Mapped[bool]


class CodedRow(Base):
    """Who finalized the chart of a claim, at which revision of the claim."""

    __tablename__ = "coded_charts"

    tenant: Mapped[str] = mapped_column(String(100), primary_key=True)
    claim_id: Mapped[str] = mapped_column(String(50), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    coder: Mapped[str] = mapped_column(String(255))


async def note_coder(session: WriteSession, tenant: str, claim_id: str, revision: int, coder: str) -> None:
    """Keep who coded the claim, also for the passages that began with it, should these have come first.

    The encoder tells of a claim in the order of its revisions, so that a later coder overwrites an earlier one's
    passages only from there on.
    """
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    row = {"tenant": tenant, "claim_id": claim_id, "revision": revision, "coder": coder}
    await session.execute(dialect.insert(CodedRow).values(**row).on_conflict_do_nothing())
    later = (PassageRow.tenant == tenant, PassageRow.claim_id == claim_id, PassageRow.revision > revision)
    await session.execute(update(PassageRow).where(*later).values(coder=coder))


async def coder_before(session: WriteSession, tenant: str, claim_id: str, revision: int) -> str:
    """Who had coded the claim when it was at this revision; "" where nobody has here."""
    mine = (CodedRow.tenant == tenant, CodedRow.claim_id == claim_id, CodedRow.revision < revision)
    coder = await session.scalar(select(CodedRow.coder).where(*mine).order_by(CodedRow.revision.desc()).limit(1))
    return coder or ""


async def begin_passage(uow: UnitOfWork, claim: ScrubbedClaim, revision: int) -> None:
    """The claim has come from the line at this revision and was examined."""
    session, tenant, at = uow.session, uow.context.tenant, uow.context.at
    before = await _last_passage(session, tenant, str(claim.id)) if claim.version > 1 else None
    if before is not None and before.status == "held":
        before.status, before.ended_at, before.ended_on = "replaced", at, at.date()
    _begin(uow, claim, revision, before, await coder_before(session, tenant, str(claim.id), revision))


async def begin_passages(uow: UnitOfWork, claims: Sequence[ScrubbedClaim], revision: int) -> None:
    """As `begin_passage`, of claims that come for the first time."""
    coded: dict[str, str] = {}
    for part in in_parts([str(claim.id) for claim in claims]):
        theirs = (CodedRow.tenant == uow.context.tenant, CodedRow.claim_id.in_(part), CodedRow.revision < revision)
        query = select(CodedRow.claim_id, CodedRow.coder).where(*theirs).order_by(CodedRow.revision)
        coded.update((row.claim_id, row.coder) for row in await uow.session.execute(query))
    for claim in claims:
        _begin(uow, claim, revision, None, coded.get(str(claim.id), ""))


def _begin(uow: UnitOfWork, claim: ScrubbedClaim, revision: int, before: PassageRow | None, coder: str) -> None:
    session, at = uow.session, uow.context.at
    touched_before = before is not None and (before.touched or before.status == "returned")
    row = PassageRow(
        tenant=uow.context.tenant,
        claim_id=str(claim.id),
        number=before.number + 1 if before else 1,
        revision=revision,
        kind=claim.claim.kind,
        payer=claim.claim.billed_coverage.payer.payer_id or "",
        facility=facility_of(claim.claim),
        coder=coder,
        total_charge=claim.claim.total_charge,
        came_at=at,
        came_on=at.date(),
        clean=claim.status == "cleared",
        touched=claim.touched or touched_before,
        status=claim.status,
    )
    session.add(row)
    _note_end(row, claim, at)
    _note_edits(session, row, {}, claim, at.date())


async def follow_passage(uow: UnitOfWork, claim: ScrubbedClaim) -> None:
    """Something was done to the claim, or the edits ran again. Nothing for one whose passage was not seen to begin."""
    session, at = uow.session, uow.context.at
    row = await _last_passage(session, uow.context.tenant, str(claim.id))
    if row is None:
        return
    row.touched, row.status = row.touched or claim.touched, claim.status
    _note_end(row, claim, at)
    mine = (PassageEditRow.tenant == row.tenant, PassageEditRow.claim_id == row.claim_id)
    edits = await session.scalars(select(PassageEditRow).where(*mine, PassageEditRow.number == row.number))
    _note_edits(session, row, {edit.edit_id: edit for edit in edits}, claim, at.date())


def _note_end(row: PassageRow, claim: ScrubbedClaim, at: datetime) -> None:
    if claim.status == "held":
        return
    row.ended_at, row.ended_on = at, at.date()
    if claim.status == "cleared" and not row.clean:
        row.seconds_to_fix = int((at - row.came_at).total_seconds())


def _note_edits(
    session: WriteSession, row: PassageRow, known: dict[str, PassageEditRow], claim: ScrubbedClaim, day: date
) -> None:
    passed = {override.edit_id for override in claim.report.overrides}
    found = Counter(finding.edit_id for finding in claim.report.findings if finding.severity == "error")
    for edit_id, findings in found.items():
        if edit_id not in known:
            named = {"tenant": row.tenant, "claim_id": row.claim_id, "number": row.number, "edit_id": edit_id}
            known[edit_id] = PassageEditRow(**named, held_on=day, findings=findings)
            session.add(known[edit_id])
    for edit in known.values():
        edit.overridden = edit.edit_id in passed


async def _last_passage(session: WriteSession, tenant: str, claim_id: str) -> PassageRow | None:
    mine = (PassageRow.tenant == tenant, PassageRow.claim_id == claim_id)
    return await session.scalar(select(PassageRow).where(*mine).order_by(PassageRow.number.desc()).limit(1))
