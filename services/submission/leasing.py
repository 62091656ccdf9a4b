"""Leases as rows keep them: columns for any worklist's table, and what is asked of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, inspect, or_, update
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.attributes import set_committed_value

from services.submission.domain.leases import Lease
from shared.db import UtcDateTime, WriteSession


class Leased:
    """Mixed into a table whose rows have one owner at a time. An owner without an end has the row no longer."""

    owner: Mapped[str | None] = mapped_column(default=None)
    lease_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)

    @property
    def lease(self) -> Lease:
        return Lease(self.owner, self.lease_expires_at)

    @lease.setter
    def lease(self, lease: Lease) -> None:
        self.owner, self.lease_expires_at = lease.owner, lease.ends_at


def is_free(table: type[Leased], at: datetime) -> ColumnElement[bool]:
    """Rows that nobody has at `at`. To take the first: `.limit(1).with_for_update(skip_locked=True)`."""
    expires: Any = table.lease_expires_at
    return or_(table.owner.is_(None), expires.is_(None), expires <= at)


def has_lapsed(table: type[Leased], at: datetime) -> ColumnElement[bool]:
    """Rows with an owner whose lease has ended: a job frees them, so that the trail says when."""
    return and_(table.owner.is_not(None), is_free(table, at))


async def keep_lease(session: WriteSession, row: Leased, lease: Lease) -> None:
    """Keep a lease that goes on. The row's version stays, for nothing that is worked on has changed."""
    table = inspect(type(row), raiseerr=True)
    own_keys = zip(table.primary_key, inspect(row, raiseerr=True).identity, strict=True)
    values = {"owner": lease.owner, "lease_expires_at": lease.ends_at}
    change = update(type(row)).where(*(column == key for column, key in own_keys)).values(values)
    await session.execute(change.execution_options(synchronize_session=False))
    for name, value in values.items():
        set_committed_value(row, name, value)
