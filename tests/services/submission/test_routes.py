"""The ways out and back keep their contract: what is delivered is there whole, what is collected can be read again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from services.submission.routes import Collected, Inbound, Outbound, RouteDown, RouteRefused
from services.submission.routes.folder import FolderRoute
from services.submission.routes.https import ClientCredentials, HttpsRoute

INTERCHANGE = Outbound("0193628d-58f5-7a70-8d2e-7a3d8ef0a001", 7, b"ISA*00*~")


def https_route(answer: Callable[[httpx.Request], httpx.Response]) -> HttpsRoute:
    client = httpx.AsyncClient(base_url="https://clearinghouse.test/", transport=httpx.MockTransport(answer))

    async def token() -> str:
        return "token-1"

    return HttpsRoute("clearinghouse", client, token)


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


@pytest.mark.parametrize("status", [401, 403, 408, 429, 500, 503])
async def test_what_may_pass_is_a_route_that_is_down(status: int):
    with pytest.raises(RouteDown, match=str(status)):
        await https_route(lambda _: httpx.Response(status)).deliver(INTERCHANGE)


@pytest.mark.parametrize("status", [400, 413, 422])
async def test_what_will_not_pass_is_a_refusal(status: int):
    with pytest.raises(RouteRefused, match=str(status)):
        await https_route(lambda _: httpx.Response(status)).deliver(INTERCHANGE)


async def test_a_connection_that_fails_is_a_route_that_is_down():
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route to host", request=request)

    with pytest.raises(RouteDown, match="ConnectError"):
        await https_route(answer).deliver(INTERCHANGE)


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
    assert [await credentials(), await credentials()] == ["abc", "abc"]
    assert len(asked) == 1
    assert asked[0].content == b"grant_type=client_credentials&scope=simulator%3Ause"


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
