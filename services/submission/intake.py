"""Claims that come in by submission's own door: examined by the scrubber first, queued when clean, else held there.

The scrubber keeps the claim in one transaction of its own and tells the line; what is written here after it is only
what its event would bring a moment later. So a crash between the two loses nothing and doubles nothing.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from types import MappingProxyType
from typing import TypeAlias, TypeVar
from uuid import NAMESPACE_OID, uuid5

import structlog
from pydantic_core import to_json

from services.submission import batch_store, clearing, handlers
from services.submission.domain.x12.reading import (
    NOT_CARRIED,
    Fault,
    NoClaims,
    ReceivedClaim,
    holds_claims,
    read_claims,
)
from services.submission.errors import ClaimExists, InvalidClaimId, UnreadableClaims
from services.submission.records import FormFault, SubmittedClaim, SubmittedLine
from services.submission.scrubbing import AnyClaim, Scrubbed, Scrubber
from shared.claims import ClaimId, ScrubReport
from shared.claims.control_numbers import control_number
from shared.db import Context, Database, UnitOfWork
from shared.errors import ServiceError
from shared.events import Occurrence
from shared.http import NdjsonItems, Problem
from shared.http.problems import InternalError, problem_of
from shared.x12 import X12Error

log = structlog.get_logger("revcycle.submission")

T = TypeVar("T")

_CLAIMS_AT_ONCE = 100
_LINES_AT_ONCE = 1_000
"""Service lines of the claims of a window, which may be one claim of 999."""
_WINDOWS_AT_ONCE = 2


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
Told: TypeAlias = SubmittedClaim | ServiceError
Answer: TypeAlias = Callable[[Sequence[AnyClaim]], Awaitable[Sequence[Told]]]
"""Answers each of a window's claims, in order. Windows are begun in their order, two of them at a time."""

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
        if await self._ids_of_others([named]):
            raise _exists()
        return await self.scrubber.take(named, self.authorization, self.key)

    async def submitted(self, items: Items) -> AsyncIterator[bytes]:
        """Take each item in and enter it: one answer a line, in order, while they still come in."""
        # The scrubber gets the windows one after another; what is entered here meanwhile is of the one before.
        turn = asyncio.Lock()

        async def submit(claims: Sequence[AnyClaim]) -> list[Told]:
            async with turn:
                taken = await _each(claims, self._take_all)
            return await self._enter_all(taken)

        async for line in _lines(items, submit, SUBMITTED):
            yield line

    async def examined(self, items: Items) -> AsyncIterator[bytes]:
        """`examine` each item: one answer a line, in order, while they still come in."""

        async def examine(claims: Sequence[AnyClaim]) -> list[Told]:
            return await _each(claims, self._examine_all)

        async for line in _lines(items, examine, EXAMINED):
            yield line

    async def _examine_all(self, claims: Sequence[AnyClaim]) -> list[Told]:
        reports = await self.scrubber.examine_many(claims, self.authorization)
        pairs = zip(claims, reports, strict=True)
        return [report if isinstance(report, ServiceError) else _told(claim, report) for claim, report in pairs]

    async def _take_all(self, claims: Sequence[AnyClaim]) -> list[Scrubbed | ServiceError]:
        others = await self._ids_of_others(claims)
        ours = [claim for claim in claims if claim.id not in others]
        taken = iter(await self.scrubber.take_many(ours, self.authorization, self.key) if ours else ())
        return [_exists() if claim.id in others else next(taken) for claim in claims]

    async def _ids_of_others(self, claims: Sequence[AnyClaim]) -> set[str]:
        """Ids whose control number goes out on somebody else's claim already: it is made of the id."""
        numbers = {str(claim.patient_control_number): str(claim.id) for claim in claims}
        async with self.database.read() as session:
            taken = await batch_store.numbers_of_others(session, self.context.tenant, list(numbers))
        return {numbers[number] for number in taken}

    async def _enter_all(self, taken: Sequence[Scrubbed | ServiceError]) -> list[Told]:
        """All in one unit of work or, where that fails, each in its own: one that cannot be entered fails alone."""
        try:
            return await self._entered(taken)
        except Exception as error:
            if len(taken) == 1:
                # The scrubber has it, and the line will bring it; the claims beside it must be answered.
                log.error("claim was not entered", exc_info=error)
                return [InternalError("quote the request id to support")]
            log.warning("claims were not entered together and are entered one by one", exc_info=error)
            return [told for one in taken for told in await self._enter_all([one])]

    async def _entered(self, taken: Sequence[Scrubbed | ServiceError]) -> list[Told]:
        async with self.database.unit_of_work(self.context) as uow:
            cleared = [one for one in taken if isinstance(one, Scrubbed) and one.status == "cleared"]
            await clearing.take_many([Occurrence(uow, one.cleared) for one in cleared])
        return [one if isinstance(one, ServiceError) else _told(one.claim, one.report) for one in taken]


