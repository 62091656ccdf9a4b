"""The ways out and back keep their contract: what is delivered is there whole, what is collected can be read again."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from services.submission.routes import Collected, Inbound, Outbound, RouteDown, RouteRefused
from services.submission.routes.client_credentials import ClientCredentials
from services.submission.routes.folder import FolderRoute
from services.submission.routes.https import HttpsRoute

INTERCHANGE = Outbound("0193628d-58f5-7a70-8d2e-7a3d8ef0a001", 7, b"ISA*00*~")


class Tokens:
    """Tokens that count up, one after each that was forgotten."""

    def __init__(self) -> None:
        self.number = 1

    async def token(self) -> str:
        return f"token-{self.number}"

    def forget(self) -> None:
        self.number += 1


def https_route(answer: Callable[[httpx.Request], httpx.Response]) -> HttpsRoute:
    client = httpx.AsyncClient(base_url="https://clearinghouse.test/", transport=httpx.MockTransport(answer))
    return HttpsRoute("clearinghouse", client, Tokens())


async def test_an_interchange_is_posted_under_its_own_idempotency_key():
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(202)

    await https_route(answer).deliver(INTERCHANGE)
    (request,) = seen
    assert (request.method, request.url.path, request.content) == ("POST", "/v1/interchanges", b"ISA*00*~")
    assert request.headers["idempotency-key"] == INTERCHANGE.id
    assert request.headers["authorization"] == "Bearer token-1"
    assert request.headers["content-type"] == "application/edi-x12"


@pytest.mark.parametrize("status", [302, 401, 403, 404, 405, 408, 409, 429, 500, 503])
async def test_what_may_pass_is_a_route_that_is_down(status: int):
    with pytest.raises(RouteDown, match=str(status)) as down:
        await https_route(lambda _: httpx.Response(status)).deliver(INTERCHANGE)
    assert down.value.nothing_sent == (status not in {408, 409, 500, 503})


@pytest.mark.parametrize("status", [400, 413, 422])
async def test_what_will_not_pass_is_a_refusal(status: int):
    with pytest.raises(RouteRefused, match=str(status)):
        await https_route(lambda _: httpx.Response(status)).deliver(INTERCHANGE)


async def test_a_token_that_is_not_taken_any_more_is_renewed_once():
    """It may end between two interchanges of a batch."""
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["authorization"])
        return httpx.Response(202 if seen[-1] == "Bearer token-2" else 401)

    await https_route(answer).deliver(INTERCHANGE)
    assert seen == ["Bearer token-1", "Bearer token-2"]
    seen.clear()

    def refuses(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["authorization"])
        return httpx.Response(401)

    with pytest.raises(RouteDown, match="401") as down:
        await https_route(refuses).deliver(INTERCHANGE)
    assert (len(seen), down.value.retry_after) == (2, timedelta(minutes=5))


async def test_what_was_taken_and_then_answered_with_a_fault_comes_again_under_the_same_key():
    taken: dict[str, bytes] = {}
    answers = iter([503, 202])

    def answer(request: httpx.Request) -> httpx.Response:
        taken[request.headers["idempotency-key"]] = request.content
        return httpx.Response(next(answers))

    route = https_route(answer)
    with pytest.raises(RouteDown):
        await route.deliver(INTERCHANGE)
    await route.deliver(INTERCHANGE)
    assert taken == {INTERCHANGE.id: INTERCHANGE.content}


@pytest.mark.parametrize(
    ("headers", "rest"),
    [
        ({"Retry-After": "120"}, timedelta(minutes=2)),
        ({"Retry-After": "999999"}, timedelta(hours=1)),
        (
            {"Retry-After": "Tue, 24 Nov 2026 12:00:30 GMT", "Date": "Tue, 24 Nov 2026 12:00:00 GMT"},
            timedelta(seconds=30),
        ),
        ({"Retry-After": "Tue, 24 Nov 2026 12:00:30 GMT"}, None),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
async def test_how_long_the_other_side_wants_to_rest_is_heard(headers: dict[str, str], rest: timedelta | None):
    with pytest.raises(RouteDown) as down:
        await https_route(lambda _: httpx.Response(429, headers=headers)).deliver(INTERCHANGE)
    assert down.value.retry_after == rest


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"items": [{"id": 1}]}', b"\xff"])
async def test_a_page_that_is_none_is_a_route_that_is_down(body: bytes):
    with pytest.raises(RouteDown, match="cannot be read"):
        await https_route(lambda _: httpx.Response(200, content=body)).collect(None, limit=10)


async def test_letters_beyond_latin_1_do_not_stop_an_answer():
    page = {"items": [{"id": "r1", "content": "caf\u00e9~"}, {"id": "r2", "content": "\u2019~"}]}
    collected = await https_route(lambda _: httpx.Response(200, json=page)).collect(None, limit=10)
    assert [file.content for file in collected.files] == [b"caf\xe9~", "\u2019~".encode()]


async def test_a_connection_that_fails_is_a_route_that_is_down():
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route to host", request=request)

    with pytest.raises(RouteDown, match="ConnectError") as down:
        await https_route(answer).deliver(INTERCHANGE)
    assert down.value.nothing_sent


async def test_answers_are_pulled_after_the_cursor():
    def answer(request: httpx.Request) -> httpx.Response:
        assert dict(request.url.params) == {"limit": "10", "after": "c1"}
        return httpx.Response(200, json={"items": [{"id": "r2", "content": "TA1~"}], "next_cursor": "c2"})

    assert await https_route(answer).collect("c1", limit=10) == Collected([Inbound("r2", b"TA1~")], "c2")


async def test_a_token_is_fetched_once_and_kept():
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"access_token": "abc", "expires_in": 3600})

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    credentials = ClientCredentials(client, "https://id.test/token", "us", SecretStr("hush"), "simulator:use")
    assert [await credentials.token(), await credentials.token()] == ["abc", "abc"]
    assert len(asked) == 1
    assert asked[0].content == b"grant_type=client_credentials&scope=simulator%3Ause"
    credentials.forget()
    assert (await credentials.token(), len(asked)) == ("abc", 2)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (httpx.Response(401), "HTTP 401"),
        (httpx.Response(200, content=b"<html>"), "no token"),
        (httpx.Response(200, json={"access_token": ""}), "no token"),
        (httpx.Response(200, json=["hush"]), "no token"),
    ],
)
async def test_no_token_is_a_route_that_is_down(answer: httpx.Response, said: str):
    client = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: answer))
    with pytest.raises(RouteDown, match=said) as down:
        await ClientCredentials(client, "https://id.test/token", "us", SecretStr("hush"), "").token()
    assert "hush" not in str(down.value)


async def test_a_folder_gives_the_same_files_until_they_are_taken(tmp_path: Path):
    route = FolderRoute("folder", tmp_path)
    for name in ("b", "a"):
        (tmp_path / "inbound" / name).write_bytes(name.encode())
    (tmp_path / "inbound" / ".half-written").write_bytes(b"?")
    first = await route.collect(None, limit=10)
    assert [file.external_id for file in first.files] == ["a", "b"]
    assert await route.collect(None, limit=10) == first
    await route.taken(first)
    assert (await route.collect(None, limit=10)).files == []
    assert (tmp_path / "taken" / "a").read_bytes() == b"a"


async def test_a_folder_holds_an_interchange_whole_and_once(tmp_path: Path):
    route = FolderRoute("folder", tmp_path)
    for _ in range(2):
        await route.deliver(INTERCHANGE)
    (file,) = (tmp_path / "outbound").iterdir()
    assert (file.name, file.read_bytes()) == (f"{INTERCHANGE.id}.837", b"ISA*00*~")


async def test_a_folder_that_is_not_there_is_a_route_that_is_down(tmp_path: Path):
    route = FolderRoute("folder", tmp_path)
    (tmp_path / "outbound").rmdir()
    with pytest.raises(RouteDown, match="No such file"):
        await route.deliver(INTERCHANGE)


async def test_a_file_that_somebody_else_put_away_is_no_fault(tmp_path: Path):
    route = FolderRoute("folder", tmp_path)
    (tmp_path / "inbound" / "a").write_bytes(b"TA1~")
    collected = await route.collect(None, limit=10)
    (tmp_path / "inbound" / "a").unlink()
    await route.taken(collected)


async def test_a_name_that_is_no_text_is_left_alone(tmp_path: Path):
    route = FolderRoute("folder", tmp_path)
    for name in (b"\xff.277", b"a\nb", b"a.277"):
        (tmp_path / "inbound" / os.fsdecode(name)).write_bytes(b"TA1~")
    assert [file.external_id for file in (await route.collect(None, limit=10)).files] == ["a.277"]
