"""/v1/group/batch: each line as it is answered alone, in order, whatever happens to its neighbours."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest
from fastapi import Request

from services.grouper.api import bulk
from services.grouper.api.blocks import BLOCK_BYTES
from services.grouper.domain.grouping import Grouper
from services.grouper.domain.stays import AnySubject, Subject
from services.grouper.engines import subject_lines
from services.grouper.engines.pool import PooledEngine
from services.grouper.parameters import load_rules
from shared.http import NdjsonItems, ndjson_items
from shared.runtime import embedded_tables
from tests.builders import a_professional_claim, an_institutional_claim
from tests.services.grouper.conftest import Caller
from tests.services.grouper.engines import works

STAY: dict[str, Any] = {
    "kind": "stay",
    "discharge_date": "2025-11-20",
    "age": 76,
    "sex": "F",
    "discharge_status": "01",
    "diagnoses": [{"code": "J18.9", "poa": "Y"}, {"code": "N17.9", "poa": "Y"}, {"code": "J18.9", "poa": "Y"}],
}
SUBJECTS: list[Any] = [
    STAY,
    STAY | {"age": -1},
    an_institutional_claim().document(),
    STAY | {"diagnoses": [{"code": "V00.01XA"}]},  # an external cause cannot be principal
    a_professional_claim().document(),
    STAY | {"discharge_status": "99"},
    STAY | {"discharge_date": "2015-10-02"},
    STAY | {"procedures": [{"code": "0DTJ4ZZ", "date": "2025-11-19"}]},
    [],
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_every_line_is_answered_as_it_is_alone(caller: Caller) -> None:
    client = caller("group:run")
    lines = [json.dumps(one) for one in SUBJECTS] + [
        "{",
        '{"kind":"stay","kind":"stay"}',
        '{"kind":"stay","age":"\\u0000"}',
    ]
    batch = (await client.post("/v1/group/batch", content="\n".join(lines))).content.splitlines()
    alone = [await client.post("/v1/group", content=line) for line in lines]
    assert len(batch) == len(lines)
    for number, (together, response) in enumerate(zip(batch, alone, strict=True), start=1):
        told = json.loads(together)
        assert (told["line"], told["status"]) == (number, response.status_code)
        told_of = told["grouping"] if response.status_code == 200 else told["problem"]
        assert said(told_of) == said({name: value for name, value in response.json().items() if name != "request_id"})


def said(value: Any) -> Any:
    """A JSON value without the members that say nothing, which a stream leaves out."""
    match value:
        case dict():
            return {name: said(member) for name, member in value.items() if member not in (None, [])}
        case list():
            return [said(item) for item in value]
        case _:
            return value


class Body:
    """A request whose body is sent in pieces, and which says how much of it has been taken."""

    def __init__(self, pieces: list[bytes], *, endless: bool = False) -> None:
        self._pieces, self._endless, self.taken = pieces, endless, 0

    async def receive(self) -> dict[str, Any]:
        if not self._endless and self.taken == len(self._pieces):
            return {"type": "http.request", "body": b"", "more_body": False}
        self.taken += 1
        piece = self._pieces[(self.taken - 1) % len(self._pieces)]
        return {"type": "http.request", "body": piece, "more_body": True}

    def items(self, max_line: int = 10_000) -> NdjsonItems[AnySubject]:
        body = ndjson_items(Subject, as_received=True).dependency
        request = Request({"type": "http", "method": "POST", "headers": []}, self.receive)
        return NdjsonItems(body, request, 10**9, max_line)


@pytest.fixture
async def grouper() -> AsyncIterator[Grouper]:
    """With one worker, which dies of a stay whose discharge status is FATAL."""
    tables = embedded_tables()
    place = subject_lines.place(tables, []).setup
    work = subject_lines.WorkPlace(f"{works.__name__}:FatalSubjects", place)
    engine = PooledEngine(workers=1, work=work)
    yield Grouper(engine=engine, rules=load_rules(), tables=tables)
    await engine.close()


async def answered(grouper: Grouper, body: Body, **limits: int) -> list[dict[str, Any]]:
    answers = b"".join([part async for part in bulk.grouped_lines(grouper, body.items(**limits))])
    return [json.loads(line) for line in answers.splitlines()]


LINE = json.dumps(STAY).encode() + b"\n"
FATAL_LINE = json.dumps(STAY | {"discharge_status": works.FATAL}).encode() + b"\n"


async def test_a_line_that_kills_the_engine_fails_alone_and_the_worker_is_replaced(grouper: Grouper) -> None:
    answers = await answered(grouper, Body([LINE * 2 + FATAL_LINE + LINE * 2]))
    assert [(one["line"], one["status"]) for one in answers] == [(1, 200), (2, 200), (3, 503), (4, 200), (5, 200)]
    assert answers[2]["problem"]["code"] == "engine_failed"


@pytest.mark.parametrize("size", [1, 7, 150, 100_000])
async def test_lines_are_the_same_however_the_body_is_cut(grouper: Grouper, size: int) -> None:
    too_long = b'{"kind":"stay","sex":"' + b"F" * 600 + b'"}\n'
    content = b"\n" + LINE + too_long + b"{\n" + LINE + b"   \n" + too_long + LINE.rstrip()
    pieces = [content[start : start + size] for start in range(0, len(content), size)]
    answers = await answered(grouper, Body(pieces), max_line=500)
    statuses = [(one["line"], one["status"]) for one in answers]
    assert statuses == [(2, 200), (3, 413), (4, 400), (5, 200), (7, 413), (8, 200)]


async def test_an_endless_body_is_taken_no_faster_than_its_answers(grouper: Grouper) -> None:
    piece = LINE * (BLOCK_BYTES // len(LINE))
    body = Body([piece], endless=True)
    async with aclosing(bulk.grouped_lines(grouper, body.items())) as answers:
        for given in range(1, 6):
            await anext(answers)
            assert body.taken <= given + 4


async def test_a_sender_who_goes_away_ends_the_work_without_an_error(grouper: Grouper) -> None:
    body = Body([LINE] * 3, endless=True)

    async def receive() -> dict[str, Any]:
        return await Body.receive(body) if body.taken < 5 else {"type": "http.disconnect"}

    body.receive = receive  # type: ignore[method-assign]  # the sender's side is this test's
    answers = b"".join([part async for part in bulk.grouped_lines(grouper, body.items())])
    assert len(answers.splitlines()) == 5
    assert not grouper.engine._idle.empty()  # type: ignore[attr-defined]  # a pool
