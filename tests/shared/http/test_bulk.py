"""NDJSON: an answer for each line, and a bad line fails alone."""

from __future__ import annotations

import json
from typing import Any

from tests.shared.http.conftest import Door


async def send(door: Door, content: bytes, **headers: str) -> Any:
    named = {"Content-Type": "application/x-ndjson"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return await door.client.post("/v1/items/bulk", content=content, headers=door.caller() | named)


def answers(response: Any) -> list[dict[str, Any]]:
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("application/x-ndjson")
    return [json.loads(line) for line in response.text.splitlines()]


def lines(*drafts: Any) -> bytes:
    return b"\n".join(json.dumps(draft).encode() for draft in drafts)


async def test_each_line_is_answered_in_order_and_a_bad_one_fails_alone(door: Door) -> None:
    body = lines({"name": "A", "price": "1"}, {"name": "B", "price": "-1"}, {"name": "TAKEN", "price": "1"})
    body += b'\n{"name": \n\n' + lines({"name": "BROKEN", "price": "1"}, {"name": "Z", "price": "1"}) + b"\n"
    found = answers(await send(door, body))
    assert [(a["line"], a["status"]) for a in found] == [(1, 201), (2, 422), (3, 409), (4, 400), (6, 500), (7, 201)]
    assert found[0]["location"].startswith("/v1/items/")
    assert found[0]["etag"] == '"1"'
    assert found[1]["problem"]["errors"][0]["pointer"] == "/price"
    assert found[2]["problem"]["code"] == "conflict"
    assert found[3]["problem"]["code"] == "malformed_json"
    assert "ABERNATHY" not in json.dumps(found)
    assert await door.names() == ["A", "Z"]


async def test_a_line_that_is_too_long_fails_alone(door: Door) -> None:
    long = {"name": "A" * 1_100_000, "price": "1"}
    found = answers(await send(door, lines({"name": "A", "price": "1"}, long, {"name": "B", "price": "1"})))
    assert [(a["line"], a["status"]) for a in found] == [(1, 201), (2, 413), (3, 201)]


async def test_a_bulk_request_sent_again_repeats_nothing(door: Door) -> None:
    first = answers(await send(door, lines({"name": "A", "price": "1"}), Idempotency_Key="bulk-1"))
    again = answers(
        await send(door, lines({"name": "A", "price": "1"}, {"name": "B", "price": "1"}), Idempotency_Key="bulk-1")
    )
    assert [a["status"] for a in again] == [201, 201]
    assert again[0] == first[0] | {"replayed": True}
    assert "replayed" not in again[1]
    assert await door.names() == ["A", "B"]


async def test_another_line_at_the_same_place_under_the_same_key_is_refused(door: Door) -> None:
    await send(door, lines({"name": "A", "price": "1"}), Idempotency_Key="bulk-1")
    again = answers(await send(door, lines({"name": "C", "price": "1"}), Idempotency_Key="bulk-1"))
    assert again[0]["problem"]["code"] == "idempotency_key_reused"


async def test_three_hundred_lines_each_have_their_effect_once(door: Door) -> None:
    drafts = [{"name": f"ITEM {number:03}", "price": "1"} for number in range(150)]
    found = answers(await send(door, lines(*drafts, *drafts)))
    assert [a["line"] for a in found] == list(range(1, 301))
    assert len({a["location"] for a in found}) == 300


async def test_no_lines_get_no_answers(door: Door) -> None:
    assert answers(await send(door, b"\n\n")) == []


async def test_another_media_type_is_refused(door: Door) -> None:
    response = await send(door, b"{}", Content_Type="application/json")
    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")
