"""Many at work, answers in order: a stream that is read no faster than it is answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


async def in_order(
    items: AsyncIterator[T], answer: Callable[[T], Awaitable[R]], *, ahead: int
) -> AsyncGenerator[R, None]:
    """The answer to each item, in order. At most `ahead` items are held: in work, or done and not yet taken.

    Where an answer or the items raise, the answers before it come first. Whoever stops early cancels what is in work.
    """
    room = asyncio.Semaphore(ahead)
    begun: asyncio.Queue[asyncio.Future[R] | None] = asyncio.Queue()
    unfinished: set[asyncio.Future[R]] = set()

    async def begin_all() -> None:
        try:
            await room.acquire()
            async for item in items:
                work = asyncio.ensure_future(answer(item))
                unfinished.add(work)
                begun.put_nowait(work)
                await room.acquire()
        finally:
            begun.put_nowait(None)

    reader = asyncio.create_task(begin_all())
    try:
        while (next_work := await begun.get()) is not None:
            answered = await next_work
            unfinished.discard(next_work)
            room.release()
            yield answered
        await reader
    finally:
        reader.cancel()
        for work in unfinished:
            work.cancel()
        await asyncio.gather(reader, *unfinished, return_exceptions=True)
