"""The write side of a route: one unit of work, its answer kept under the caller's key in the same transaction."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple, TypeVar

import structlog
from fastapi import Depends, Header, Request, Response
from pydantic_core import to_json

from shared.db import Context, Database, ReadSession, UnitOfWork
from shared.errors import ServiceError, VersionRequired
from shared.http.answers import render, respond
from shared.http.body import Line, NdjsonItems
from shared.http.content import NDJSON
from shared.http.idempotency import Answer, Attempt, InvalidKey, Reservation, reserve
from shared.http.keyed_bodies import digest_of
from shared.http.problems import InternalError, Problem, answer_of, problem_of
from shared.http.scope import context_of, public_prefix, request_id_of, runtime_of

log = structlog.get_logger("revcycle.http")

T = TypeVar("T")
Work = Callable[[UnitOfWork], Awaitable[Any]]
Location = Callable[[Any], str]
Run = Callable[[Reservation | None], Awaitable[Answer]]
_LINES_AT_ONCE = 16
_LONGEST_OPERATION = 500


class Effect(NamedTuple):
    """What is written after something was asked, and how it is answered."""

    work: Work
    status: int
    location: Location | None = None


@dataclass(frozen=True)
class Writer:
    """Runs a route's one unit of work. Made for each request by `Write`."""

    request: Request
    database: Database
    context: Context
    key: str | None

    async def __call__(self, work: Work, *, status: int | None = None, location: Location | None = None) -> Response:
        """Run `work` and answer its result (a model, or None for no content) with `status`, default the route's.

        `location` gives the new record's address below the app, `/v1/…`; the caller gets it with the public prefix.

        A key that has its answer gives it again without running `work`. Whatever `work` raises rolls everything back;
        a `ServiceError` below 500 is an answer too and is kept.
        """
        code = status or getattr(self.request.scope.get("route"), "status_code", None) or 200
        return await self._answer(lambda kept: self._run(work, code, location, kept))

    async def after(self, first: Callable[[], Awaitable[T]], then: Callable[[T], Effect]) -> Response:
        """Ask what is not ours first, outside of any unit of work, and write what `then` makes of its answer.

        `first` runs under the request's key as the work does: not for a key that has its answer, nor for one that was
        used for another request. What it raises is answered as what the work raises.
        """

        async def run(kept: Reservation | None) -> Answer:
            effect = then(await first())
            return await self._run(effect.work, effect.status, effect.location, kept)

        return await self._answer(run)

    def attempt(self, digest: str) -> Attempt | None:
        """This request as one under its key; None without a key. `digest` is of what was sent."""
        if self.key is None:
            return None
        operation = f"{self.request.method} {self.request.url.path}"[:_LONGEST_OPERATION]
        return Attempt(self.context, self.key, operation, digest)

    async def _answer(self, run: Run) -> Response:
        attempt = None if self.key is None else self.attempt(await digest_of(self.request))
        if attempt is None:
            return respond(await run(None))
        answered, replayed = await self._once(attempt, run)
        return respond(answered, replayed=replayed)

    async def each(
        self,
        items: NdjsonItems[T],
        work: Callable[[UnitOfWork, T], Awaitable[Any]],
        *,
        status: int = 200,
        location: Location | None = None,
    ) -> Response:
        """Run `work` on each line in a unit of work of its own; answer NDJSON in the order of the lines.

        A line is `{"line", "status", "location"?, "etag"?, "replayed"?, "problem"?}`. A bad line fails alone. With a
        key each line has its own, so that a bulk request cut off in the middle is simply sent again.
        """
        answers = bytearray()
        async for window in _windows(items.lines()):
            done = await asyncio.gather(*(self._line(line, work, status, location) for line in window))
            answers += b"".join(to_json(one) + b"\n" for one in done)
        return Response(bytes(answers), media_type=NDJSON)

    async def _line(self, line: Line, work: Any, status: int, location: Location | None) -> dict[str, Any]:
        if isinstance(line.value, Problem):
            return {"line": line.number, "status": line.value.status, "problem": line.value.brief()}
        try:
            answered, replayed = await self._line_once(line, lambda uow: work(uow, line.value), status, location)
        except ServiceError as error:
            return _refused(line, error)
        except Exception:
            # The lines beside it have their effects already; the caller must learn of each.
            log.error("line failed", line=line.number, exc_info=True)
            return _refused(line, InternalError("quote the request id to support"))
        return {"line": line.number, **_brief(answered), **({"replayed": True} if replayed else {})}

    async def _line_once(self, line: Line, work: Work, status: int, location: Location | None) -> tuple[Answer, bool]:
        attempt = self.attempt("")
        if attempt is None:
            return await self._run(work, status, location, None), False
        own = attempt.for_line(line.number, line.digest)
        return await self._once(own, lambda kept: self._run(work, status, location, kept))

    async def _once(self, attempt: Attempt, run: Run) -> tuple[Answer, bool]:
        found = await reserve(self.database, attempt)
        if isinstance(found, Answer):
            return found, True
        try:
            return await run(found), False
        except ServiceError as error:
            if error.status >= 500:
                await asyncio.shield(self._release(found))
                raise
            return await asyncio.shield(self._keep_refusal(found, error)), False
        except BaseException:
            await asyncio.shield(self._release(found))
            raise

    async def _run(self, work: Work, status: int, location: Location | None, kept: Reservation | None) -> Answer:
        async with self.database.unit_of_work(self.context) as uow:
            result = await work(uow)
            where = None if location is None else public_prefix(self.request) + location(result)
            answered = render(result, status, where)
            if kept is not None:
                await kept.keep(uow, answered)
        return answered

    async def _keep_refusal(self, reservation: Reservation, error: ServiceError) -> Answer:
        refusal = answer_of(error, request_id_of(self.request))
        async with self.database.unit_of_work(self.context) as uow:
            await reservation.keep(uow, refusal)
        return refusal

    async def _release(self, reservation: Reservation) -> None:
        async with self.database.unit_of_work(self.context) as uow:
            await reservation.release(uow)


