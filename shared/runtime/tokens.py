"""Bearer tokens: JWT of an OIDC provider, checked against its published keys (RFC 7519, RFC 8725)."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from time import monotonic, time
from typing import Any

import httpx
import structlog
from joserfc import jws, jwt
from joserfc.errors import ClaimError, ExpiredTokenError, JoseError
from joserfc.jwk import KeySet

from shared.runtime.principal import IdentityUnavailable, Principal, Unauthenticated
from shared.runtime.settings import Settings

ALGORITHMS = ("ES256", "RS256")
"""Signatures by the provider's private key. Never `none`, never a shared secret (RFC 8725 §3.1)."""

log = structlog.get_logger("revcycle.identity")

_KEPT_TOKENS = 2_000
_KEPT_SECONDS = 30.0
_LONGEST_TOKEN = 16_000

FetchKeys = Callable[[], Awaitable[Mapping[str, Any]]]


class KeyRing:
    """The provider's public keys: fetched when first needed, and again for an unknown key id after `cool_down` s."""

    def __init__(self, fetch: FetchKeys, *, cool_down: float, timer: Callable[[], float] = monotonic) -> None:
        self._fetch = fetch
        self._cool_down = cool_down
        self._timer = timer
        self._keys = KeySet([])
        self._fetched_at: float | None = None
        self._fetching = asyncio.Lock()

    async def holding(self, key_id: str | None) -> KeySet:
        """The keys, fresh enough to know `key_id` if anybody does. Raises `IdentityUnavailable`."""
        if not self._knows(key_id):
            async with self._fetching:  # one fetch for all who wait for it
                if not self._knows(key_id) and self._may_fetch():
                    await self._refresh()
        if not self._keys:
            raise IdentityUnavailable("the identity provider's keys cannot be read")
        return self._keys

    async def _refresh(self) -> None:
        self._fetched_at = self._timer()
        try:
            self._keys = KeySet.import_key_set(dict(await self._fetch()))  # type: ignore[arg-type]  # checked by it
        except (httpx.HTTPError, OSError, ValueError, KeyError, JoseError) as error:
            # The keys that we have still serve.
            log.error("identity provider's keys cannot be read", exc_info=error)

    def _knows(self, key_id: str | None) -> bool:
        return bool(self._keys) and (key_id is None or any(key.kid == key_id for key in self._keys))

    def _may_fetch(self) -> bool:
        if self._fetched_at is None:
            return True
        # Without any key nobody can be let in: ask again sooner.
        pause = self._cool_down if self._keys else min(1.0, self._cool_down)
        return self._timer() - self._fetched_at >= pause


class TokenAuthenticator:
    """Checks signature, `iss`, `aud`, `exp` and `nbf`, and reads `sub`, `tenant`, `scope` and `roles`.

    A token found good is remembered for half a minute, never beyond its `exp`, because the signature check is the
    dearest part of a request.
    """

    def __init__(
        self,
        keys: KeyRing,
        *,
        issuer: str,
        audience: str,
        leeway: float = 10.0,
        now: Callable[[], float] = time,
        client: httpx.AsyncClient | None = None,
    ) -> None:
        self._keys = keys
        self._now = now
        self._leeway = leeway
        self._client = client
        self._claims = jwt.JWTClaimsRegistry(
            now=lambda: int(now()),
            leeway=int(leeway),
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": True},
            tenant={"essential": True},
        )
        self._good: OrderedDict[bytes, tuple[float, Principal]] = OrderedDict()

    @classmethod
    def for_settings(cls, settings: Settings) -> TokenAuthenticator:
        """Keys from the provider, or from the file of the local issuer."""
        client = None if settings.local_issuer else httpx.AsyncClient(timeout=5.0)
        fetch = _from_file(settings.issuer_dir / "jwks.json") if client is None else _from_provider(client, settings)
        return cls(
            KeyRing(fetch, cool_down=settings.jwks_cool_down.total_seconds()),
            issuer=settings.issuer,
            audience=settings.audience,
            leeway=settings.token_leeway.total_seconds(),
            client=client,
        )

    async def authenticate(self, token: str) -> Principal:
        if len(token) > _LONGEST_TOKEN:
            raise Unauthenticated("the token is too long")
        digest = hashlib.sha256(token.encode()).digest()
        kept_until, principal = self._good.get(digest, (0.0, None))
        if principal is not None and self._now() < kept_until:
            return principal
        claims = await self._verified_claims(token)
        principal = _principal(claims)
        self._remember(digest, principal, float(claims["exp"]))
        return principal

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()

    async def _verified_claims(self, token: str) -> dict[str, Any]:
        try:
            header = jws.extract_compact(token.encode()).headers()
        except (JoseError, ValueError):
            raise Unauthenticated("the token is not a signed JWT") from None
        if header.get("alg") not in ALGORITHMS:
            raise Unauthenticated(f"the token is not signed with one of {', '.join(ALGORITHMS)}")
        keys = await self._keys.holding(header.get("kid"))
        try:
            claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
            self._claims.validate(claims)
        except ExpiredTokenError:
            raise Unauthenticated("the token has expired") from None
        except ClaimError as error:
            raise Unauthenticated(f"the token's claim {error.claim} is missing or not for us") from None
        except (JoseError, ValueError):
            raise Unauthenticated("the token's signature is not the provider's") from None
        return claims

    def _remember(self, digest: bytes, principal: Principal, expires: float) -> None:
        self._good[digest] = (min(expires + self._leeway, self._now() + _KEPT_SECONDS), principal)
        if len(self._good) > _KEPT_TOKENS:
            self._good.popitem(last=False)


def _principal(claims: Mapping[str, Any]) -> Principal:
    subject, tenant = claims["sub"], claims["tenant"]
    if not (isinstance(tenant, str) and len(tenant) <= 100 and len(subject) <= 200):
        raise Unauthenticated("the token's subject or tenant is not of a length that is taken here")
    return Principal(subject, tenant, _words(claims.get("scope")), _words(claims.get("roles")))


def _words(value: Any) -> frozenset[str]:
    """Scopes come as one text (RFC 8693 §4.2) or, from some providers, as a list."""
    match value:
        case str():
            return frozenset(value.split())
        case list():
            return frozenset(word for word in value if isinstance(word, str))
        case _:
            return frozenset()


def _from_file(path: Path) -> FetchKeys:
    async def fetch() -> Mapping[str, Any]:
        content = await asyncio.to_thread(path.read_bytes)
        return json.loads(content)  # type: ignore[no-any-return]  # checked by the key set

    return fetch


def _from_provider(client: httpx.AsyncClient, settings: Settings) -> FetchKeys:
    async def get(url: str) -> Any:
        answer = await client.get(url)
        answer.raise_for_status()
        return answer.json()

    async def fetch() -> Mapping[str, Any]:
        url = settings.jwks_url
        if url is None:
            url = (await get(f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration"))["jwks_uri"]
        return await get(url)  # type: ignore[no-any-return]  # checked by the key set

    return fetch