async def _lines(items: Items, answer: Answer, statuses: Mapping[str, int]) -> AsyncIterator[bytes]:
    """The answers to all items, in order, as soon as a window of them is done."""
    running: deque[asyncio.Task[bytes]] = deque()
    try:
        async for window in _windows(items):
            running.append(asyncio.create_task(_window(window, answer, statuses)))
            if len(running) == _WINDOWS_AT_ONCE:
                yield await running.popleft()
        while running:
            yield await running.popleft()
    finally:
        for task in running:
            task.cancel()


async def _window(items: Sequence[Item], answer: Answer, statuses: Mapping[str, int]) -> bytes:
    answers = iter(await answer([item.claim for item in items if item.claim is not None]))
    lines = [_line(item, None if item.claim is None else next(answers), statuses) for item in items]
    return b"".join(to_json(line, exclude_none=True) + b"\n" for line in lines)


def _line(item: Item, told: Told | None, statuses: Mapping[str, int]) -> SubmittedLine:
    line = SubmittedLine(line=item.line, status=200, name=item.name, faults=item.faults)
    if item.claim is None or told is None:
        status = item.problem.status if item.problem else line.status
        return line.model_copy(update={"status": status, "problem": item.problem})
    if isinstance(told, ServiceError):
        refused = {"status": told.status, "claim_id": item.claim.id, "problem": problem_of(told)}
        return line.model_copy(update=refused)
    return line.model_copy(update={"status": statuses[told.outcome], **dict(told)})


async def _each(
    claims: Sequence[AnyClaim], ask: Callable[[Sequence[AnyClaim]], Awaitable[Sequence[T | ServiceError]]]
) -> list[T | ServiceError]:
    """What is answered to each claim under a control number of ours; claims of which none can be made are not asked."""
    named = [_named_or_refused(claim) for claim in claims]
    answers = iter(await ask([claim for claim in named if not isinstance(claim, ServiceError)]))
    return [claim if isinstance(claim, ServiceError) else next(answers) for claim in named]


async def enter(uow: UnitOfWork, scrubbed: Scrubbed) -> SubmittedClaim:
    """Queue what the scrubber has cleared; what it holds waits on its worklist."""
    if scrubbed.status == "cleared":
        await clearing.take_one(uow, scrubbed.cleared)
    return _told(scrubbed.claim, scrubbed.report)


def _exists() -> ClaimExists:
    return ClaimExists("there is a claim with this id", pointer="/id")


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


def _named_or_refused(claim: AnyClaim) -> AnyClaim | InvalidClaimId:
    try:
        return _named(claim)
    except InvalidClaimId as error:
        return error


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
    """Whether the claim would go out as another: with a value misread, or without a part that it came with."""
    return fault.severity == "error" or fault.code in NOT_CARRIED


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
    lines = 0
    async for item in items:
        own = len(item.claim.lines) if item.claim else 0
        if window and (len(window) == _CLAIMS_AT_ONCE or lines + own > _LINES_AT_ONCE):
            yield window
            window, lines = [], 0
        window.append(item)
        lines += own
    if window:
        yield window
