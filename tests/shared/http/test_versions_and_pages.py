"""A change names the version that it saw, and a list is read page by page without a gap."""

from __future__ import annotations

import base64

import pytest

from shared.http import InvalidCursor, decode_cursor, encode_cursor
from tests.shared.http.conftest import Door

GAUZE = {"name": "GAUZE", "price": "12.50"}


async def test_a_record_carries_its_version_as_etag(door: Door) -> None:
    made = await door.post(GAUZE)
    assert made.headers["ETag"] == '"1"'
    read = await door.client.get(made.headers["Location"], headers=door.caller())
    assert read.headers["ETag"] == '"1"'
    assert read.json()["price"] == "12.50"


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (None, 428, "version_required"),
        ('"7"', 412, "stale_version"),
        ("*", 400, "invalid_if_match"),
        ('W/"1"', 400, "invalid_if_match"),
        ('"1", "2"', 400, "invalid_if_match"),
        ('"' + "9" * 40 + '"', 400, "invalid_if_match"),
        ('"²"', 400, "invalid_if_match"),
    ],
)
async def test_a_change_without_the_right_version_is_refused(
    door: Door, sent: str | None, status: int, code: str
) -> None:
    made = await door.post(GAUZE)
    given = {} if sent is None else {"If-Match": sent.encode("latin-1")}
    response = await door.client.put(made.headers["Location"], json=GAUZE, headers=door.caller() | given)  # type: ignore[operator]
    assert (response.status_code, response.json()["code"]) == (status, code)


async def test_a_change_of_the_seen_version_makes_the_next(door: Door) -> None:
    made = await door.post(GAUZE)
    headers = door.caller() | {"If-Match": made.headers["ETag"]}
    changed = await door.client.put(made.headers["Location"], json=GAUZE | {"name": "TAPE"}, headers=headers)
    assert (changed.status_code, changed.headers["ETag"], changed.json()["name"]) == (200, '"2"', "TAPE")


async def test_a_removal_answers_without_content(door: Door) -> None:
    made = await door.post(GAUZE)
    removed = await door.client.delete(made.headers["Location"], headers=door.caller())
    assert (removed.status_code, removed.content) == (204, b"")


async def test_pages_hold_every_item_once(door: Door) -> None:
    for number in range(7):
        await door.post({"name": f"ITEM {number}", "price": "1"})
    seen, cursor = [], ""
    while cursor is not None:
        page = (await door.client.get(f"/v1/items?limit=3{cursor}", headers=door.caller())).json()
        seen += [item["name"] for item in page["items"]]
        cursor = f"&cursor={page['next_cursor']}" if page["next_cursor"] else None
    assert sorted(seen) == [f"ITEM {number}" for number in range(7)]


@pytest.mark.parametrize("cursor", ["x", "AAAA", "é", "%20", "A" * 400, base64.urlsafe_b64encode(b'["x"]').decode()])
async def test_a_cursor_that_was_altered_is_refused(door: Door, cursor: str) -> None:
    response = await door.client.get("/v1/items", params={"cursor": cursor}, headers=door.caller())
    assert (response.status_code, response.json()["code"]) == (400, "invalid_cursor")


async def test_a_cursor_of_another_list_is_refused(door: Door) -> None:
    other = encode_cursor([12, "2026-11-24"])
    response = await door.client.get("/v1/items", params={"cursor": other}, headers=door.caller())
    assert (response.status_code, response.json()["code"]) == (400, "invalid_cursor")


def test_a_cursor_gives_its_values_back() -> None:
    assert decode_cursor(encode_cursor(["2026-11-24", 7, None])) == ("2026-11-24", 7, None)


def test_every_single_changed_character_of_a_cursor_is_found() -> None:
    cursor = encode_cursor(["claim-17", 4])
    for place, letter in enumerate(cursor):
        changed = cursor[:place] + ("A" if letter != "A" else "B") + cursor[place + 1 :]
        with pytest.raises(InvalidCursor):
            decode_cursor(changed, str, int)
