"""A key has at most one effect, and its first answer is given again."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from shared.db import Context, UnitOfWork
from shared.http import IdempotencyRow, purge
from shared.http.idempotency import Answer, Attempt, KeyInFlight, Reservation, reserve
from tests.shared.http.conftest import Door
from tests.shared.http.item_service import Draft, create


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, database_url: str) -> str:
    """What a crash and a race leave behind is the database's doing: both are tried."""
    return database_url if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))


GAUZE = {"name": "GAUZE", "price": "12.50"}


def attempt(door: Door, key: str = "k1", digest: str = "d") -> Attempt:
    context = Context(tenant="mercy", actor="coder", request_id="req-12345678", at=door.clock())
    return Attempt(context, key, "POST /v1/items", digest)


async def kept_keys(door: Door) -> int:
    async with door.runtime.database.read() as session:
        return (await session.execute(select(func.count()).select_from(IdempotencyRow))).scalar_one()


async def test_the_first_answer_is_replayed_with_status_headers_and_body(door: Door) -> None:
    first = await door.post(GAUZE, key="k1")
    again = await door.post(GAUZE, key="k1")
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    for header in ("ETag", "Location", "Content-Type"):
        assert first.headers[header] == again.headers[header]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert await door.names() == ["GAUZE"]


async def test_without_a_key_every_write_has_its_effect(door: Door) -> None:
    await door.post(GAUZE)
    await door.post(GAUZE)
    assert await door.names() == ["GAUZE", "GAUZE"]


