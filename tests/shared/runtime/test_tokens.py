"""A token is good only when every part of it is: RFC 7519 claims, RFC 8725 algorithms, the provider's own key."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from shared.http.issuer import LocalIssuer
from shared.runtime import IdentityUnavailable, Settings, TokenAuthenticator, Unauthenticated
from shared.runtime.tokens import KeyRing, _from_provider
from tests.fixtures.tokens import Clock, an_authenticator, an_issuer


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def issuer(tmp_path: Path, clock: Clock) -> LocalIssuer:
    return an_issuer(tmp_path, clock)


@pytest.fixture
def authenticator(issuer: LocalIssuer, clock: Clock) -> TokenAuthenticator:
    return an_authenticator(issuer, clock)


def claims(issuer: LocalIssuer, clock: Clock, **changes: Any) -> dict[str, Any]:
    now = int(clock().timestamp())
    good = {"iss": issuer.issuer, "aud": "revcycle", "sub": "coder", "tenant": "mercy", "exp": now + 600, "nbf": now}
    return {name: value for name, value in (good | changes).items() if value is not None}


def signed(issuer: LocalIssuer, clock: Clock, **changes: Any) -> str:
    return jwt.encode({"alg": "ES256", "kid": issuer.key.kid}, claims(issuer, clock, **changes), issuer.key)


def by_hand(header: dict[str, Any], payload: dict[str, Any], key: bytes | None) -> str:
    """A token as an attacker makes one: unsigned, or with HMAC over a key that is public."""
    first, second = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, payload))
    signature = b"" if key is None else hmac.new(key, first + b"." + second, hashlib.sha256).digest()
    return (first + b"." + second + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


async def test_subject_tenant_scopes_and_roles_are_read(issuer: LocalIssuer, authenticator: TokenAuthenticator) -> None:
    principal = await authenticator.authenticate(issuer.token("ana", "mercy", ["charts:read", "b"], roles=["coder"]))
    assert (principal.subject, principal.tenant) == ("ana", "mercy")
    assert principal.scopes == {"charts:read", "b"}
    assert principal.roles == {"coder"}


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"aud": "another-api"},
        {"aud": None},
        {"exp": None},
        {"exp": 1},
        {"exp": "tomorrow"},
        {"nbf": 9_999_999_999},
        {"sub": None},
        {"sub": 7},
        {"tenant": None},
        {"tenant": ["mercy"]},
        {"tenant": "t" * 101},
    ],
)
async def test_a_claim_that_is_missing_or_not_for_us_is_refused(
    issuer: LocalIssuer, clock: Clock, authenticator: TokenAuthenticator, changes: dict[str, Any]
) -> None:
    with pytest.raises(Unauthenticated):
        await authenticator.authenticate(signed(issuer, clock, **changes))


async def test_an_expired_token_is_refused_even_when_it_was_good_before(
    issuer: LocalIssuer, clock: Clock, authenticator: TokenAuthenticator
) -> None:
    token = issuer.token("ana", "mercy", life=timedelta(seconds=20))
    await authenticator.authenticate(token)
    clock.advance(timedelta(seconds=31))
    with pytest.raises(Unauthenticated, match="expired"):
        await authenticator.authenticate(token)


async def test_an_unsigned_token_is_refused(
    issuer: LocalIssuer, clock: Clock, authenticator: TokenAuthenticator
) -> None:
    with pytest.raises(Unauthenticated, match="not signed with"):
        await authenticator.authenticate(by_hand({"alg": "none"}, claims(issuer, clock), None))


async def test_hmac_with_the_public_key_as_secret_is_refused(
    issuer: LocalIssuer, clock: Clock, authenticator: TokenAuthenticator
) -> None:
    public = issuer.key.as_pem(private=False)
    token = by_hand({"alg": "HS256", "kid": issuer.key.kid}, claims(issuer, clock), public)
    with pytest.raises(Unauthenticated, match="not signed with"):
        await authenticator.authenticate(token)


async def test_anothers_signature_under_our_key_id_is_refused(
    issuer: LocalIssuer, clock: Clock, authenticator: TokenAuthenticator
) -> None:
    forged = jwt.encode({"alg": "ES256", "kid": issuer.key.kid}, claims(issuer, clock), ECKey.generate_key("P-256"))
    with pytest.raises(Unauthenticated, match="signature"):
        await authenticator.authenticate(forged)


async def test_a_changed_payload_is_refused(issuer: LocalIssuer, authenticator: TokenAuthenticator) -> None:
    head, payload, signature = issuer.token("ana", "mercy").split(".")
    content = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    changed = base64.urlsafe_b64encode(json.dumps(content | {"tenant": "other"}).encode()).rstrip(b"=").decode()
    with pytest.raises(Unauthenticated):
        await authenticator.authenticate(f"{head}.{changed}.{signature}")


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "..", "é.é.é", "a" * 20_000, "eyJhbGciOiJFUzI1NiJ9.e30."])
async def test_what_is_no_token_is_refused(authenticator: TokenAuthenticator, token: str) -> None:
    with pytest.raises(Unauthenticated):
        await authenticator.authenticate(token)


async def test_rs256_is_taken_from_a_provider_that_uses_it(clock: Clock, issuer: LocalIssuer) -> None:
    key = RSAKey.generate_key(2048, {"kid": "rsa-1"})

    async def published() -> dict[str, Any]:
        return {"keys": [key.as_dict(private=False)]}

    authenticator = TokenAuthenticator(
        KeyRing(published, cool_down=30), issuer=issuer.issuer, audience="revcycle", now=lambda: clock().timestamp()
    )
    token = jwt.encode({"alg": "RS256", "kid": "rsa-1"}, claims(issuer, clock), key)
    assert (await authenticator.authenticate(token)).subject == "coder"


class Provider:
    """Publishes keys, counts the fetches, and can be down."""

    def __init__(self, *keys: ECKey) -> None:
        self.keys, self.fetches, self.down = list(keys), 0, False

    async def __call__(self) -> dict[str, Any]:
        self.fetches += 1
        await asyncio.sleep(0)
        if self.down:
            raise httpx.ConnectError("down")
        return {"keys": [key.as_dict(private=False) for key in self.keys]}


def a_key(key_id: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": key_id})


async def test_keys_are_fetched_once_and_again_for_an_unknown_key_id() -> None:
    provider, elapsed = Provider(a_key("one")), [0.0]
    ring = KeyRing(provider, cool_down=30, timer=lambda: elapsed[0])
    await ring.holding("one")
    await ring.holding("one")
    assert provider.fetches == 1
    provider.keys.append(a_key("two"))
    elapsed[0] = 30.0
    assert any(key.kid == "two" for key in await ring.holding("two"))
    assert provider.fetches == 2


async def test_callers_who_come_together_share_one_fetch() -> None:
    provider = Provider(a_key("one"))
    ring = KeyRing(provider, cool_down=30)
    found = await asyncio.gather(*(ring.holding("one") for _ in range(20)))
    assert provider.fetches == 1
    assert all(found)


async def test_unknown_key_ids_cannot_make_us_hammer_the_provider() -> None:
    provider, elapsed = Provider(a_key("one")), [0.0]
    ring = KeyRing(provider, cool_down=30, timer=lambda: elapsed[0])
    for step in range(29):
        elapsed[0] = float(step)
        await ring.holding(f"made-up-{step}")
    assert provider.fetches == 1


async def test_known_keys_serve_while_the_provider_is_down() -> None:
    provider, elapsed = Provider(a_key("one")), [0.0]
    ring = KeyRing(provider, cool_down=30, timer=lambda: elapsed[0])
    await ring.holding("one")
    provider.down, elapsed[0] = True, 60.0
    assert any(key.kid == "one" for key in await ring.holding("two"))


async def test_without_any_key_nobody_is_let_in_and_it_is_not_the_callers_fault() -> None:
    provider = Provider()
    provider.down = True
    with pytest.raises(IdentityUnavailable):
        await KeyRing(provider, cool_down=30).holding("one")


async def test_the_key_address_is_found_by_discovery() -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        found = {"jwks_uri": "https://id.example/keys"} if "well-known" in request.url.path else {"keys": []}
        return httpx.Response(200, json=found)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        fetch = _from_provider(client, Settings(issuer_url="https://id.example/"))
        assert await fetch() == {"keys": []}
    assert asked == ["https://id.example/.well-known/openid-configuration", "https://id.example/keys"]