async def _windows(lines: AsyncIterator[Line]) -> AsyncIterator[list[Line]]:
    window: list[Line] = []
    async for line in lines:
        window.append(line)
        if len(window) == _LINES_AT_ONCE:
            yield window
            window = []
    if window:
        yield window


def _refused(line: Line, error: ServiceError) -> dict[str, Any]:
    return {"line": line.number, "status": error.status, "problem": problem_of(error).brief()}


def _brief(answered: Answer) -> dict[str, Any]:
    """One line's answer: where the record is, not the record; or the problem that was kept."""
    members: dict[str, Any] = {"status": answered.status}
    if answered.status >= 400:
        return members | {"problem": Problem.model_validate_json(answered.body).brief()}
    named = {"location": answered.headers.get("Location"), "etag": answered.headers.get("ETag")}
    return members | {name: value for name, value in named.items() if value is not None}


def writer_of(
    request: Request,
    idempotency_key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="Names this write for a day: sent again, it gives the first answer and has no second effect.",
        ),
    ] = None,
) -> Writer:
    if idempotency_key is not None and not (0 < len(idempotency_key) <= 255 and idempotency_key.isprintable()):
        raise InvalidKey("an Idempotency-Key is any text of 1 to 255 visible characters, such as a UUID")
    return Writer(request, runtime_of(request).database, context_of(request), idempotency_key)


Write = Annotated[Writer, Depends(writer_of)]
"""`write: Write` in a route that changes something: `return await write(lambda uow: handlers.x(uow, …))`."""


async def _read(request: Request) -> AsyncIterator[ReadSession]:
    async with runtime_of(request).database.read() as session:
        yield session


Read = Annotated[ReadSession, Depends(_read)]
"""`session: Read` in a route that only looks."""


class InvalidVersion(ServiceError):
    code, title, status = "invalid_if_match", "If-Match does not hold one ETag of this record", 400


def version_named(
    if_match: Annotated[
        str | None,
        Header(alias="If-Match", description="The ETag of the version that you have seen.", examples=['"3"']),
    ] = None,
) -> int:
    if if_match is None:
        raise VersionRequired("send If-Match with the ETag that you have seen")
    text = if_match.strip()
    if len(text) > 18 or not (text[:1] == text[-1:] == '"' and text[1:-1].isascii() and text[1:-1].isdigit()):
        raise InvalidVersion('If-Match holds the ETag as it was given, such as "3"')
    return int(text[1:-1])


IfMatch = Annotated[int, Depends(version_named)]
"""`version: IfMatch` in a route that changes a versioned record; the handler raises `StaleVersion`."""
