"""Reading a tenant's whole chain again: whatever was changed, removed, inserted or reordered shows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.audit.chain import GENESIS, Link
from shared.audit.tables import AuditEntryRow, AuditHeadRow

ROWS_AT_ONCE = 1000
_COLUMNS = list(AuditEntryRow.__table__.columns)


class FaultKind(StrEnum):
    """What was done to the trail, as far as the trail tells."""

    CHANGED = "changed"
    REMOVED = "removed"
    INSERTED = "inserted"
    REORDERED = "reordered"
    HEAD_REMOVED = "head_removed"


@dataclass(frozen=True)
class Fault:
    """The entries `seq` to `last` of a tenant are not as they were written; one entry when both are the same."""

    kind: FaultKind
    seq: int
    last: int


@dataclass(frozen=True)
class _Row:
    """An entry as it stands: its link, the hash beside it, and whether the two agree."""

    link: Link
    hash: str
    intact: bool

    @property
    def seq(self) -> int:
        return self.link.seq


async def verify(session: AsyncSession, tenant: str, *, at_most: int = 100) -> list[Fault]:
    """The faults of the tenant's chain in the order of `seq`, the first `at_most`; none means that all stands.

    Reads in pieces, so memory does not grow with the chain. Give it one state of the database: a read session. Who can
    write to the database and has no key needed for it can forge a whole chain, head included; with a key nobody can.
    """
    return await _Verification(session, tenant, at_most).run()


class _Verification:
    def __init__(self, session: AsyncSession, tenant: str, at_most: int) -> None:
        self._session = session
        self._tenant = tenant
        self._at_most = at_most
        self._key: bytes | None = session.info.get("audit_key")
        self._faults: list[Fault] = []

    async def run(self) -> list[Fault]:
        head = await self._session.get(AuditHeadRow, self._tenant)
        before: _Row | None = None
        last: _Row | None = None
        async for row in self._rows():
            if row.seq < 1 or (head is not None and row.seq > head.seq):
                self._found(FaultKind.INSERTED, row.seq)
            else:
                await self._compare(before, last, row)
                before, last = last, row
            if len(self._faults) >= self._at_most:
                break
        else:
            self._compare_end(last, head)
        return sorted(self._faults[: self._at_most], key=lambda fault: fault.seq)

    async def _compare(self, before: _Row | None, last: _Row | None, row: _Row) -> None:
        """`row` against what comes before it: `last`, and `before` that."""
        expected = last.seq + 1 if last else 1
        if row.seq > expected:
            self._found(FaultKind.REMOVED, expected, row.seq - 1)
        if not row.intact:
            moved = await self._was_elsewhere(row)
            self._found(FaultKind.REORDERED if moved else FaultKind.CHANGED, row.seq)
        elif row.seq == expected and row.link.previous_hash != (last.hash if last else GENESIS):
            # The row says truly what stood before it, and that is not what stands there.
            self._blame(before, last, row)

    def _blame(self, before: _Row | None, last: _Row | None, row: _Row) -> None:
        if last is None:
            self._found(FaultKind.CHANGED, row.seq)
        elif last.intact:
            skipped = row.link.previous_hash == (before.hash if before else GENESIS)
            self._found(FaultKind.INSERTED if skipped else FaultKind.CHANGED, last.seq)

    def _compare_end(self, last: _Row | None, head: AuditHeadRow | None) -> None:
        end = last.seq if last else 0
        if head is None:
            if last is not None:
                self._found(FaultKind.HEAD_REMOVED, end)
        elif end < head.seq:
            self._found(FaultKind.REMOVED, end + 1, head.seq)
        elif last is not None and last.intact and last.hash != head.hash:
            self._found(FaultKind.CHANGED, end)

    def _found(self, kind: FaultKind, seq: int, last: int | None = None) -> None:
        self._faults.append(Fault(kind, seq, seq if last is None else last))

    async def _was_elsewhere(self, row: _Row) -> bool:
        """Whether the row is true at another place: the one that its neighbours by hash, or a shift by one, say."""
        places = {row.seq - 1, row.seq + 1}
        rows = select(AuditEntryRow.seq).filter_by(tenant=self._tenant)
        before = await self._session.scalar(rows.filter_by(hash=row.link.previous_hash).limit(1))
        after = await self._session.scalar(rows.filter_by(previous_hash=row.hash).limit(1))
        places |= {before + 1} if before is not None else {1}
        places |= {after - 1} if after is not None else set()
        return any(_hash_at(row.link, place, self._key) == row.hash for place in places)

    async def _rows(self) -> AsyncIterator[_Row]:
        query = select(*_COLUMNS).filter_by(tenant=self._tenant).order_by(AuditEntryRow.seq).limit(ROWS_AT_ONCE)
        piece = query
        while found := await self._piece(piece):
            for row in found:
                yield row
            piece = query.where(AuditEntryRow.seq > found[-1].seq)

    async def _piece(self, query: Select[tuple[object, ...]]) -> list[_Row]:
        rows = []
        for columns in (await self._session.execute(query)).mappings():
            kept = dict(columns)
            kept_hash = kept.pop("hash")
            link = Link(**kept)
            rows.append(_Row(link, kept_hash, _hash_at(link, link.seq, self._key) == kept_hash))
        return rows


def _hash_at(link: Link, seq: int, key: bytes | None) -> str | None:
    """The link's hash if it stood at `seq`; None when a member is not even text any more."""
    try:
        return Link(**{**vars(link), "seq": seq}).hash(key)
    except TypeError:
        return None
