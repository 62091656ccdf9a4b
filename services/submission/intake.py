"""Claims that come in by submission's own door: examined by the scrubber first, queued when clean, else held there.

The scrubber keeps the claim in one transaction of its own and tells the line; what is written here after it is only
what its event would bring a moment later. So a crash between the two loses nothing and doubles nothing.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from types import MappingProxyType
from typing import TypeAlias
from uuid import NAMESPACE_OID, uuid5

from pydantic_core import to_json

from services.submission import clearing, handlers, store
from services.submission.domain.x12.reading import Fault, NoClaims, ReceivedClaim, holds_claims, read_claims
from services.submission.errors import ClaimExists, InvalidClaimId, UnreadableClaims
from services.submission.records import FormFault, SubmittedClaim, SubmittedLine
from services.submission.scrubbing import AnyClaim, Scrubbed, Scrubber
from shared.claims import ClaimId, ScrubReport
from shared.claims.control_numbers import control_number
from shared.db import Context, Database, UnitOfWork
from shared.errors import ServiceError
from shared.http import NdjsonItems, Problem
from shared.http.problems import problem_of
from shared.x12 import X12Error

_AT_ONCE = 16


@dataclass(frozen=True)
class Item:
    """One thing of a stream: a claim, what keeps it from being one, or what is wrong with its file."""

    line: int
    """The line of an NDJSON body; the how-manieth claim or fault of an X12 file."""
    claim: AnyClaim | None = None
    problem: Problem | None = None
    name: str | None = None
    """CLM01 as it came."""
    faults: tuple[FormFault, ...] = ()


Items: TypeAlias = AsyncIterator[Item]
Answer: TypeAlias = Callable[[AnyClaim], Awaitable[SubmittedClaim]]

SUBMITTED = MappingProxyType({"queued": 201, "held": 202})
"""The status of what was taken: in the queue, or for somebody to look at first."""
EXAMINED = MappingProxyType({"queued": 200, "held": 200})


@dataclass(frozen=True)
class Intake:
    """Takes claims in for one caller. `key` is the Idempotency-Key of the request."""

    scrubber: Scrubber
    database: Database
    context: Context
    authorization: str
    key: str | None = None

    async def examine(self, claim: AnyClaim) -> SubmittedClaim:
        """What the edits find, and whether it would be queued. Nothing is kept. Raises as `take`."""
        named = _named(claim)
        return _told(named, await self.scrubber.examine(named, self.authorization))

    async def take(self, claim: AnyClaim) -> Scrubbed:
        """The claim under a control number of ours, taken in by the scrubber, to be entered here.

        Raises ClaimExists, InvalidClaimId, and what `Scrubber` raises.
        """
        named = _named(claim)
        async with self.database.read() as session:
            if await store.is_another_tenants(session, self.context.tenant, named.patient_control_number):
                raise ClaimExists("there is a claim with this id", pointer="/id")
        return await self.scrubber.take(named, self.authorization, self.key)

    async def submit(self, claim: AnyClaim) -> SubmittedClaim:
        """Take it in and enter it, in a unit of work of its own. Raises as `take`."""
        scrubbed = await self.take(claim)
        async with self.database.unit_of_work(self.context) as uow:
            return await enter(uow, scrubbed)

    async def submitted(self, items: Items) -> AsyncIterator[bytes]:
        """`submit` each item: one answer a line, in order, while they still come in."""
        async for line in _lines(items, self.submit, SUBMITTED):
            yield line

    async def examined(self, items: Items) -> AsyncIterator[bytes]:
        """`examine` each item: one answer a line, in order, while they still come in."""
        async for line in _lines(items, self.examine, EXAMINED):
            yield line


async def _lines(items: Items, answer: Answer, statuses: Mapping[str, int]) -> AsyncIterator[bytes]:
    """Side by side, but those of one id in their order: the first is taken, and the next is there already."""
    async for some in _windows(items):
        turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

        async def in_turn(item: Item, turns: Mapping[str, asyncio.Lock] = turns) -> SubmittedLine:
            async with turns[item.claim.id if item.claim else ""]:
                return await _line(item, answer, statuses)

        for told in await asyncio.gather(*map(in_turn, some)):
            yield to_json(told, exclude_none=True) + b"\n"


async def _line(item: Item, answer: Answer, statuses: Mapping[str, int]) -> SubmittedLine:
    line = SubmittedLine(line=item.line, status=200, name=item.name, faults=item.faults)
    if item.claim is None:
        status = item.problem.status if item.problem else line.status
        return line.model_copy(update={"status": status, "problem": item.problem})
    try:
        told = await answer(item.claim)
    except ServiceError as error:
        refused = {"status": error.status, "claim_id": item.claim.id, "problem": problem_of(error)}
        return line.model_copy(update=refused)
    return line.model_copy(update={"status": statuses[told.outcome], **dict(told)})


async def enter(uow: UnitOfWork, scrubbed: Scrubbed) -> SubmittedClaim:
    """Queue what the scrubber has cleared; what it holds waits on its worklist."""
    if scrubbed.status == "cleared":
        await clearing.take_one(uow, scrubbed.cleared)
    return _told(scrubbed.claim, scrubbed.report)


def _told(claim: AnyClaim, report: ScrubReport) -> SubmittedClaim:
    return SubmittedClaim(
        claim_id=claim.id,
        patient_control_number=claim.patient_control_number,
        outcome="queued" if report.outcome == "cleared" else "held",
        report=report,
    )


def _named(claim: AnyClaim) -> AnyClaim:
    """Under the control number by which its answers find it; an 837's own stays as the number of the encounter.

    Raises InvalidClaimId where none can be made of the claim's id.
    """
    if claim.id.problem:
        raise InvalidClaimId("no control number can be made of the claim's id", pointer="/id")
    return claim.model_copy(update={"patient_control_number": control_number(claim.id, 1)})


# -- what comes in ----------------------------------------------------------------------------------------------------


async def items_of_lines(lines: NdjsonItems[AnyClaim]) -> Items:
    """One claim a line."""
    async for number, value in lines:
        yield Item(number, problem=value) if isinstance(value, Problem) else Item(number, claim=value)


def is_of_claims(content: bytes) -> bool:
    """Whether a file of X12 is an 837. Raises UnreadableClaims, with the place, where it is no X12."""
    try:
        return holds_claims(BytesIO(content))
    except X12Error as error:
        raise UnreadableClaims(str(error), extra=handlers.place_of(error)) from None


async def items_of_x12(content: bytes, tenant: str) -> Items:
    """The claims of an 837 file, each with its faults and their places; between them the faults of the file.

    A claim of whose values one could not be read, or that has what claims have no place for, is not taken: it would go
    out as another. Where the file ends as X12,
    the last item says so.
    """
    number = 0
    try:
        for number, received in enumerate(read_claims(content), 1):
            yield _received(number, received, tenant)
            await asyncio.sleep(0)  # a long file leaves room for the requests beside it
    except (X12Error, NoClaims) as error:
        yield Item(number + 1, problem=problem_of(UnreadableClaims(str(error), extra=handlers.place_of(error))))


def _received(number: int, received: ReceivedClaim | Fault, tenant: str) -> Item:
    if isinstance(received, Fault):
        is_error = received.severity == "error"
        return _refused(number, None, (received,)) if is_error else Item(number, faults=(_form_fault(received),))
    name = received.patient_control_number
    if received.claim is None or any(map(_keeps_back, received.faults)):
        return _refused(number, name, received.faults)
    # The reader's id follows from the place in the file, which another tenant may send too.
    claim_id = ClaimId(str(uuid5(NAMESPACE_OID, f"{tenant}\x1f{received.claim.id}")))
    claim = received.claim.model_copy(update={"id": claim_id})
    return Item(number, claim=claim, name=name, faults=tuple(map(_form_fault, received.faults)))


def _keeps_back(fault: Fault) -> bool:
    """Whether the claim would go out as another: with a value misread, or without a segment that it came with."""
    return fault.severity == "error" or fault.code == "segment-not-carried"


def _refused(number: int, name: str | None, faults: Sequence[Fault]) -> Item:
    told = tuple(map(_form_fault, faults))
    first, *others = (_form_fault(fault) for fault in faults if _keeps_back(fault))
    more = f"; {len(others)} more in `faults`" if others else ""
    problem = UnreadableClaims(f"{first.message}{more}", pointer=first.pointer, x12=first.x12)
    return Item(number, problem=problem_of(problem), name=name, faults=told)


def _form_fault(fault: Fault) -> FormFault:
    last = fault.element or fault.segment
    return FormFault(
        code=fault.code,
        severity=fault.severity,
        message=fault.message,
        offset=fault.position.offset,
        segment=fault.position.segment,
        x12=(last or None) if fault.loop in ("", fault.segment) else f"{fault.loop}.{last}",
        pointer=fault.pointer or None,
        answer=fault.answer or None,
    )


async def _windows(items: Items) -> AsyncIterator[list[Item]]:
    window: list[Item] = []
    async for item in items:
        window.append(item)
        if len(window) == _AT_ONCE:
            yield window
            window = []
    if window:
        yield window
