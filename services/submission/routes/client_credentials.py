"""OAuth2 client credentials (RFC 6749 §4.4)."""

from __future__ import annotations

import time

import httpx
from pydantic import BaseModel, Field, SecretStr, ValidationError

from services.submission.routes import RouteDown
from services.submission.routes.https import retry_after

_SPARE = 60.0
"""Seconds before its end that a token is fetched anew, so that none ends on its way."""


class _Grant(BaseModel):
    access_token: str = Field(min_length=1)
    expires_in: float | None = None


class ClientCredentials:
    """One token for all requests, until it ends or is not taken any more."""

    def __init__(
        self, client: httpx.AsyncClient, token_url: str, client_id: str, secret: SecretStr, scope: str
    ) -> None:
        self._client = client
        self._token_url = token_url
        self._credentials = (client_id, secret)
        self._scope = scope
        self._token = ""
        self._until = 0.0

    async def token(self) -> str:
        """Raises RouteDown where the endpoint gives none."""
        if time.monotonic() >= self._until:
            grant = await self._granted()
            self._token = grant.access_token
            self._until = time.monotonic() + max((grant.expires_in or 300.0) - _SPARE, 5.0)
        return self._token

    def forget(self) -> None:
        self._until = 0.0

    async def _granted(self) -> _Grant:
        client_id, secret = self._credentials
        form = {"grant_type": "client_credentials"} | ({"scope": self._scope} if self._scope else {})
        try:
            answer = await self._client.post(self._token_url, data=form, auth=(client_id, secret.get_secret_value()))
        except (httpx.HTTPError, OSError) as error:
            raise RouteDown(f"token endpoint: {type(error).__name__}", nothing_sent=True) from error
        if not answer.is_success:
            reason = f"token endpoint: HTTP {answer.status_code}"
            raise RouteDown(reason, retry_after=retry_after(answer), nothing_sent=True)
        try:
            return _Grant.model_validate_json(answer.content)
        except ValidationError:
            raise RouteDown("token endpoint: no token in its answer", nothing_sent=True) from None
