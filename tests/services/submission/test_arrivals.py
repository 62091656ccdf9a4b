"""Files that come in are kept once each, whatever names the other side gives them."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import undefer

from services.submission import route_handlers
from services.submission.arrivals import keep_file
from services.submission.routes.folder import FolderRoute
from services.submission.store import ResponseRow
from services.submission.transmission import Transmitter
from shared.db import Context, Database, UnitOfWork
from shared.events import InvalidEvent
from shared.events.contracts import ResponseReceived
from tests.fixtures.tokens import Clock
from tests.services.submission.conftest import Clearinghouse, a_ta1, one_way


async def kept(database: Database) -> dict[str, bytes]:
    async with database.read() as session:
        rows = await session.scalars(select(ResponseRow).order_by(ResponseRow.id).options(undefer(ResponseRow.content)))
    return {row.external_id: row.content for row in rows}


def unit(database: Database, clock: Clock) -> AbstractAsyncContextManager[UnitOfWork]:
    return database.unit_of_work(Context(tenant="mercy", actor="system:submission", request_id="e-1", at=clock()))


async def test_a_name_that_is_used_again_is_another_file(
    in_flight: Database, transmitter: Transmitter, clearinghouse: Clearinghouse
) -> None:
    """Some clearinghouses call every day's file by one name: neither answer may be lost."""
    monday, tuesday = a_ta1(1, "A", "000"), a_ta1(2, "R", "024")
    for content in (monday, tuesday, tuesday, monday):
        clearinghouse.answers("ta1.txt", content)
        await transmitter.collect()
    (first, second), contents = zip(*(await kept(in_flight)).items(), strict=True)
    assert contents == (monday.encode(), tuesday.encode())
    assert first == "ta1.txt"
    assert second.startswith("ta1.txt~")


async def test_two_that_look_at_once_keep_a_file_once(
    in_flight: Database, clock: Clock, route: FolderRoute, clearinghouse: Clearinghouse
) -> None:
    clearinghouse.answers("1.ta1", a_ta1(1, "A", "000"))
    both = [Transmitter(in_flight, [one_way(route)], clock) for _ in range(2)]
    collected = await asyncio.gather(*(one.collect() for one in both))
    assert sum(one.files for one in collected) == 1
    assert list(await kept(in_flight)) == ["1.ta1"]


async def test_a_name_that_is_too_long_is_cut_and_still_its_own(in_flight: Database, clock: Clock) -> None:
    """File systems have names of 255 characters."""
    name = "a" * 255
    async with unit(in_flight, clock) as uow:
        for content in (b"1", b"2", b"1"):
            await keep_file(uow, "clearinghouse", name, content)
            await uow.session.flush()
    files = await kept(in_flight)
    assert list(files.values()) == [b"1", b"2"]
    assert {len(known) for known in files} == {128}


async def test_the_same_file_put_twice_is_one(biller: httpx.AsyncClient) -> None:
    content = a_ta1(1, "A", "000").encode()
    path, headers = "/v1/responses/clearinghouse/file-1", {"Content-Type": "application/edi-x12"}
    first = await biller.put(path, content=content, headers=headers)
    again = await biller.put(path, content=content, headers=headers)
    other = await biller.put(path, content=a_ta1(2, "A", "000").encode(), headers=headers)
    assert (first.status_code, first.json()["id"]) == (202, again.json()["id"])
    assert other.json()["external_id"].startswith("file-1~")


@pytest.mark.parametrize(("route", "external_id"), [("Over There", "1"), ("clearinghouse", "a\x00b"), ("x" * 41, "1")])
async def test_an_event_of_no_route_or_name_is_given_up(
    in_flight: Database, clock: Clock, route: str, external_id: str
) -> None:
    event = ResponseReceived(route=route, external_id=external_id, content="ISA")
    async with unit(in_flight, clock) as uow:
        with pytest.raises(InvalidEvent):
            await route_handlers.take_response(uow, event)
