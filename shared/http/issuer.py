"""THE LOCAL ISSUER - FOR THE DEMO ON THIS MACHINE ONLY. A small OIDC provider with invented users, so that the embedded
default needs no other. It answers nobody but this machine, and its key and passwords are made at its first start."""

from __future__ import annotations

import base64
import hmac
import ipaddress
import json
import os
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from shared.http.content import read_body
from shared.http.demo_users import DEMO_TENANT, DEMO_USERS
from shared.runtime.settings import Settings

log = structlog.get_logger("revcycle.issuer")

LABEL = "revcycle local demo issuer: invented users, this machine only, never for production"
_TOKEN_LIFE = timedelta(hours=1)
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


class NotLoopback(Exception):
    """The local issuer was asked to serve another machine."""


@dataclass(frozen=True)
class LocalIssuer:
    """The key that signs the demo's tokens, and the demo users' secrets."""

    issuer: str
    audience: str
    key: ECKey
    secrets: dict[str, str]
    clock: Callable[[], datetime]

    @classmethod
    def open(cls, settings: Settings, clock: Callable[[], datetime]) -> LocalIssuer:
        """Load key and secrets from `<data_dir>/issuer`, made there (mode 0600) when absent."""
        settings.issuer_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = ECKey.import_key(_kept(settings.issuer_dir / "key.json", _new_key))
        passwords = _kept(settings.issuer_dir / "users.json", _new_passwords)
        public = json.dumps(KeySet([key]).as_dict(private=False))
        _replace(settings.issuer_dir / "jwks.json", public)
        return cls(settings.issuer, settings.audience, key, passwords, clock)

    @property
    def jwks(self) -> dict[str, Any]:
        """The public keys, as published."""
        return dict(KeySet([self.key]).as_dict(private=False))

    def token(
        self,
        subject: str,
        tenant: str = DEMO_TENANT,
        scopes: Iterable[str] = (),
        *,
        roles: Iterable[str] = (),
        life: timedelta = _TOKEN_LIFE,
    ) -> str:
        """A signed access token, for the demo and for tests."""
        now = int(self.clock().timestamp())
        claims = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": subject,
            "tenant": tenant,
            "scope": " ".join(sorted(scopes)),
            "roles": sorted(roles),
            "iat": now,
            "nbf": now,
            "exp": now + int(life.total_seconds()),
            "jti": secrets.token_urlsafe(12),
            "demo": True,
        }
        return jwt.encode({"alg": "ES256", "kid": self.key.kid}, claims, self.key)

    def demo_token(self, name: str) -> str:
        """A token for one of `DEMO_USERS`, with all that the role may do."""
        user = DEMO_USERS[name]
        return self.token(name, scopes=user.scopes, roles=[user.role])

    def knows(self, name: str, secret: str) -> bool:
        """Whether the secret is the user's; takes the same time for an unknown name."""
        expected = self.secrets.get(name, secrets.token_urlsafe())
        return hmac.compare_digest(expected.encode(), secret.encode())


def create_issuer_app(issuer: LocalIssuer, *, host: str) -> FastAPI:
    """The issuer's HTTP door. Raises `NotLoopback` when the process binds anything but loopback."""
    if not _is_loopback(host):
        raise NotLoopback(f"{LABEL}; set REVCYCLE_ISSUER_URL to your OIDC provider before binding another address")
    log.warning(LABEL, issuer=issuer.issuer)
    app = FastAPI(title="Local demo issuer", description=LABEL, version="1", docs_url=None, redoc_url=None)

    @app.middleware("http")
    async def this_machine_only(request: Request, call_next: Any) -> Response:
        client = request.client.host if request.client else ""
        # The Host header too: a page of another site must not reach us through a name that it points here.
        if not (_is_loopback(client) and request.url.hostname in _LOOPBACK_NAMES):
            return JSONResponse({"error": "access_denied", "error_description": LABEL}, 403)
        response: Response = await call_next(request)
        return response

    @app.get("/.well-known/openid-configuration")
    async def discovery() -> dict[str, Any]:
        return {
            "issuer": issuer.issuer,
            "jwks_uri": f"{issuer.issuer}/jwks.json",
            "token_endpoint": f"{issuer.issuer}/token",
            "grant_types_supported": ["client_credentials", "password"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "response_types_supported": ["token"],
            "subject_types_supported": ["public"],
            "revcycle_warning": LABEL,
        }

    @app.get("/jwks.json")
    async def jwks() -> dict[str, Any]:
        return issuer.jwks

    @app.post("/token")
    async def token(request: Request) -> JSONResponse:
        form = parse_qs((await read_body(request, 10_000)).decode("utf-8", "replace"))
        fields = {name: values[0] for name, values in form.items()}
        return _grant(issuer, fields | _basic(request.headers.get("authorization", "")))

    return app


def _grant(issuer: LocalIssuer, fields: dict[str, str]) -> JSONResponse:
    """Answers as in RFC 6749 §5."""
    match fields.get("grant_type"):
        case "client_credentials":
            name, secret, is_system = fields.get("client_id", ""), fields.get("client_secret", ""), True
        case "password":
            name, secret, is_system = fields.get("username", ""), fields.get("password", ""), False
        case _:
            return _refused("unsupported_grant_type", 400)
    user = DEMO_USERS.get(name)
    if not issuer.knows(name, secret) or user is None or user.is_system is not is_system:
        return _refused("invalid_client" if is_system else "invalid_grant", 401 if is_system else 400)
    asked = frozenset(fields.get("scope", "").split()) or user.scopes
    if not asked <= user.scopes:
        return _refused("invalid_scope", 400)
    granted = issuer.token(name, scopes=asked, roles=[user.role])
    return JSONResponse(
        {
            "access_token": granted,
            "token_type": "Bearer",
            "expires_in": int(_TOKEN_LIFE.total_seconds()),
            "scope": " ".join(sorted(asked)),
        },
        headers={"Cache-Control": "no-store"},
    )


def _refused(error: str, status: int) -> JSONResponse:
    return JSONResponse({"error": error, "error_description": LABEL}, status)


def _basic(authorization: str) -> dict[str, str]:
    kind, _, content = authorization.partition(" ")
    if kind.lower() != "basic":
        return {}
    try:
        name, _, secret = base64.b64decode(content, validate=True).decode().partition(":")
    except ValueError:
        return {}
    return {"client_id": name, "client_secret": secret}


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _new_key() -> dict[str, Any]:
    key = ECKey.generate_key("P-256", auto_kid=True)
    return dict(key.as_dict(private=True))


def _new_passwords() -> dict[str, Any]:
    return {name: secrets.token_urlsafe(24) for name in DEMO_USERS}


def _kept(path: Path, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The document at `path`, made first if absent. Two processes that start at once agree on one."""
    if not path.exists():
        draft = path.with_suffix(f".{secrets.token_hex(4)}")
        _write_private(draft, json.dumps(make(), indent=1))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return dict(json.loads(path.read_text()))


def _replace(path: Path, content: str) -> None:
    draft = path.with_suffix(f".{secrets.token_hex(4)}")
    _write_private(draft, content)
    draft.replace(path)


def _write_private(path: Path, content: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content)
