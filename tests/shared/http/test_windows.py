"""Many lines in one unit of work: each is answered by itself, and comes to the same as it would alone."""

from __future__ import annotations

import asyncio
import json
from hashlib import sha256
from typing import Any

import pytest

from shared.http.idempotency import LOCKED_FOR, Attempt, reserve
from tests.shared.http.conftest import Door
from tests.shared.http.test_idempotency import attempt, kept_keys


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, database_url: str) -> str:
    """What is undone, and whose a key is, is the database's doing: both are tried."""
    return database_url if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))


def draft(name: str, price: str = "1") -> bytes:
    return json.dumps({"name": name, "price": price}).encode()


async def send(door: Door, *lines: bytes, key: str | None = None) -> list[dict[str, Any]]:
    named = {"Content-Type": "application/x-ndjson"} | ({"Idempotency-Key": key} if key else {})
    response = await door.client.post("/v1/items/together", content=b"\n".join(lines), headers=door.caller() | named)
    assert response.status_code == 200, response.text
    return [json.loads(line) for line in response.text.splitlines()]


def outcomes(answers: list[dict[str, Any]]) -> list[tuple[int, int, str]]:
    """Line, status, and the name or the code of the problem."""
    return [
        (one["line"], one["status"], one["item"]["name"] if "item" in one else one["problem"]["code"])
        for one in answers
    ]


@pytest.mark.parametrize("key", [None, "k1"])
async def test_what_fails_alone_undoes_nothing_of_the_lines_beside_it(door: Door, key: str | None) -> None:
    found = await send(door, draft("A"), b"{", draft("B", "-1"), draft("BROKEN"), b"", draft("Z"), key=key)
    assert outcomes(found) == [
        (1, 201, "A"),
        (2, 400, "malformed_json"),
        (3, 422, "invalid_body"),
        (4, 500, "internal_error"),
        (6, 201, "Z"),
    ]
    assert "ABERNATHY" not in json.dumps(found)
    assert await door.names() == ["A", "Z"]


async def test_a_refusal_is_of_its_own_line_and_is_kept_under_the_key(door: Door) -> None:
    await send(door, draft("A"))
    first = await send(door, draft("A"), draft("B"), key="k1")
    assert outcomes(first) == [(1, 409, "conflict"), (2, 201, "B")]
    again = await send(door, draft("A"), draft("B"), key="k1")
    assert again == [one | {"replayed": True} for one in first]
    assert await door.names() == ["A", "B"]


async def test_a_request_that_was_cut_off_is_sent_again_whatever_its_lines_are_beside(door: Door) -> None:
    first = await send(door, draft("A"), draft("B"), key="k1")
    again = await send(door, draft("C"), draft("B"), draft("A"), key="k1")
    assert outcomes(again) == [(1, 201, "C"), (2, 201, "B"), (3, 201, "A")]
    assert again[1]["item"]["id"] == first[1]["item"]["id"]
    assert [one.get("replayed", False) for one in again] == [False, True, True]
    assert await door.names() == ["A", "B", "C"]


async def test_two_of_one_name_are_done_in_the_order_of_their_lines(door: Door) -> None:
    assert outcomes(await send(door, draft("A"), draft("A"))) == [(1, 201, "A"), (2, 409, "conflict")]
    under_a_key = await send(door, draft("B"), draft("B"), draft("B", "2"), key="k1")
    assert outcomes(under_a_key) == [(1, 201, "B"), (2, 201, "B"), (3, 422, "idempotency_key_reused")]
    assert under_a_key[1]["replayed"]


async def test_more_lines_than_a_window_holds_are_all_answered_in_order(door: Door) -> None:
    found = await send(door, *(draft(f"ITEM {number:03}") for number in range(230)))
    assert [one["line"] for one in found] == list(range(1, 231))
    assert len(await door.names()) == 200  # as many as a page has


async def test_a_line_in_flight_elsewhere_is_refused_until_its_lock_runs_out(door: Door) -> None:
    request = Attempt(attempt(door).context, "k1", "POST /v1/items/together", "")
    await reserve(door.runtime.database, request.for_line("A", sha256(draft("A")).hexdigest()))
    assert outcomes(await send(door, draft("A"), draft("B"), key="k1")) == [
        (1, 409, "idempotency_key_in_flight"),
        (2, 201, "B"),
    ]
    door.clock.advance(LOCKED_FOR)
    assert outcomes(await send(door, draft("A"), draft("B"), key="k1")) == [(1, 201, "A"), (2, 201, "B")]


async def test_what_broke_leaves_its_key_free(door: Door) -> None:
    broken = [await send(door, draft("A"), draft("BROKEN"), key="k1") for _ in range(2)]
    assert [outcomes(one)[1][1] for one in broken] == [500, 500]
    assert "replayed" not in broken[1][1]


async def test_a_request_that_is_cut_off_leaves_its_keys_free(door: Door) -> None:
    request = asyncio.create_task(send(door, draft("A"), draft("SLOW"), key="k1"))
    async with asyncio.timeout(10):
        while await kept_keys(door) < 2:  # noqa: ASYNC110 - they are in the database
            await asyncio.sleep(0.01)
    request.cancel()
    await asyncio.wait([request])
    assert await kept_keys(door) == 0
    assert outcomes(await send(door, draft("A"), key="k1")) == [(1, 201, "A")]
