"""`Idempotency-Key`: the first answer to a key is kept for a day and given again, and a key has at most one effect.

The key is reserved in a transaction of its own; its answer is written in the transaction of the effect. So a crash
leaves either both or neither, and what it leaves reserved is free again when the lock runs out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, Index, LargeBinary, String, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from shared.db import Context, Database, InfrastructureBase, JsonDocument, UnitOfWork, UtcDateTime, in_parts, new_id
from shared.errors import Conflict, Invalid, ServiceError

KEPT_FOR = timedelta(hours=24)
LOCKED_FOR = timedelta(seconds=60)
_IN_FLIGHT, _ANSWERED = "in_flight", "answered"


class KeyReused(Invalid):
    code, title = "idempotency_key_reused", "The Idempotency-Key was used for another request"


class KeyInFlight(Conflict):
    code, title = "idempotency_key_in_flight", "The first request with this Idempotency-Key is not answered yet"


class InvalidKey(ServiceError):
    code, title, status = "invalid_idempotency_key", "The Idempotency-Key is not 1 to 255 visible characters", 400


class IdempotencyRow(InfrastructureBase):
    """A key and, once there is one, its answer. The key is kept as a hash: a careless client puts anything in it."""

    __tablename__ = "idempotency"
    __table_args__ = (Index("ix_idempotency_expires_at", "expires_at"),)

    tenant: Mapped[str] = mapped_column(String(100), primary_key=True)
    subject: Mapped[str] = mapped_column(String(200), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    operation: Mapped[str] = mapped_column(String(500))
    digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10))
    lock: Mapped[str] = mapped_column(String(36))
    locked_until: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[int | None]
    headers: Mapped[Any] = mapped_column(JsonDocument, nullable=True)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)


@dataclass(frozen=True)
class Answer:
    """What was, or will be, sent back: enough to send it again byte for byte."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Attempt:
    """One request that carries a key. `operation` is method and path; `digest` is SHA-256 of query and body."""

    context: Context
    key: str
    operation: str
    digest: str

    def for_line(self, name: int | str, digest: str) -> Attempt:
        """The attempt of one line of a bulk request: each has its own key, by its number or by what it is about."""
        return Attempt(self.context, f"{self.key}\n{name}", self.operation, digest)

    @property
    def hashed_key(self) -> str:
        """As the key is kept."""
        return hashlib.sha256(self.key.encode()).hexdigest()

    @property
    def _identity(self) -> dict[str, str]:
        return {"tenant": self.context.tenant, "subject": self.context.actor, "key": self.hashed_key}


@dataclass(frozen=True)
class Reservation:
    """The right to answer a key, until somebody takes it over."""

    attempt: Attempt
    lock: str

    async def keep(self, uow: UnitOfWork, answer: Answer) -> None:
        """Write the answer in the effect's transaction. Raises `KeyInFlight` when another attempt took over."""
        kept = await _execute(
            uow,
            update(IdempotencyRow)
            .filter_by(**self.attempt._identity, lock=self.lock, state=_IN_FLIGHT)
            .values(state=_ANSWERED, status=answer.status, headers=answer.headers, body=answer.body),
        )
        if kept.rowcount != 1:
            raise KeyInFlight("another attempt with this key took over; ask again")

    async def release(self, uow: UnitOfWork) -> None:
        """Forget the key, so that a retry runs."""
        await _execute(
            uow, delete(IdempotencyRow).filter_by(**self.attempt._identity, lock=self.lock, state=_IN_FLIGHT)
        )


async def reserve(database: Database, attempt: Attempt) -> Reservation | Answer:
    """Take the key, or find the answer that it already has. Raises `KeyReused` or `KeyInFlight`."""
    (found,) = await reserve_all(database, [attempt])
    if isinstance(found, ServiceError):
        raise found
    return found


async def reserve_all(
    database: Database, attempts: Sequence[Attempt]
) -> list[Reservation | Answer | KeyReused | KeyInFlight]:
    """As `reserve`, in the order of the attempts and in one transaction; what it would raise, stands in its place.

    The attempts are of one caller, at least one, each with a key of its own.
    """
    reservations = [Reservation(attempt, new_id()) for attempt in attempts]
    async with database.unit_of_work(attempts[0].context) as uow:
        taken = await _insert(uow, reservations)
        rows = await _rows(uow, [one.attempt for one in reservations if one.attempt.hashed_key not in taken])
        return [
            one if one.attempt.hashed_key in taken else await _found(uow, one, rows.get(one.attempt.hashed_key))
            for one in reservations
        ]


