"""The local issuer serves this machine only, keeps its secrets to itself, and gives each role what it works with."""

from __future__ import annotations

import base64
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.http.demo_users import DEMO_USERS
from shared.http.issuer import LABEL, LocalIssuer, NotLoopback, create_issuer_app
from shared.runtime import Settings, TokenAuthenticator, system_clock
from tests.fixtures.tokens import Clock, an_authenticator, an_issuer


@pytest.fixture
async def client(issuer: LocalIssuer) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_issuer_app(issuer, host="127.0.0.1"))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as opened:
        yield opened


async def grant(client: httpx.AsyncClient, **fields: str) -> httpx.Response:
    return await client.post("/token", data=fields)


async def test_discovery_leads_to_the_keys(client: httpx.AsyncClient, issuer: LocalIssuer) -> None:
    found = (await client.get("/.well-known/openid-configuration")).json()
    assert found["issuer"] == issuer.issuer
    assert found["jwks_uri"] == f"{issuer.issuer}/jwks.json"
    assert found["revcycle_warning"] == LABEL
    (key,) = (await client.get("/jwks.json")).json()["keys"]
    assert (key["kty"], key["crv"], key["kid"]) == ("EC", "P-256", issuer.key.kid)
    assert "d" not in key


@pytest.mark.parametrize("name", sorted(DEMO_USERS))
async def test_each_role_gets_its_scopes(
    client: httpx.AsyncClient, issuer: LocalIssuer, clock: Clock, name: str
) -> None:
    user, secret = DEMO_USERS[name], issuer.secrets[name]
    if user.is_system:
        response = await grant(client, grant_type="client_credentials", client_id=name, client_secret=secret)
    else:
        response = await grant(client, grant_type="password", username=name, password=secret)
    principal = await an_authenticator(issuer, clock).authenticate(response.json()["access_token"])
    assert (principal.subject, principal.tenant) == (name, "demo")
    assert principal.scopes == user.scopes
    assert principal.roles == {user.role}
    assert response.headers["Cache-Control"] == "no-store"


async def test_a_system_may_show_its_secret_in_the_header(client: httpx.AsyncClient, issuer: LocalIssuer) -> None:
    basic = base64.b64encode(f"ehr:{issuer.secrets['ehr']}".encode()).decode()
    response = await client.post(
        "/token", data={"grant_type": "client_credentials"}, headers={"Authorization": f"Basic {basic}"}
    )
    assert response.status_code == 200


async def test_fewer_scopes_may_be_asked_for_and_never_more(client: httpx.AsyncClient, issuer: LocalIssuer) -> None:
    who = {"grant_type": "password", "username": "coder", "password": issuer.secrets["coder"]}
    assert (await grant(client, **who, scope="codes:read")).json()["scope"] == "codes:read"
    assert (await grant(client, **who, scope="codes:read claims:release")).json()["error"] == "invalid_scope"


@pytest.mark.parametrize(
    ("fields", "status", "error"),
    [
        ({"grant_type": "password", "username": "coder", "password": "guess"}, 400, "invalid_grant"),
        ({"grant_type": "password", "username": "nobody", "password": ""}, 400, "invalid_grant"),
        ({"grant_type": "client_credentials", "client_id": "ehr", "client_secret": "é"}, 401, "invalid_client"),
        ({"grant_type": "authorization_code"}, 400, "unsupported_grant_type"),
        ({}, 400, "unsupported_grant_type"),
    ],
)
async def test_a_wrong_request_is_refused_as_in_rfc_6749(
    client: httpx.AsyncClient, fields: dict[str, str], status: int, error: str
) -> None:
    response = await grant(client, **fields)
    assert (response.status_code, response.json()["error"]) == (status, error)


async def test_a_person_cannot_use_the_grant_of_systems(client: httpx.AsyncClient, issuer: LocalIssuer) -> None:
    secret = issuer.secrets["coder"]
    response = await grant(client, grant_type="client_credentials", client_id="coder", client_secret=secret)
    assert response.json()["error"] == "invalid_client"


@pytest.mark.parametrize("host", ["0.0.0.0", "10.1.2.3", "::", "revcycle.example", ""])  # noqa: S104
def test_it_refuses_to_bind_another_address(issuer: LocalIssuer, host: str) -> None:
    with pytest.raises(NotLoopback):
        create_issuer_app(issuer, host=host)


@pytest.mark.parametrize(
    ("client_address", "base_url"),
    [("10.1.2.3", "http://127.0.0.1:8000"), ("127.0.0.1", "http://rebound.example:8000")],
)
async def test_it_answers_nobody_but_this_machine(issuer: LocalIssuer, client_address: str, base_url: str) -> None:
    app: Any = create_issuer_app(issuer, host="127.0.0.1")
    transport = httpx.ASGITransport(app, client=(client_address, 1))
    async with httpx.AsyncClient(transport=transport, base_url=base_url) as elsewhere:
        for response in (await elsewhere.get("/jwks.json"), await elsewhere.post("/token")):
            assert response.status_code == 403


def test_key_and_secrets_are_made_once_and_are_for_the_owner_only(tmp_path: Path, clock: Clock) -> None:
    first, second = an_issuer(tmp_path, clock), an_issuer(tmp_path, clock)
    assert first.key.kid == second.key.kid
    assert first.secrets == second.secrets
    assert len(set(first.secrets.values())) == len(DEMO_USERS)
    for name in ("key.json", "users.json"):
        assert stat.S_IMODE((tmp_path / "issuer" / name).stat().st_mode) == 0o600


def test_another_installation_has_other_secrets(tmp_path: Path, clock: Clock) -> None:
    one, other = an_issuer(tmp_path / "one", clock), an_issuer(tmp_path / "other", clock)
    assert one.key.kid != other.key.kid
    assert not set(one.secrets.values()) & set(other.secrets.values())


async def test_with_nothing_set_a_service_trusts_the_local_issuer(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    issuer = LocalIssuer.open(settings, system_clock)
    authenticator = TokenAuthenticator.for_settings(settings)
    assert (await authenticator.authenticate(issuer.demo_token("coder"))).roles == {"coder"}
    await authenticator.close()
