"""An NDJSON body cut into blocks of whole lines, without a look at any line: that is for whoever works on them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from services.grouper.engines.line_work import Block
from shared.http import NdjsonItems, Problem
from shared.http.content import BodyTooLarge, limited_stream
from shared.http.problems import problem_of

BLOCK_BYTES = 32_768
"""About eighty stays, 15 ms of work: enough that the way to a worker costs little, and no one waits long behind it."""

NumberedProblem = tuple[int, Problem]
"""A line that is not worked on, and why."""


async def blocks(body: NdjsonItems[Any]) -> AsyncIterator[Block | NumberedProblem]:
    """Every line of a body, in blocks as they arrive. A body beyond its limit ends with a problem.

    Of a line beyond its own limit no more is kept than the limit; a problem stands in its place.
    """
    number, rest, too_long = 1, bytearray(), False
    try:
        async for chunk in limited_stream(body.request, body.max_bytes):
            rest += chunk
            whole = bytes(rest[: rest.rfind(b"\n") + 1])
            del rest[: len(whole)]
            if whole and too_long:
                yield number, _too_long(body.max_line_bytes)
                _rest_of_it, _, whole = whole.partition(b"\n")
                number, too_long = number + 1, False
            for block in _cut(Block(number, whole), body.max_line_bytes):
                yield block
            number += whole.count(b"\n")
            if len(rest) > body.max_line_bytes:
                too_long = True
                rest.clear()
    except BodyTooLarge as error:
        yield number, problem_of(error)
        return
    if too_long:
        yield number, _too_long(body.max_line_bytes)
    elif rest:
        yield Block(number, bytes(rest))


def _cut(whole: Block, max_line: int) -> Iterator[Block | NumberedProblem]:
    """Lines in blocks of about `BLOCK_BYTES`."""
    number, begin, content = whole.first, 0, whole.content
    while begin < len(content):
        end = content.find(b"\n", begin + BLOCK_BYTES) + 1 or len(content)
        block = Block(number, content[begin:end])
        if len(block.content) <= max_line:
            yield block
        else:
            for line in block.lines():
                yield line if len(line.content) <= max_line else (line.first, _too_long(max_line))
        number += block.content.count(b"\n")
        begin = end


def _too_long(max_line: int) -> Problem:
    return problem_of(BodyTooLarge(f"a line may have {max_line} bytes"))
