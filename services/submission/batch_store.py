"""Claims on their way out, thousands at once: read as values and moved by statements, never row by row.

What is read here is locked until the unit of work ends, and stays as it was read: nothing is written through it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Text, cast, insert, not_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from services.submission.domain.lifecycle import ClaimState
from services.submission.domain.routing import Payers
from services.submission.store import Base, ClaimRow, TransmissionRow, newest_in_interchange
from shared.claims import AS_RECEIVED, CLAIM, ClaimKind, InstitutionalClaim, ProfessionalClaim
from shared.db import ReadSession, WriteSession, in_parts

_CLAIMS = Base.metadata.tables[ClaimRow.__tablename__]
_TRANSMISSIONS = Base.metadata.tables[TransmissionRow.__tablename__]
_DOCUMENT = cast(ClaimRow.document, Text)
"""As text, which the claim's model reads in one step."""


class WaitingClaim(NamedTuple):
    """A claim that is ready: what batching asks of it, and its document."""

    tenant: str
    id: str
    kind: ClaimKind
    payer_id: str
    payer_name: str
    attempt: int
    patient_control_number: str
    total_charge: Decimal
    document: str


class BatchedClaim(NamedTuple):
    """A claim in an interchange, as it stands now."""

    id: str
    state: ClaimState
    revision: int
    document: str


def claim_of(row: WaitingClaim | BatchedClaim) -> ProfessionalClaim | InstitutionalClaim:
    """The claim itself, faults of its identifiers kept."""
    return CLAIM.validate_json(row.document, context=AS_RECEIVED)


async def enter(session: WriteSession, rows: Sequence[Mapping[str, Any]]) -> set[str]:
    """Insert claims, as their columns; the ids of those that are new. One that is there by now is left as it is."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    entering = dialect.insert(_CLAIMS).on_conflict_do_nothing(index_elements=["tenant", "id"]).returning(_CLAIMS.c.id)
    # Always in the order of the ids: of two that enter the same claims, one waits for the other.
    in_order = sorted(rows, key=lambda row: str(row["id"]))
    return set(await session.scalars(entering, in_order))


async def numbers_of_others(session: ReadSession, tenant: str, control_numbers: Sequence[str]) -> set[str]:
    """Those of the control numbers under which somebody else's claim goes out: the id that one is made of is taken."""
    found: set[str] = set()
    for part in in_parts(control_numbers):
        query = select(ClaimRow.patient_control_number).where(ClaimRow.patient_control_number.in_(part))
        found |= set(await session.scalars(query.where(ClaimRow.tenant != tenant)))
    return found


async def ready_claims(session: WriteSession, tenant: str, payers: Payers, limit: int) -> list[WaitingClaim]:
    """Claims to the payers that wait for a batch, oldest first; those that another run holds are passed over."""
    columns = [_DOCUMENT if name == "document" else getattr(ClaimRow, name) for name in WaitingClaim._fields]
    query = select(*columns).where(ClaimRow.tenant == tenant, ClaimRow.state == "ready").order_by(ClaimRow.id)
    named = ClaimRow.payer_id.in_(payers.named)
    query = query.where(not_(named) if payers.all_but else named)
    rows = await session.execute(query.limit(limit).with_for_update(skip_locked=True))
    return [WaitingClaim(*row) for row in rows]


async def batched_claims(session: WriteSession, interchange_id: str) -> list[BatchedClaim]:
    """The claims whose newest transmission went in the interchange, locked in the order of their ids."""
    columns = select(ClaimRow.id, ClaimRow.state, ClaimRow.revision, _DOCUMENT)
    query = newest_in_interchange(columns, interchange_id)
    return [BatchedClaim(*row) for row in await session.execute(query)]


async def move_claims(
    session: WriteSession, tenant: str, claim_ids: Sequence[str], state: ClaimState, **values: Any
) -> None:
    """All of these claims, locked, to one state."""
    for part in in_parts(claim_ids):
        change = update(_CLAIMS).where(_CLAIMS.c.tenant == tenant, _CLAIMS.c.id.in_(part))
        await session.execute(change.values(state=state, version=_CLAIMS.c.version + 1, **values))


async def keep_transmissions(session: WriteSession, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert transmissions, as their columns, of an interchange that is there."""
    await session.execute(insert(_TRANSMISSIONS), list(rows))