async def test_another_body_under_the_same_key_is_refused(door: Door) -> None:
    await door.post(GAUZE, key="k1")
    other = await door.post({"name": "TAPE", "price": "1"}, key="k1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert await door.names() == ["GAUZE"]


async def test_a_body_that_the_route_reads_as_a_stream_is_compared_too(door: Door) -> None:
    async def post(content: bytes) -> httpx.Response:
        headers = door.caller() | {"Idempotency-Key": "k1"}
        return await door.client.post("/v1/items/streams", content=content, headers=headers)

    first, again, other = await post(b"GAUZE"), await post(b"GAUZE"), await post(b"TAPE")
    assert (first.status_code, again.content, other.status_code) == (201, first.content, 422)


async def test_another_query_under_the_same_key_is_refused(door: Door) -> None:
    headers = door.caller() | {"Idempotency-Key": "k1"}
    await door.client.post("/v1/items?dry=1", json=GAUZE, headers=headers)
    other = await door.client.post("/v1/items", json=GAUZE, headers=headers)
    assert other.json()["code"] == "idempotency_key_reused"


async def test_another_address_under_the_same_key_is_refused(door: Door) -> None:
    made = await door.post(GAUZE, key="k1")
    headers = door.caller() | {"Idempotency-Key": "k1", "If-Match": '"1"'}
    other = await door.client.put(made.headers["Location"], json=GAUZE, headers=headers)
    assert other.json()["code"] == "idempotency_key_reused"


async def test_a_key_belongs_to_its_tenant_and_subject(door: Door) -> None:
    await door.post(GAUZE, key="k1")
    for who in ({"tenant": "other"}, {"subject": "biller"}):
        answered = await door.post(GAUZE, key="k1", headers=door.caller(**who))
        assert "Idempotency-Replayed" not in answered.headers


async def test_while_the_first_is_in_flight_the_second_is_told_to_wait(door: Door) -> None:
    reserved = await reserve(door.runtime.database, attempt(door))
    assert isinstance(reserved, Reservation)
    with pytest.raises(KeyInFlight):
        await reserve(door.runtime.database, attempt(door))


async def test_of_many_at_once_exactly_one_has_an_effect(door: Door) -> None:
    answers = await asyncio.gather(*(door.post(GAUZE, key="k1") for _ in range(12)))
    made = {answer.headers["Location"] for answer in answers if answer.status_code == 201}
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert all(a.headers["Retry-After"] for a in answers if a.status_code == 409)
    assert len(made) == 1
    assert await door.names() == ["GAUZE"]


async def test_a_refusal_is_an_answer_and_is_replayed(door: Door) -> None:
    taken = {"name": "TAKEN", "price": "1"}
    first = await door.post(taken, key="k1")
    again = await door.post(taken, key="k1")
    assert first.status_code == again.status_code == 409
    assert first.content == again.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Content-Type"] == "application/problem+json"


async def test_after_a_failure_of_ours_a_retry_runs(door: Door) -> None:
    broken = {"name": "BROKEN", "price": "1"}
    assert (await door.post(broken, key="k1")).status_code == 500
    assert await kept_keys(door) == 0
    again = await door.post(broken, key="k1")
    assert again.status_code == 500
    assert "Idempotency-Replayed" not in again.headers


async def test_a_body_that_cannot_be_read_leaves_the_key_free(door: Door) -> None:
    assert (await door.post({"name": "GAUZE"}, key="k1")).status_code == 422
    assert (await door.post(GAUZE, key="k1")).status_code == 201


async def test_effect_and_answer_are_one_transaction(door: Door) -> None:
    """A crash after the work and before the commit leaves neither; the key is free when its lock has run out."""
    database, draft = door.runtime.database, Draft(**GAUZE | {"price": "12.50"})
    reserved = await reserve(database, attempt(door))
    assert isinstance(reserved, Reservation)

    async def crash(uow: UnitOfWork) -> None:
        await create(uow, draft)
        await reserved.keep(uow, Answer(201, {}, b"{}"))
        raise SystemExit

    with pytest.raises(SystemExit):
        async with database.unit_of_work(attempt(door).context) as uow:
            await crash(uow)
    assert await door.names() == []
    with pytest.raises(KeyInFlight):
        await reserve(database, attempt(door))
    door.clock.advance(timedelta(seconds=61))
    assert isinstance(await reserve(database, attempt(door)), Reservation)


async def test_who_was_overtaken_has_no_effect(door: Door) -> None:
    """The first hangs beyond its lock, a second takes over and answers; the first can no longer commit."""
    database, draft = door.runtime.database, Draft(**GAUZE)
    slow = await reserve(database, attempt(door))
    door.clock.advance(timedelta(seconds=61))
    quick = await reserve(database, attempt(door))
    assert isinstance(slow, Reservation)
    assert isinstance(quick, Reservation)

    async def work(reservation: Reservation) -> None:
        async with database.unit_of_work(attempt(door).context) as uow:
            await create(uow, draft)
            await reservation.keep(uow, Answer(201, {}, b"{}"))

    await work(quick)
    with pytest.raises(KeyInFlight):
        await work(slow)
    assert await door.names() == ["GAUZE"]


async def test_a_cancelled_request_frees_its_key(door: Door) -> None:
    task = asyncio.ensure_future(door.post(GAUZE, key="k1"))
    for _ in range(200):
        await asyncio.sleep(0)
        if await kept_keys(door):
            break
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    names = await door.names()
    retried = await door.post(GAUZE, key="k1")
    assert retried.status_code == 201
    assert await door.names() == ["GAUZE"]
    assert names in ([], ["GAUZE"])


async def test_after_a_day_a_key_is_new(door: Door) -> None:
    await door.post(GAUZE, key="k1")
    door.clock.advance(timedelta(hours=24))
    fresh = await door.post({"name": "TAPE", "price": "1"}, key="k1")
    assert fresh.status_code == 201
    assert await door.names() == ["GAUZE", "TAPE"]


async def test_keys_whose_day_is_over_are_purged(door: Door) -> None:
    await door.post(GAUZE, key="k1")
    door.clock.advance(timedelta(hours=1))
    await door.post(GAUZE, key="k2")
    door.clock.advance(timedelta(hours=23))
    assert await purge(door.runtime.database, door.clock()) == 1
    assert await kept_keys(door) == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\there"])
async def test_a_key_that_cannot_be_one_is_refused(door: Door, key: str) -> None:
    response = await door.client.post("/v1/items", json=GAUZE, headers=door.caller() | {"Idempotency-Key": key})
    assert (response.status_code, response.json()["code"]) == (400, "invalid_idempotency_key")


async def test_an_endless_address_is_no_failure_of_ours(door: Door) -> None:
    headers = door.caller() | {"Idempotency-Key": "k1"}
    assert (await door.client.delete(f"/v1/items/{'9' * 2000}", headers=headers)).status_code == 404


async def test_the_key_itself_is_not_stored(door: Door) -> None:
    await door.post(GAUZE, key="ABERNATHY-1941")
    async with door.runtime.database.read() as session:
        rows: list[Any] = list((await session.execute(select(IdempotencyRow))).scalars())
    assert all("ABERNATHY" not in str(vars(row)) for row in rows)
