"""NDJSON in, NDJSON out: the answers go out while the lines come in, and a bad line fails alone.

The lines are read, checked and grouped where the engine is, so that the cores of the workers do it, not this event
loop: it cuts the body into blocks and relays the answers. A block waits for its turn, and the sender with it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import cast

from pydantic_core import to_json
from starlette.requests import ClientDisconnect

from services.grouper import handlers
from services.grouper.api.blocks import NumberedProblem, blocks
from services.grouper.domain.grouping import Grouper
from services.grouper.domain.stays import AnySubject
from services.grouper.engines import subject_lines
from services.grouper.engines.in_order import in_order
from services.grouper.engines.line_work import Block, LineEngine
from services.grouper.errors import EngineFailed, NotGroupable
from shared.claims import Grouping, Model
from shared.errors import ServiceError
from shared.http import NdjsonItems, Problem
from shared.http.problems import problem_of


class GroupedLine(Model):
    """The answer to one line of a bulk request: its grouping, or the problem with it."""

    line: int
    """Counts from 1, blank lines too."""
    status: int
    grouping: Grouping | None = None
    problem: Problem | None = None


async def grouped_lines(grouper: Grouper, subjects: NdjsonItems[AnySubject]) -> AsyncIterator[bytes]:
    """The answers to all lines, in order. Raises EngineFailed never: the line at fault has it as its problem."""
    engine = cast(LineEngine, grouper.engine)  # the engines that a service is started with all do lines
    stream = _Stream(grouper, engine, subjects)
    # One block for each worker, and one that is ready for the first to be done.
    answered = in_order(blocks(subjects), stream.answer, ahead=engine.at_once + 1)
    try:
        async with aclosing(answered):
            async for answers in answered:
                if answers:
                    yield answers
    except ClientDisconnect:
        return  # what was in work is cancelled, and nobody is there to be told


class _Stream:
    """One request's way through the engine."""

    def __init__(self, grouper: Grouper, engine: LineEngine, subjects: NdjsonItems[AnySubject]) -> None:
        self._grouper, self._engine, self._subjects = grouper, engine, subjects

    async def answer(self, item: Block | NumberedProblem) -> bytes:
        """The answers to a block. One that kills its worker is worked on again line by line, to find which does."""
        if not isinstance(item, Block):
            return _with_problem(*item)
        try:
            outcomes = subject_lines.read_outcomes(await self._engine.work(item))
        except EngineFailed as error:
            lines = list(item.lines())
            if len(lines) == 1:
                return _with_problem(lines[0].first, problem_of(error))
            return b"".join([await self.answer(line) for line in lines])
        return b"".join([await self._told(one, item) for one in outcomes])

    async def _told(self, outcome: subject_lines.Outcome, block: Block) -> bytes:
        match outcome:
            case subject_lines.GroupedLines(answers):
                return answers
            case subject_lines.ReturnedLine(number, reasons):
                returned = NotGroupable(subject_lines.REASONS.validate_json(reasons))
                return _with_problem(number, problem_of(returned))
            case subject_lines.FailedLine(number):
                return _with_problem(number, problem_of(EngineFailed("gave no answer")))
            case subject_lines.UnreadLine(number):
                return await self._at_length(number, block.line(number))

    async def _at_length(self, number: int, line: bytes) -> bytes:
        """As the endpoint for one claim does it, which says what is wrong and where."""
        try:
            grouping = await handlers.group_one(self._grouper, self._subjects.body.read(line))
        except ServiceError as error:
            return _with_problem(number, problem_of(error))
        return to_json(GroupedLine(line=number, status=200, grouping=grouping), exclude_none=True) + b"\n"


def _with_problem(number: int, problem: Problem) -> bytes:
    return to_json(GroupedLine(line=number, status=problem.status, problem=problem), exclude_none=True) + b"\n"
