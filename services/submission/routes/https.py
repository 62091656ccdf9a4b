"""A clearinghouse over HTTPS: interchanges are posted, answers are pulled with a cursor."""

from __future__ import annotations

import ssl
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Protocol

import httpx
from pydantic import BaseModel, ValidationError

from services.submission.routes import Collected, Inbound, Outbound, RouteDown, RouteRefused

X12_MEDIA_TYPE = "application/edi-x12"
_REFUSALS = frozenset({400, 413, 415, 422})
"""What says that these bytes will never be taken. Any other error is about the way, or about us, and may pass."""
_NOT_TAKEN = frozenset({301, 302, 303, 307, 308, 401, 403, 404, 405, 429})
"""What says that it was not even looked at."""
_SHUT_OUT = frozenset({401, 403})
_LOCKED_OUT_AFTER = timedelta(minutes=5)
_LONGEST_REST = timedelta(hours=1)


class Credentials(Protocol):
    """What lets us in at the clearinghouse."""

    async def token(self) -> str:
        """A bearer token. Raises RouteDown."""

    def forget(self) -> None:
        """The token that was given last is not taken any more."""


class _Response(BaseModel):
    id: str
    content: str


class _Responses(BaseModel):
    items: list[_Response]
    next_cursor: str | None = None


class HttpsRoute:
    """Speaks to `POST {base}/v1/interchanges` and `GET {base}/v1/responses?after=`.

    Without `credentials` the client's certificate is what lets us in. The `Idempotency-Key` of an interchange is its
    id: one whose receipt was lost on its way is posted again under the same.
    """

    def __init__(self, name: str, client: httpx.AsyncClient, credentials: Credentials | None = None) -> None:
        self.name = name
        self._client = client
        self._credentials = credentials

    async def deliver(self, interchange: Outbound) -> None:
        headers = {"Content-Type": X12_MEDIA_TYPE, "Idempotency-Key": interchange.id}
        answer = await self._send("POST", "v1/interchanges", headers=headers, content=interchange.content)
        if answer.status_code in _REFUSALS:
            raise RouteRefused(f"HTTP {answer.status_code}")
        _must_be_success(answer)

    async def collect(self, cursor: str | None, *, limit: int) -> Collected:
        query = {"limit": str(limit)} | ({"after": cursor} if cursor else {})
        answer = await self._send("GET", "v1/responses", params=query)
        _must_be_success(answer)
        try:
            page = _Responses.model_validate_json(answer.content)
        except ValidationError:
            raise RouteDown("its page of answers cannot be read") from None
        files = [Inbound(item.id, _bytes(item.content)) for item in page.items]
        return Collected(files, page.next_cursor or cursor or "")

    async def taken(self, collected: Collected) -> None:
        """The cursor is all there is to remember."""

    async def _send(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
        params: dict[str, str] | None = None,
    ) -> httpx.Response:
        """Once, and again with a new token where the one that we have is not taken any more."""
        request = self._client.build_request(method, path, headers=headers, content=content, params=params)
        answer = await self._authorized(request)
        if answer.status_code == httpx.codes.UNAUTHORIZED and self._credentials is not None:
            self._credentials.forget()
            answer = await self._authorized(request)
        return answer

    async def _authorized(self, request: httpx.Request) -> httpx.Response:
        if self._credentials is not None:
            request.headers["Authorization"] = f"Bearer {await self._credentials.token()}"
        try:
            return await self._client.send(request)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise RouteDown(type(error).__name__, nothing_sent=True) from error
        except (httpx.HTTPError, OSError) as error:  # an alert of TLS 1.3 comes as it is
            raise RouteDown(type(error).__name__) from error


def _must_be_success(answer: httpx.Response) -> None:
    if not answer.is_success:
        nothing_sent = answer.status_code in _NOT_TAKEN
        raise RouteDown(f"HTTP {answer.status_code}", retry_after=retry_after(answer), nothing_sent=nothing_sent)


def retry_after(answer: httpx.Response) -> timedelta | None:
    """How long the other side wants to be left alone (RFC 9110 §10.2.3), an hour at most; None where it does not say.

    Whoever does not let us in is left alone also where it says nothing: many lock an account that knocks too often.
    """
    said = answer.headers.get("Retry-After", "")
    rest = timedelta(seconds=int(said)) if said.isdecimal() and len(said) < 10 else _until(said, answer)
    if rest is None:
        return _LOCKED_OUT_AFTER if answer.status_code in _SHUT_OUT else None
    return min(max(rest, timedelta(0)), _LONGEST_REST)


def _until(said: str, answer: httpx.Response) -> timedelta | None:
    """Until a date, by the other side's own clock."""
    try:
        return parsedate_to_datetime(said) - parsedate_to_datetime(answer.headers.get("Date", ""))
    except (TypeError, ValueError):
        return None


def _bytes(content: str) -> bytes:
    """One character a byte, as it was agreed; a sender that decoded UTF-8 gets its UTF-8 back."""
    try:
        return content.encode("latin-1")
    except UnicodeEncodeError:
        return content.encode()


def tls_context(ca_file: Path | None, certificate_file: Path | None, key_file: Path | None) -> ssl.SSLContext:
    """Checks the server by the public authorities, or by those of `ca_file` alone, and shows our certificate.

    Raises OSError for a file that is not there or is none.
    """
    context = ssl.create_default_context(cafile=ca_file) if ca_file else httpx.create_ssl_context(trust_env=False)
    if certificate_file is not None:
        context.load_cert_chain(certificate_file, key_file, password="")  # an encrypted key fails, and asks no terminal
    return context
