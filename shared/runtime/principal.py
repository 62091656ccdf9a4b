"""Who is calling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from shared.errors import ServiceError


@dataclass(frozen=True)
class Principal:
    """A verified caller. `subject` and `tenant` are opaque identifiers and may be logged."""

    subject: str
    tenant: str
    scopes: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()


class Unauthenticated(ServiceError):
    code, title, status = "unauthenticated", "A valid bearer token is required", 401


class IdentityUnavailable(ServiceError):
    code, title, status = "identity_unavailable", "The identity provider cannot be reached", 503


class Authenticator(Protocol):
    """Makes a principal of a bearer token."""

    async def authenticate(self, token: str) -> Principal:
        """Raises `Unauthenticated` for a token that is not good, `IdentityUnavailable` without the provider's keys."""
        ...

    async def close(self) -> None:
        """Release connections. Safe to call twice."""
        ...
