"""What is wrong is said by a problem document: where, and never what was sent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.shared.http.conftest import Door

GAUZE = {"name": "GAUZE", "price": "12.50"}


async def send(door: Door, content: bytes, content_type: str = "application/json") -> Any:
    headers = door.caller() | {"Content-Type": content_type}
    return await door.client.post("/v1/items", content=content, headers=headers)


async def test_an_error_is_a_problem_document_with_code_and_request_id(door: Door) -> None:
    response = await door.client.get("/v1/items/none", headers=door.caller() | {"X-Request-Id": "req-12345678"})
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json() == {
        "type": "urn:revcycle:problem:not_found",
        "title": "There is no such record",
        "status": 404,
        "code": "not_found",
        "detail": "there is no such item",
        "request_id": "req-12345678",
    }


async def test_every_fault_of_a_body_is_listed_with_pointer_and_x12_element(door: Door) -> None:
    body = {"price": "-3", "made_on": "2026-02-30", "maker": {"npi": 5}, "tags": ["A", ""], "colour": "SECRETHUE"}
    response = await door.post(body)
    problem = response.json()
    assert (response.status_code, problem["code"]) == (422, "invalid_body")
    found = {(error["pointer"], error["code"], error["x12"]) for error in problem["errors"]}
    assert {pointer for pointer, _, _ in found} == {"/name", "/price", "/made_on", "/maker/npi", "/tags/1", "/colour"}
    assert ("/name", "missing", None) in found
    assert ("/price", "money_negative", "2400.SV102") in found
    assert ("/made_on", "date_impossible", None) in found
    assert any(pointer == "/maker/npi" and x12 == "2010AA.NM109" for pointer, _, x12 in found)
    assert "SECRETHUE" not in response.text


@pytest.mark.parametrize(
    ("content", "status", "code", "place"),
    [
        (b'{"name": "GAUZE", "price": ', 400, "malformed_json", "line 1, column"),
        (b'{"name":\n "GA\xff"}', 400, "malformed_json", "line 2, byte 5"),
        (b"", 400, "malformed_json", "line 1, column 1"),
        (b'{"name": "A", "name": "B", "price": "1"}', 400, "malformed_json", "the same key twice"),
        (b'{"name": "A", "price": NaN}', 400, "malformed_json", "NaN"),
        (b'{"name": "A", "price": -Infinity}', 400, "malformed_json", "Infinity"),
        (b'{"name": "A", "price": "NaN"}', 422, "invalid_body", "/price"),
        (b"[" * 100_000 + b"]" * 100_000, 400, "malformed_json", "nested too deeply"),
        (b'{"a":' * 300 + b"1" + b"}" * 300, 400, "malformed_json", "at line 1"),
        (b"[]", 422, "invalid_body", "errors"),
        (b'{"name": 7, "price": "1"}', 422, "invalid_body", "/name"),
        (b'{"name": "A\\u0000B", "price": "1"}', 422, "invalid_body", "/name"),
        (b'{"name": "\\ud800", "price": "1"}', 400, "malformed_json", "line 1"),
        (b'{"name": "A", "price": ' + b"9" * 5000 + b"}", 400, "malformed_json", "line 1"),
        (b'{"name": "A", "price": ' + b"9" * 400 + b"}", 422, "invalid_body", "/price"),
        (b'{"name": "A", "price": 1e400}', 422, "invalid_body", "/price"),
    ],
)
async def test_a_body_that_cannot_be_read_names_the_place(
    door: Door, content: bytes, status: int, code: str, place: str
) -> None:
    response = await send(door, content)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert place in response.text


async def test_a_body_beyond_the_limit_is_refused(door: Door) -> None:
    response = await send(door, b'{"name": "' + b"A" * 10_000_000 + b'"}')
    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")


async def test_a_body_beyond_the_limit_is_refused_without_its_length_declared(door: Door) -> None:
    async def endless() -> Any:
        for _ in range(200):
            yield b"A" * 100_000

    response = await door.client.post("/v1/items", content=endless(), headers=door.caller())
    assert response.status_code == 413


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "application/json; charset=latin-1"])
async def test_another_media_type_is_refused(door: Door, content_type: str) -> None:
    response = await send(door, b'{"name": "A", "price": "1"}', content_type)
    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/vnd.items+json", "application/json;charset=UTF-8"]
)
async def test_json_by_any_of_its_names_is_read(door: Door, content_type: str) -> None:
    assert (await send(door, b'{"name": "A", "price": "1"}', content_type)).status_code == 201


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [(b"A\nB\n", "text/csv", 200), (b"A" * 1001, "text/csv", 413), (b"{}", "application/json", 415)],
)
async def test_a_body_that_is_not_json_is_read_by_its_own_rules(
    door: Door, content: bytes, content_type: str, status: int
) -> None:
    headers = door.caller() | {"Content-Type": content_type}
    response = await door.client.post("/v1/items/lists", content=content, headers=headers)
    assert response.status_code == status


@pytest.mark.parametrize(
    ("accept", "status"),
    [("application/json", 200), ("text/html, */*;q=0.1", 200), ("text/html", 406), ("application/json;q=0", 406)],
)
async def test_what_the_caller_accepts_is_respected(door: Door, accept: str, status: int) -> None:
    response = await door.client.get("/v1/items", headers=door.caller() | {"Accept": accept})
    assert response.status_code == status


async def test_unknown_addresses_and_methods_are_problems(door: Door) -> None:
    nowhere = await door.client.get("/v1/nothing", headers=door.caller())
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "route_not_found")
    wrong = await door.client.patch("/v1/items", headers=door.caller())
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert wrong.headers["Allow"]


async def test_nul_in_an_address_is_refused(door: Door) -> None:
    for address in ("/v1/items/a%00b", "/v1/items?cursor=%00"):
        response = await door.client.get(address, headers=door.caller())
        assert (response.status_code, response.json()["code"]) == (400, "malformed_address")


async def test_a_wrong_parameter_is_named(door: Door) -> None:
    # Of so many digits that no request id holds them.
    response = await door.client.get("/v1/items?limit=98765432109876", headers=door.caller())
    assert (response.status_code, response.json()["code"]) == (422, "invalid_parameters")
    assert response.json()["errors"][0]["parameter"] == "query.limit"
    assert "98765432109876" not in response.text


async def test_an_unknown_failure_says_nothing_but_the_request_id(door: Door) -> None:
    response = await door.post({"name": "BROKEN", "price": "1"}, headers={"X-Request-Id": "req-87654321"})
    assert response.status_code == 500
    assert response.json() == {
        "type": "urn:revcycle:problem:internal_error",
        "title": "Something went wrong on our side",
        "status": 500,
        "code": "internal_error",
        "detail": "quote the request id to support",
        "request_id": "req-87654321",
    }
