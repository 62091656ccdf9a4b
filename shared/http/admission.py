"""Before anything is read: who is it, and is it within its limit. Decided once for each request."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from time import time

from limits import parse
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import ServiceError
from shared.http.answers import respond
from shared.http.paths import OPEN_PATHS, own_path
from shared.http.problems import TooManyRequests, answer_of
from shared.runtime.principal import Principal, Unauthenticated
from shared.runtime.runtime import Runtime


class MalformedAddress(ServiceError):
    code, title, status = "malformed_address", "The address is not one that can exist", 400


@dataclass(frozen=True)
class Allowance:
    """Where a caller stands: requests a window, those left, and seconds until the oldest counts no more."""

    limit: int
    remaining: int
    reset: int
    admitted: bool

    @property
    def headers(self) -> dict[str, str]:
        """As in draft-ietf-httpapi-ratelimit-headers-03, the form that gateways and clients read."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset),
        }


class RateLimit:
    """A moving window for each tenant and subject, in this process; the gateway holds the limit of the whole.

    Two counts for each: of this fixed window, and of the one before, which counts for the part of it that the moving
    window still covers. The exact log of `limits` copies itself at each expiry, which a generous limit cannot bear, and
    its own counters start a thread to tidy up after nearly every request; here a window is forgotten whole.
    """

    def __init__(self, rate: str, *, clock: Callable[[], float] = time) -> None:
        item = parse(rate)
        self._amount, self._seconds, self._clock = item.amount, item.get_expiry(), clock
        self._window = 0
        self._before: dict[tuple[str, ...], int] = {}
        self._counts: dict[tuple[str, ...], int] = {}

    def take(self, *who: str) -> Allowance:
        """Count one request."""
        window, passed = divmod(self._clock(), self._seconds)
        self._turn(int(window))
        before, count = self._before.get(who, 0), self._counts.get(who, 0)
        still_counted = before * (1 - passed / self._seconds)
        taken = math.floor(still_counted) + count
        admitted = taken < self._amount
        if admitted:
            self._counts[who] = count = count + 1
        if before and still_counted:
            wait = (still_counted - math.ceil(still_counted) + 1) * self._seconds / before
        else:
            wait = self._seconds - passed + self._seconds / max(count, 1)
        return Allowance(self._amount, max(0, self._amount - taken - admitted), max(1, math.ceil(wait)), admitted)

    def _turn(self, window: int) -> None:
        if window != self._window:
            self._before = self._counts if window == self._window + 1 else {}
            self._counts, self._window = {}, window


class Admission:
    """ASGI middleware: puts the principal, or what is wrong with the token, on the scope; `requires` acts on it."""

    def __init__(self, app: ASGIApp, *, runtime: Runtime) -> None:
        self._app = app
        self._authenticator = runtime.authenticator
        self._rate_limit = RateLimit(runtime.settings.rate_limit)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or own_path(scope) in OPEN_PATHS:
            await self._app(scope, receive, send)
            return
        scope["principal"] = await self._identify(Headers(scope=scope))
        allowance = self._rate_limit.take(*_payer(scope))

        async def send_with_allowance(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(allowance.headers)
            await send(message)

        if (refusal := _refusal(scope, allowance)) is not None:
            response = respond(answer_of(refusal, scope["request_id"]))
            await response(scope, receive, send_with_allowance)
        else:
            await self._app(scope, receive, send_with_allowance)

    async def _identify(self, headers: Headers) -> Principal | ServiceError:
        kind, _, token = headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token.strip():
            return Unauthenticated("send a bearer token")
        try:
            return await self._authenticator.authenticate(token.strip())
        except ServiceError as error:
            return error


def _payer(scope: Scope) -> tuple[str, str]:
    """Whose allowance a request takes from: a known subject's, else the address's."""
    match scope["principal"]:
        case Principal(subject=subject, tenant=tenant):
            return tenant, subject
        case _:
            return "", (scope.get("client") or ("unknown", 0))[0]


def _refusal(scope: Scope, allowance: Allowance) -> ServiceError | None:
    if not allowance.admitted:
        return TooManyRequests(
            f"{allowance.limit} requests are allowed in the window", extra={"retry_after": allowance.reset}
        )
    if "\0" in scope["path"] or b"%00" in scope["query_string"]:
        return MalformedAddress("an address cannot hold NUL")
    return None
