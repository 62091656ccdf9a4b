"""What a clearinghouse does for its customers: takes interchanges once, and hands out the answers as they fall due.

Each customer has a box of their own: nobody sees another's answers, and nobody changes how payers behave to another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b, sha256
from typing import Any

from pydantic import TypeAdapter

from services.simulator import store
from services.simulator.domain.adjudication import FormerDecision
from services.simulator.domain.behaviour import Behaviour
from services.simulator.domain.clearinghouse import History, Outcome, ReadInterchange, process, read_interchange
from services.simulator.store import CustomerRow, ReceiptRow
from shared import audit
from shared.claims import Instant, Many, Model
from shared.db import Context, Database, ReadSession, UnitOfWork
from shared.tables import ReferenceTables

_FORMER = TypeAdapter(FormerDecision)
_LONGEST_SENDER, _LONGEST_CONTROL_NUMBER = 15, 9


class Receipt(Model):
    """The clearinghouse has the interchange for good. What it thinks of it comes as TA1, 999 and 277CA."""

    id: str
    interchange_control_number: str
    received_at: Instant
    claims: int


class Response(Model):
    """A file that lies ready: `kind` TA1, 999, 277CA or 835; `content` is X12 text, one character a byte."""

    id: str
    kind: str
    created_at: Instant
    content: str


class Responses(Model):
    """Files in the order in which they went out; `next_cursor` is where to go on, on the last page too."""

    items: Many[Response]
    next_cursor: str


@dataclass(frozen=True, slots=True)
class _Known:
    """A customer's box as it was when an interchange was looked at."""

    version: int
    behaviour: Behaviour
    history: History
    already_used: bool
    next_control_number: int


@dataclass(frozen=True)
class Mailbox:
    """Every customer's box. `behaviour` is that of customers who have set none; files that went out are kept `keep`."""

    database: Database
    behaviour: Behaviour
    keep: timedelta
    tables: ReferenceTables | None = None

    async def take(self, context: Context, content: bytes) -> Receipt:
        """Take an interchange once: the same bytes again get the same receipt and are not looked at again.

        Raises X12Error where there is no ISA to answer to.
        """
        digest = sha256(content).hexdigest()
        async with self.database.read() as session:
            known = await store.receipt(session, context.tenant, digest)
        if known is not None:
            return _receipt(known)
        interchange = await asyncio.to_thread(read_interchange, content)
        while True:
            taken = await self._try_to_take(context, digest, interchange)
            if taken is not None:
                return taken

    async def _try_to_take(self, context: Context, digest: str, interchange: ReadInterchange) -> Receipt | None:
        """None where another interchange came in between, which may change what this one is answered."""
        async with self.database.read() as session:
            known = await self._known(session, context.tenant, interchange)
        outcome = await asyncio.to_thread(
            process,
            interchange,
            behaviour=known.behaviour,
            history=known.history,
            already_used=known.already_used,
            at=context.at,
            first_control_number=known.next_control_number,
            tables=self.tables.current() if self.tables is not None else None,
        )
        async with self.database.unit_of_work(context) as uow:
            box = await store.customer_for_change(uow.session, context.tenant)
            earlier = await store.receipt(uow.session, context.tenant, digest)
            if earlier is not None:
                return _receipt(earlier)
            if box.version != known.version:
                return None
            await store.forget_files(uow.session, context.tenant, context.at - self.keep)
            return _receipt(await _keep(uow, box, digest, interchange, outcome))

    async def _known(self, session: ReadSession, tenant: str, interchange: ReadInterchange) -> _Known:
        box = await store.customer(session, tenant)
        asked = interchange.asks
        numbers = {_digest(number): number for number in asked.control_numbers}
        services = {_digest(service): service for service in asked.services}
        seen_numbers = await store.marked(session, tenant, "number", numbers)
        seen_services = await store.marked(session, tenant, "service", services)
        return _Known(
            version=box.version if box else 0,
            behaviour=self._behaviour_to(box),
            history=History(
                frozenset(numbers[digest] for digest in seen_numbers),
                frozenset(services[digest] for digest in seen_services),
                await _decisions(session, tenant, interchange),
            ),
            already_used=await store.number_used(session, tenant, *_key(interchange)),
            next_control_number=box.next_control_number if box else 1,
        )

    async def responses(
        self, context: Context, position_in: Callable[[str], int], limit: int
    ) -> tuple[list[Response], str, int]:
        """At most `limit` files that lie ready, the box's name, and the position of the last of them.

        `position_in` says, given the box's name, after which position to begin.
        """
        await self._send_due(context)
        async with self.database.read() as session:
            box = await store.customer(session, context.tenant)
            name = box.box if box else ""
            begin = position_in(name)
            rows = await store.files_after(session, context.tenant, begin, limit)
            last = rows[-1].position if rows else begin
            return [_response(name, row) for row in rows], name, last or 0

    async def _send_due(self, context: Context) -> None:
        async with self.database.read() as session:
            if not await store.any_due(session, context.tenant, context.at):
                return
        async with self.database.unit_of_work(context) as uow:
            box = await store.customer_for_change(uow.session, context.tenant)
            await store.send_due(uow.session, box, context.at)

    async def behaviour_to(self, session: ReadSession, tenant: str) -> Behaviour:
        """How clearinghouse and payers behave to this customer."""
        return self._behaviour_to(await store.customer(session, tenant))

    def _behaviour_to(self, box: CustomerRow | None) -> Behaviour:
        return self.behaviour if box is None or box.behaviour is None else Behaviour.model_validate(box.behaviour)


