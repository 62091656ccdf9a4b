"""The work on a stream of claims and stays: each line read, checked, grouped and answered where the engine is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from pydantic import TypeAdapter

from services.grouper.domain.answers import is_grouped
from services.grouper.domain.engine import GrouperAnswer, GrouperInput
from services.grouper.domain.grouping import Decision, Grouper, Question, Returned
from services.grouper.engines.direct import DirectEngine
from services.grouper.engines.frames import Setup
from services.grouper.engines.grouping_json import grouping_json
from services.grouper.engines.line_work import Block, WorkPlace
from services.grouper.engines.msdrg_session import MsdrgSession
from services.grouper.engines.plain_stays import PlainStay, PlainStays
from services.grouper.engines.reading import read_subject
from services.grouper.errors import EngineFailed
from services.grouper.parameters import load_rules
from shared.claims import Grouping, Npi, ReturnReason
from shared.errors import ServiceError
from shared.tables import ReferenceTables, Tables


class GroupedLines(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """The answers to lines that have their grouping, as the stream has them."""

    answers: bytes


class ReturnedLine(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """A line whose claim must go back, and why, as `REASONS` writes it."""

    number: int
    reasons: bytes


class FailedLine(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """A line that the engine gave no answer on."""

    number: int


class UnreadLine(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """A line that is no claim or stay, or that the tables say nothing of: whoever asked knows how to say what it is."""

    number: int


Outcome = GroupedLines | ReturnedLine | FailedLine | UnreadLine

REASONS: TypeAdapter[tuple[ReturnReason, ...]] = TypeAdapter(tuple[ReturnReason, ...])
_encode = msgspec.msgpack.Encoder().encode
read_outcomes = msgspec.msgpack.Decoder(list[Outcome]).decode

_Prepared = PlainStay | Question | Decision | UnreadLine


def place(tables: ReferenceTables, poa_exempt_npis: Iterable[Npi]) -> WorkPlace:
    """Where workers find this work, with the tables and the hospitals of the process that starts them."""
    setup: Setup = {"folders": [str(folder) for folder in tables.folders], "poa_exempt_npis": sorted(poa_exempt_npis)}
    return WorkPlace(f"{__name__}:SubjectLines", setup)


class SubjectLines:
    """Follows the activation of releases: every block is worked on by the tables as they are then."""

    def __init__(self, session: MsdrgSession, folders: list[str], poa_exempt_npis: list[str]) -> None:
        self._engine = DirectEngine(session)
        self._grouper = Grouper(
            engine=self._engine,
            rules=load_rules(),
            tables=ReferenceTables([Path(folder) for folder in folders]),
            poa_exempt_npis=frozenset(map(Npi, poa_exempt_npis)),
        )
        self._plain_stays = PlainStays(self._grouper.rules)

    def __call__(self, first: int, content: bytes) -> bytes:
        """What became of the lines that are not blank, in order, for `read_outcomes`."""
        lines = list(Block(first, content).lines())
        try:
            tables = self._grouper.tables.current()
        except ServiceError:
            return _encode([UnreadLine(line.first) for line in lines])
        return _encode(list(_together(self._outcomes(lines, tables))))

    def _outcomes(self, lines: list[Block], tables: Tables) -> Iterator[Outcome]:
        prepared = [self._prepared(line, tables) for line in lines]
        asked = [_asked(one) for one in prepared if isinstance(one, PlainStay | Question)]
        answers = iter(self._engine.answers(asked))
        for line, one in zip(lines, prepared, strict=True):
            if isinstance(one, PlainStay):
                yield self._plain(line, one, next(answers), tables)
            elif isinstance(one, Question):
                yield self._concluded(line.first, one, next(answers), tables)
            else:
                yield one if isinstance(one, UnreadLine) else _told(line.first, one)

    def _prepared(self, line: Block, tables: Tables) -> _Prepared:
        return self._plain_stays.checked(line.content, tables) or self._at_length(line, tables)

    def _at_length(self, line: Block, tables: Tables) -> Question | Decision | UnreadLine:
        subject = read_subject(line.content)
        if subject is None:
            return UnreadLine(line.first)
        try:
            return self._grouper.prepare(subject, tables)
        except ServiceError:
            return UnreadLine(line.first)

    def _plain(self, line: Block, stay: PlainStay, answer: GrouperAnswer | EngineFailed, tables: Tables) -> Outcome:
        if isinstance(answer, EngineFailed):
            return FailedLine(line.first)
        if is_grouped(answer):
            weight = stay.day.weight(answer.final_drg)
            grouping = grouping_json(self._engine.name, stay.asked, answer, weight, stay.day.day)
            return _grouped(line.first, grouping)
        question = self._at_length(line, tables)
        return (
            self._concluded(line.first, question, answer, tables)
            if isinstance(question, Question)
            else (UnreadLine(line.first))
        )

    def _concluded(
        self, number: int, question: Question, answer: GrouperAnswer | EngineFailed, tables: Tables
    ) -> Outcome:
        try:
            return _told(number, self._grouper.conclude(question, answer, tables))
        except ServiceError:
            return UnreadLine(number)


def _asked(one: PlainStay | Question) -> GrouperInput:
    return one.asked if isinstance(one, PlainStay) else one.stay_input


def _told(number: int, decision: Decision | EngineFailed) -> Outcome:
    match decision:
        case Grouping():
            return _grouped(number, decision.model_dump_json(exclude_none=True).encode())
        case Returned(reasons):
            return ReturnedLine(number, REASONS.dump_json(reasons))
        case EngineFailed():
            return FailedLine(number)


def _grouped(number: int, grouping: bytes) -> GroupedLines:
    return GroupedLines(b'{"line":%d,"status":200,"grouping":%b}\n' % (number, grouping))


def _together(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """The same, grouped lines that follow one another in one."""
    answers: list[bytes] = []
    for outcome in outcomes:
        if isinstance(outcome, GroupedLines):
            answers.append(outcome.answers)
            continue
        if answers:
            yield GroupedLines(b"".join(answers))
            answers.clear()
        yield outcome
    if answers:
        yield GroupedLines(b"".join(answers))
