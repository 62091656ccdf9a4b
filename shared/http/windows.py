"""Many lines of an NDJSON body in one unit of work, for what is done together at far less than each alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

import structlog
from pydantic_core import to_json

from shared.db import UnitOfWork
from shared.errors import ServiceError
from shared.http.body import Line, NdjsonItems
from shared.http.content import JSON
from shared.http.idempotency import Answer, Reservation, keep_all, release_all, reserve_all
from shared.http.problems import InternalError, Problem, answer_of
from shared.http.scope import request_id_of
from shared.http.writes import Writer

log = structlog.get_logger("revcycle.http")

T = TypeVar("T")

_LINES = 100
_BYTES = 2_000_000
"""Of lines in one unit of work, or a single line."""


@dataclass(frozen=True)
class Together(Generic[T]):
    """What is done with the items of many lines at once.

    `many` gets at least one item, those of a window in the order of their lines, and answers each: with its result, or
    with the ServiceError that refuses it alone. What it raises undoes everything that was done for any of them, and
    then it gets them one by one: an item must come to the same alone as among others. `named` says what no two of a
    window may share; with an Idempotency-Key each item has its own, of key and name. A line is answered with `status`,
    its result as `member`.
    """

    many: Callable[[UnitOfWork, Sequence[T]], Awaitable[Sequence[Any]]]
    named: Callable[[T], str]
    member: str
    status: int = 200


class _Told(NamedTuple):
    answer: Answer
    replayed: bool = False


@dataclass(frozen=True)
class _Turn:
    """A line whose item is to be done now, under its own key where the caller has sent one."""

    line: Line
    reservation: Reservation | None = None


async def in_windows(write: Writer, items: NdjsonItems[T], wanted: Together[T]) -> AsyncIterator[bytes]:
    """Do what is wanted with each line, a window of them at a time; an answer for each, in order, window by window.

    A line is `{"line", "status", <member> | "problem", "replayed"?}`. A bad line fails alone. With a key a request that
    was cut off in the middle is simply sent again, however its lines then fall into windows.
    """
    windows = _Windows(write, wanted)
    async for window in _cut(items.lines(), wanted.named):
        told = iter(await windows.settled([line for line in window if not isinstance(line.value, Problem)]))
        for line in window:
            if isinstance(line.value, Problem):
                refused = {"line": line.number, "status": line.value.status, "problem": line.value.brief()}
                yield to_json(refused) + b"\n"
            else:
                yield _written(line, next(told), wanted.member)


@dataclass(frozen=True)
class _Windows(Generic[T]):
    """Does windows of lines, one after another."""

    write: Writer
    wanted: Together[T]

    async def settled(self, lines: Sequence[Line]) -> list[_Told]:
        """The answer to each line, done now or found under its key."""
        if not lines:
            return []
        attempt = self.write.attempt("")
        if attempt is None:
            return [_Told(one) for one in await self._done([_Turn(line) for line in lines])]
        named = self.wanted.named
        attempts = [attempt.for_line(named(line.value), line.digest) for line in lines]
        found = await reserve_all(self.write.database, attempts)
        turns = [_Turn(line, one) for line, one in zip(lines, found, strict=True) if isinstance(one, Reservation)]
        try:
            done = iter(await self._done(turns))
        except BaseException:
            await asyncio.shield(self._release(turns))
            raise
        return [_Told(next(done)) if isinstance(one, Reservation) else self._known(one) for one in found]

    def _known(self, found: Answer | ServiceError) -> _Told:
        return _Told(found, replayed=True) if isinstance(found, Answer) else _Told(self._refused(found))

    async def _done(self, turns: Sequence[_Turn]) -> list[Answer]:
        """All together, or where that fails each alone."""
        try:
            return await self._together(turns) if turns else []
        except Exception as error:
            if len(turns) == 1:
                return [await self._failed(turns[0], error)]
            log.warning("lines failed together and are done one by one", lines=len(turns), exc_info=True)
            return [answered for turn in turns for answered in await self._done([turn])]

    async def _together(self, turns: Sequence[_Turn]) -> list[Answer]:
        async with self.write.database.unit_of_work(self.write.context) as uow:
            results = await self.wanted.many(uow, [turn.line.value for turn in turns])
            answers = [self._rendered(result) for result in results]
            pairs = zip(turns, answers, strict=True)
            await keep_all(uow, [(turn.reservation, answered) for turn, answered in pairs if turn.reservation])
        return answers

    def _rendered(self, result: Any) -> Answer:
        """Raises the ServiceError that is the server's fault: it is no answer that a key keeps."""
        if not isinstance(result, ServiceError):
            return Answer(self.wanted.status, {"Content-Type": JSON}, to_json(result, exclude_none=True))
        if result.status >= 500:
            raise result
        return self._refused(result)

    async def _failed(self, turn: _Turn, error: Exception) -> Answer:
        await asyncio.shield(self._release([turn]))
        if isinstance(error, ServiceError):
            return self._refused(error)
        # The lines beside it have their effects already; the caller must learn of each.
        log.error("line failed", line=turn.line.number, exc_info=error)
        return self._refused(InternalError("quote the request id to support"))

    def _refused(self, error: ServiceError) -> Answer:
        return answer_of(error, request_id_of(self.write.request))

    async def _release(self, turns: Sequence[_Turn]) -> None:
        if reservations := [turn.reservation for turn in turns if turn.reservation]:
            async with self.write.database.unit_of_work(self.write.context) as uow:
                await release_all(uow, reservations)


async def _cut(lines: AsyncIterator[Line], named: Callable[[T], str]) -> AsyncIterator[list[Line]]:
    window: list[Line] = []
    names: set[str] = set()
    size = 0
    async for line in lines:
        own = set() if isinstance(line.value, Problem) else {named(line.value)}
        if window and (len(window) == _LINES or size + line.size > _BYTES or own & names):
            yield window
            window, names, size = [], set(), 0
        window.append(line)
        names |= own
        size += line.size
    if window:
        yield window


def _written(line: Line, told: _Told, member: str) -> bytes:
    """The line of an answer that is JSON already."""
    name = b"problem" if told.answer.status >= 400 else member.encode()
    replayed = b',"replayed":true' if told.replayed else b""
    return b'{"line":%d,"status":%d,"%b":%b%b}\n' % (line.number, told.answer.status, name, told.answer.body, replayed)
