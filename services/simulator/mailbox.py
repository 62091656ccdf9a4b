"""What a clearinghouse keeps for its customers while it runs: receipts, answers that lie ready, answers to come.

It is all in this process and gone with it. A cursor of an earlier run starts the new run's answers from the beginning.
"""

from __future__ import annotations

import asyncio
import heapq
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from itertools import count

from services.simulator.domain.acknowledgements import Answer
from services.simulator.domain.behaviour import Behaviour
from services.simulator.domain.clearinghouse import History, Outcome, process
from services.simulator.domain.interchanges import take_apart
from shared.claims import Instant, Many, Model
from shared.tables import ReferenceTables

_FIRST_CONTROL_NUMBER = 1


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


@dataclass
class _Box:
    """One customer's."""

    receipts: dict[str, Receipt] = field(default_factory=dict)
    used_numbers: set[tuple[str, str]] = field(default_factory=set)
    control_numbers: set[tuple[str, str]] = field(default_factory=set)
    services: set[tuple[str, ...]] = field(default_factory=set)
    pending: list[tuple[datetime, int, Answer]] = field(default_factory=list)
    ready: list[Response] = field(default_factory=list)
    next_control_number: int = _FIRST_CONTROL_NUMBER
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def history(self) -> History:
        return History(self.control_numbers, self.services)


class Mailbox:
    """Every customer's box. `run` tells this run of the process from others, in ids and cursors."""

    def __init__(self, run: str, behaviour: Behaviour, tables: ReferenceTables | None = None) -> None:
        self.run = run
        self._tables = tables
        self.behaviour = behaviour
        self._boxes: dict[str, _Box] = {}
        self._order = count()

    async def take(self, customer: str, content: bytes, at: datetime) -> Receipt:
        """Take an interchange once: the same bytes again get the same receipt and are not looked at again.

        Raises X12Error where there is no ISA to answer to.
        """
        box = self._box(customer)
        digest = sha256(content).hexdigest()
        async with box.lock:
            if digest not in box.receipts:
                received = take_apart(content)
                outcome = await asyncio.to_thread(
                    process,
                    received,
                    behaviour=self.behaviour,
                    history=box.history,
                    already_used=received.key in box.used_numbers,
                    at=at,
                    first_control_number=box.next_control_number,
                    tables=self._tables.current() if self._tables is not None else None,
                )
                box.used_numbers.add(received.key)
                self._keep(box, outcome, at)
                box.receipts[digest] = Receipt(
                    id=digest[:32],
                    interchange_control_number=received.header[13],
                    received_at=at,
                    claims=outcome.claims,
                )
            return box.receipts[digest]

    def _keep(self, box: _Box, outcome: Outcome, at: datetime) -> None:
        box.control_numbers |= outcome.history.control_numbers
        box.services |= outcome.history.services
        box.next_control_number += len(outcome.answers)
        for answer in outcome.answers:
            heapq.heappush(box.pending, (at + answer.after, next(self._order), answer))

    def responses(self, customer: str, after: int, limit: int, at: datetime) -> tuple[list[Response], int]:
        """At most `limit` files after the first `after` that lie ready at `at`, and how many stand before the next."""
        box = self._box(customer)
        while box.pending and box.pending[0][0] <= at:
            due, _, answer = heapq.heappop(box.pending)
            box.ready.append(
                Response(
                    id=f"{self.run}-{len(box.ready) + 1:08d}",
                    kind=answer.kind,
                    created_at=due,
                    content=answer.content.decode("latin-1"),
                )
            )
        found = box.ready[after : after + limit]
        return found, after + len(found)

    def _box(self, customer: str) -> _Box:
        return self._boxes.setdefault(customer, _Box())
