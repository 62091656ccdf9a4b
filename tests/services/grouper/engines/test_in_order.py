"""A stream that is read no faster than it is answered, in order."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from services.grouper.engines.in_order import in_order
from services.grouper.engines.turns import Turns


class Source:
    """Counts from 0 for ever, and says how far it has come."""

    def __init__(self, end: int | None = None, error: Exception | None = None) -> None:
        self.given, self._end, self._error = 0, end, error

    async def __aiter__(self) -> AsyncIterator[int]:
        while self._end is None or self.given < self._end:
            self.given += 1
            yield self.given - 1
        if self._error is not None:
            raise self._error


async def test_answers_come_in_the_order_of_the_items_whichever_is_done_first() -> None:
    async def answer(number: int) -> int:
        await asyncio.sleep(random.Random(number).random() / 500)
        return number

    assert [one async for one in in_order(aiter(Source(50)), answer, ahead=4)] == list(range(50))


async def test_no_more_is_read_of_an_endless_stream_than_is_taken_from_it() -> None:
    source = Source()

    async def answer(number: int) -> int:
        return number

    async with aclosing(in_order(aiter(source), answer, ahead=3)) as answers:
        async for one in answers:
            await asyncio.sleep(0)  # the reader has every chance to run ahead
            assert source.given <= one + 1 + 3
            if one == 100:
                break


async def test_whoever_stops_early_cancels_what_is_in_work() -> None:
    working, cancelled, full = set[int](), set[int](), asyncio.Event()

    async def answer(number: int) -> int:
        working.add(number)
        if len(working) == 3:
            full.set()
        try:
            await asyncio.sleep(60 if number else 0)
        except asyncio.CancelledError:
            cancelled.add(number)
            raise
        return number

    async with aclosing(in_order(aiter(Source()), answer, ahead=3)) as answers:
        assert await anext(answers) == 0
        await full.wait()
    assert cancelled == working - {0}


async def test_an_error_of_the_items_comes_after_the_answers_before_it() -> None:
    async def answer(number: int) -> int:
        return number

    answers = in_order(aiter(Source(3, ConnectionError())), answer, ahead=2)
    assert [await anext(answers) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ConnectionError):
        await anext(answers)


async def test_the_urgent_are_served_before_those_who_came_first() -> None:
    turns, served = Turns(["worker"]), list[str]()

    async def work(name: str, *, urgent: bool) -> None:
        worker = await turns.take(urgent=urgent)
        await asyncio.sleep(0)
        served.append(name)
        turns.give(worker)

    async with asyncio.TaskGroup() as group:
        for name in ("first", "patient", "patient too", "urgent", "urgent too"):
            group.create_task(work(name, urgent=name.startswith("urgent")))
    assert served == ["first", "urgent", "urgent too", "patient", "patient too"]


async def test_a_turn_that_is_not_taken_goes_to_the_next() -> None:
    turns = Turns(["worker"])
    worker = await turns.take(urgent=True)
    leaving, staying = (asyncio.create_task(turns.take(urgent=True)) for _ in range(2))
    await asyncio.sleep(0)
    turns.give(worker)  # it is in the hands of the one who leaves now
    leaving.cancel()
    assert await asyncio.wait_for(staying, 5) == "worker"
    assert turns.waiting == 0
