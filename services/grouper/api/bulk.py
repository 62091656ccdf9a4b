"""NDJSON in, NDJSON out: the answers go out while the lines come in, and a bad line fails alone."""

from __future__ import annotations

from collections.abc import AsyncIterator

from pydantic_core import to_json

from services.grouper import handlers
from services.grouper.domain.grouping import Grouper
from services.grouper.domain.stays import AnySubject
from shared.claims import Grouping, Model
from shared.errors import ServiceError
from shared.http import NdjsonItems, Problem
from shared.http.problems import problem_of

_WINDOW = 128
"""Lines decided on together: two frames for the pool."""

_Line = tuple[int, AnySubject | Problem]


class GroupedLine(Model):
    """The answer to one line of a bulk request: its grouping, or the problem with it."""

    line: int
    """Counts from 1, blank lines too."""
    status: int
    grouping: Grouping | None = None
    problem: Problem | None = None


async def grouped_lines(grouper: Grouper, subjects: NdjsonItems[AnySubject]) -> AsyncIterator[bytes]:
    """The answers to all lines, in order, a window of them at a time."""
    window: list[_Line] = []
    async for line in subjects:
        window.append(line)
        if len(window) == _WINDOW:
            yield await _answers(grouper, window)
            window = []
    if window:
        yield await _answers(grouper, window)


async def _answers(grouper: Grouper, window: list[_Line]) -> bytes:
    given = [value for _, value in window if not isinstance(value, Problem)]
    outcomes = iter(await _outcomes(grouper, given))
    answers = [_answer(number, value if isinstance(value, Problem) else next(outcomes)) for number, value in window]
    return b"".join(to_json(answer, exclude_none=True) + b"\n" for answer in answers)


async def _outcomes(grouper: Grouper, subjects: list[AnySubject]) -> list[Grouping | Problem]:
    try:
        outcomes = await handlers.group(grouper, subjects)
    except ServiceError as busy:
        return [problem_of(busy)] * len(subjects)
    return [problem_of(one) if isinstance(one, ServiceError) else one for one in outcomes]


def _answer(number: int, outcome: Grouping | Problem) -> GroupedLine:
    if isinstance(outcome, Problem):
        return GroupedLine(line=number, status=outcome.status, problem=outcome)
    return GroupedLine(line=number, status=200, grouping=outcome)
