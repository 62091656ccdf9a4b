"""People who work side by side in the demo: when one of them fails, the others stop and the failure is told."""

from __future__ import annotations

import asyncio

import pytest

from revcycle.demo.day import _working


async def test_the_failure_of_one_stops_those_who_would_work_for_ever() -> None:
    stopped = asyncio.Event()

    async def for_ever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    async def fails() -> None:
        raise ValueError("a chart could not be coded")

    async with asyncio.timeout(10):
        with pytest.raises(ValueError, match="could not be coded"):
            async with _working([for_ever(), fails()]) as working:
                await working
    assert stopped.is_set()