async def keep_all(uow: UnitOfWork, answers: Sequence[tuple[Reservation, Answer]]) -> None:
    """As `Reservation.keep`, of one caller's attempts. Raises `KeyInFlight` when another attempt took one over."""
    rows = await _rows(uow, [reservation.attempt for reservation, _ in answers], for_update=True)
    for reservation, _ in answers:
        row = rows.get(reservation.attempt.hashed_key)
        if row is None or (row.lock, row.state) != (reservation.lock, _IN_FLIGHT):
            raise KeyInFlight("another attempt with this key took over; ask again")
    table = InfrastructureBase.metadata.tables[IdempotencyRow.__tablename__]
    whose = [table.c[name] == bindparam(f"of_{name}") for name in ("tenant", "subject", "key")]
    answered = update(table).where(*whose)
    kept = [
        {f"of_{name}": value for name, value in reservation.attempt._identity.items()}
        | {"state": _ANSWERED, "status": answer.status, "headers": answer.headers, "body": answer.body}
        for reservation, answer in answers
    ]
    if kept:
        await uow.session.execute(answered, kept)


async def release_all(uow: UnitOfWork, reservations: Iterable[Reservation]) -> None:
    """As `Reservation.release`."""
    for reservation in reservations:
        await reservation.release(uow)


async def purge(database: Database, now: datetime) -> int:
    """Remove the keys whose day is over, of every tenant; answers how many. For an hourly job."""
    context = Context(tenant="", actor="system:idempotency", request_id="idempotency.purge", at=now)
    async with database.unit_of_work(context) as uow:
        gone = await _execute(uow, delete(IdempotencyRow).where(IdempotencyRow.expires_at <= now))
        return gone.rowcount


async def _insert(uow: UnitOfWork, reservations: Sequence[Reservation]) -> set[str]:
    """The keys that were free, as they are kept. In their order, so that no two requests wait for each other."""
    dialect = postgresql if uow.session.get_bind().dialect.name == "postgresql" else sqlite
    table = InfrastructureBase.metadata.tables[IdempotencyRow.__tablename__]
    entering = dialect.insert(table).on_conflict_do_nothing().returning(table.c.key)
    rows = [one.attempt._identity | _reserved(one) for one in reservations]
    return set(await uow.session.scalars(entering, sorted(rows, key=lambda row: str(row["key"]))))


def _reserved(reservation: Reservation) -> dict[str, Any]:
    attempt = reservation.attempt
    return {
        "operation": attempt.operation,
        "digest": attempt.digest,
        "state": _IN_FLIGHT,
        "lock": reservation.lock,
        "locked_until": attempt.context.at + LOCKED_FOR,
        "expires_at": attempt.context.at + KEPT_FOR,
    }


async def _rows(
    uow: UnitOfWork, attempts: Sequence[Attempt], *, for_update: bool = False
) -> Mapping[str, IdempotencyRow]:
    """What is kept of one caller's keys, by these as they are kept."""
    found: dict[str, IdempotencyRow] = {}
    for part in in_parts(sorted(attempt.hashed_key for attempt in attempts)):
        row, context = IdempotencyRow, attempts[0].context
        mine = (row.tenant == context.tenant, row.subject == context.actor, row.key.in_(part))
        query = select(row).where(*mine).order_by(row.key).execution_options(populate_existing=True)
        found |= {
            kept.key: kept for kept in await uow.session.scalars(query.with_for_update() if for_update else query)
        }
    return found


async def _found(
    uow: UnitOfWork, reservation: Reservation, row: IdempotencyRow | None
) -> Reservation | Answer | KeyReused | KeyInFlight:
    try:
        if row is None:
            raise KeyInFlight("the first request with this key is being given up; ask again")
        return await _decide(uow, reservation, row)
    except (KeyReused, KeyInFlight) as error:
        return error


async def _decide(uow: UnitOfWork, reservation: Reservation, row: IdempotencyRow) -> Reservation | Answer:
    attempt, now = reservation.attempt, reservation.attempt.context.at
    if row.expires_at <= now:
        return await _take_over(uow, reservation, row)
    if (row.operation, row.digest) != (attempt.operation, attempt.digest):
        raise KeyReused("send a new key with a new request; a retry repeats address and body exactly")
    if row.state == _ANSWERED:
        return Answer(row.status or 200, dict(row.headers or {}), row.body or b"")
    if row.locked_until > now:
        raise KeyInFlight("ask again in a moment", extra={"retry_after": 1})
    return await _take_over(uow, reservation, row)


async def _take_over(uow: UnitOfWork, reservation: Reservation, row: IdempotencyRow) -> Reservation:
    """Only one of several may: each names the lock that it saw."""
    attempt = reservation.attempt
    taken = await _execute(
        uow,
        update(IdempotencyRow)
        .filter_by(**attempt._identity, lock=row.lock, state=row.state)
        .values(**_reserved(reservation)),
    )
    if taken.rowcount != 1:
        raise KeyInFlight("another attempt with this key took over; ask again")
    return reservation


async def _execute(uow: UnitOfWork, statement: Any) -> CursorResult[Any]:
    return await uow.session.execute(statement)  # type: ignore[return-value]  # a DML statement answers a cursor result
