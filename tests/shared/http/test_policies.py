"""Who is not let in is kept out, and an endpoint that forgot to say whom it lets in does not start."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fastapi import APIRouter

from shared.http import UnguardedRoute, requires
from shared.runtime import Runtime
from tests.shared.http.conftest import Door
from tests.shared.http.item_service import create_app


async def test_without_a_token_nobody_is_let_in(door: Door) -> None:
    response = await door.client.get("/v1/items")
    assert (response.status_code, response.json()["code"]) == (401, "unauthenticated")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer", "Bearer  ", "Bearer a.b.c", "bearer \xe9"])
async def test_what_is_no_bearer_token_is_refused(door: Door, header: str) -> None:
    response = await door.client.get("/v1/items", headers={"Authorization": header.encode("latin-1")})  # type: ignore[dict-item]
    assert response.status_code == 401


async def test_an_expired_token_is_refused(door: Door) -> None:
    caller = door.caller()
    door.clock.advance(timedelta(hours=2))
    response = await door.client.get("/v1/items", headers=caller)
    assert (response.status_code, response.json()["detail"]) == (401, "the token has expired")


async def test_a_scope_that_is_missing_is_named(door: Door) -> None:
    response = await door.client.post("/v1/items", json={}, headers=door.caller("items:read"))
    assert (response.status_code, response.json()["code"]) == (403, "forbidden")
    assert response.json()["missing_scopes"] == ["items:write"]


async def test_scope_names_match_wholly(door: Door) -> None:
    response = await door.client.get("/v1/items", headers=door.caller("items", "items:reader"))
    assert response.status_code == 403


async def test_another_tenants_record_is_not_found(door: Door) -> None:
    made = await door.post({"name": "GAUZE", "price": "1"})
    address = made.headers["Location"]
    assert (await door.client.get(address, headers=door.caller())).status_code == 200
    other = door.caller(tenant="other")
    assert (await door.client.get(address, headers=other)).status_code == 404
    assert (await door.client.delete(address, headers=other)).status_code == 404
    assert (await door.client.get("/v1/items", headers=other)).json()["items"] == []


def test_an_endpoint_without_a_scope_does_not_start(runtime: Runtime) -> None:
    open_door = APIRouter(prefix="/v1/open")

    @open_door.get("/window")
    async def window() -> None: ...

    with pytest.raises(UnguardedRoute, match="/v1/open/window"):
        create_app(runtime, open_door)


def test_a_policy_names_at_least_one_scope() -> None:
    with pytest.raises(ValueError, match="at least one scope"):
        requires()