async def set_behaviour(uow: UnitOfWork, behaviour: Behaviour) -> Behaviour:
    """Behave to this customer like that from the next interchange on."""
    box = await store.customer_for_change(uow.session, uow.context.tenant)
    # What was left out stays out: a payer's own behaviour is what was set of it, and no more.
    box.behaviour = behaviour.model_dump(mode="json", exclude_unset=True)
    audit.record(uow, "behaviour.set", "customer", uow.context.tenant, {})
    return behaviour


async def _decisions(session: ReadSession, tenant: str, interchange: ReadInterchange) -> Mapping[str, FormerDecision]:
    documents = await store.decisions(session, tenant, interchange.names)
    return {number: _FORMER.validate_python(document) for number, document in documents.items()}


async def _keep(
    uow: UnitOfWork, box: CustomerRow, digest: str, interchange: ReadInterchange, outcome: Outcome
) -> ReceiptRow:
    sender, control_number = _key(interchange)
    row = ReceiptRow(
        tenant=box.tenant,
        digest=digest,
        sender=sender,
        control_number=control_number,
        claims=outcome.claims,
        received_at=uow.context.at,
    )
    uow.session.add(row)
    await store.add_marks(uow.session, box.tenant, "number", _digests(outcome.history.control_numbers))
    await store.add_marks(uow.session, box.tenant, "service", _digests(outcome.history.services))
    kept = {number: _FORMER.dump_python(one, mode="json") for number, one in outcome.history.decisions.items()}
    await store.add_decisions(uow.session, box.tenant, kept)
    files: list[dict[str, Any]] = [
        {
            "tenant": box.tenant,
            "sequence": box.next_sequence + index,
            "kind": answer.kind,
            "content": answer.content,
            "due_at": uow.context.at + answer.after,
        }
        for index, answer in enumerate(outcome.answers)
    ]
    await store.add_files(uow.session, files)
    box.version += 1
    box.next_sequence += len(files)
    box.next_control_number += len(files)
    return row


def _key(interchange: ReadInterchange) -> tuple[str, str]:
    """Sender and ISA13, which no second interchange may have. Either can be anything that stands in an ISA."""
    sender, control_number = interchange.received.key
    return sender[:_LONGEST_SENDER], control_number[:_LONGEST_CONTROL_NUMBER]


def _digests(keys: Iterable[Hashable]) -> list[str]:
    return [_digest(key) for key in keys]


def _digest(key: Hashable) -> str:
    return blake2b(repr(key).encode(), digest_size=16).hexdigest()


def _receipt(row: ReceiptRow) -> Receipt:
    return Receipt(
        id=row.digest[:32],
        interchange_control_number=row.control_number,
        received_at=row.received_at,
        claims=row.claims,
    )


def _response(box: str, row: store.FileRow) -> Response:
    return Response(
        id=f"{box}-{row.position:08d}",
        kind=row.kind,
        created_at=row.due_at,
        content=row.content.decode("latin-1"),
    )
