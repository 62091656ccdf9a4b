"""A clearinghouse over HTTPS: interchanges are posted, answers are pulled with a cursor."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

import httpx
from pydantic import BaseModel, SecretStr

from services.submission.routes import Collected, Inbound, Outbound, RouteDown, RouteRefused

X12_MEDIA_TYPE = "application/edi-x12"


class _Response(BaseModel):
    id: str
    content: str


class _Responses(BaseModel):
    items: list[_Response]
    next_cursor: str | None = None


class HttpsRoute:
    """Speaks to `POST {base}/v1/interchanges` and `GET {base}/v1/responses?after=`; `token` gives a bearer token."""

    def __init__(self, name: str, client: httpx.AsyncClient, token: Callable[[], Awaitable[str]]) -> None:
        self.name = name
        self._client = client
        self._token = token

    async def deliver(self, interchange: Outbound) -> None:
        headers = {"Content-Type": X12_MEDIA_TYPE, "Idempotency-Key": interchange.id}
        answer = await self._send("POST", "v1/interchanges", headers=headers, content=interchange.content)
        if answer.is_client_error:
            raise RouteRefused(f"HTTP {answer.status_code}")

    async def collect(self, cursor: str | None, *, limit: int) -> Collected:
        query = {"limit": str(limit)} | ({"after": cursor} if cursor else {})
        answer = await self._send("GET", "v1/responses", params=query)
        if answer.is_client_error:
            raise RouteDown(f"HTTP {answer.status_code}")
        page = _Responses.model_validate_json(answer.content)
        files = [Inbound(item.id, item.content.encode("latin-1")) for item in page.items]
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
        try:
            authorization = {"Authorization": f"Bearer {await self._token()}"}
            answer = await self._client.request(
                method, path, headers=authorization | (headers or {}), content=content, params=params
            )
        except httpx.HTTPError as error:
            raise RouteDown(type(error).__name__) from error
        if answer.is_server_error or answer.status_code in {401, 403, 408, 429}:
            raise RouteDown(f"HTTP {answer.status_code}")
        return answer


class ClientCredentials:
    """OAuth2 client credentials (RFC 6749 §4.4): one token, fetched again a minute before it ends."""

    def __init__(
        self, client: httpx.AsyncClient, token_url: str, client_id: str, secret: SecretStr, scope: str
    ) -> None:
        self._client = client
        self._token_url = token_url
        self._credentials = (client_id, secret)
        self._scope = scope
        self._token = ""
        self._until = 0.0

    async def __call__(self) -> str:
        if time.monotonic() >= self._until:
            client_id, secret = self._credentials
            answer = await self._client.post(
                self._token_url,
                data={"grant_type": "client_credentials", "scope": self._scope},
                auth=(client_id, secret.get_secret_value()),
            )
            answer.raise_for_status()
            granted = answer.json()
            self._token = granted["access_token"]
            self._until = time.monotonic() + max(float(granted.get("expires_in", 300)) - 60, 5)
        return self._token
