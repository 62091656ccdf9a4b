"""The demo's way to the services: their REST, with a token of one demo user, and nothing else."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from pydantic_core import to_json
from tenacity import retry, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from revcycle.demo.errors import Refused, ServerFailed

Json = dict[str, Any]

JSON = "application/json"
NDJSON = "application/x-ndjson"
_TIMEOUT = httpx.Timeout(60.0)
_BUSY = (429, 502, 503, 504)


def _may_come_again(error: BaseException) -> bool:
    return isinstance(error, httpx.TransportError) or (isinstance(error, Refused) and error.status in _BUSY)


class Api:
    """One user's connection. Every write has its own idempotency key, so that a repetition changes nothing."""

    def __init__(self, client: httpx.AsyncClient, user: str) -> None:
        self._client = client
        self.user = user

    @classmethod
    async def log_in(cls, address: str, user: str, data_dir: Path) -> Api:
        """With the user's secret, which the local issuer keeps on this machine. Raises Refused."""
        secret = json.loads((data_dir / "issuer" / "users.json").read_text())[user]
        client = httpx.AsyncClient(base_url=address, timeout=_TIMEOUT)
        as_person = {"grant_type": "password", "username": user, "password": secret}
        as_system = {"grant_type": "client_credentials", "client_id": user, "client_secret": secret}
        for form in (as_person, as_system):
            answer = await client.post("/issuer/token", data=form)
            if answer.is_success:
                client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
                return cls(client, user)
        raise _refused(answer)

    async def close(self) -> None:
        await self._client.aclose()

    async def get(self, path: str, **query: str | int) -> Json:
        """Raises Refused."""
        answer = await self._send("GET", path, params=query)
        return dict(answer.json())

    async def find(self, path: str) -> Json | None:
        """None where there is no such record. Raises Refused for everything else."""
        try:
            return await self.get(path)
        except Refused as error:
            if error.status == httpx.codes.NOT_FOUND:
                return None
            raise

    async def text(self, path: str) -> str:
        """The body as it stands. Raises Refused."""
        return (await self._send("GET", path)).text

    async def pages(self, path: str, **query: str | int) -> AsyncIterator[Json]:
        """Every item of a list that is given in pages. Raises Refused."""
        cursor: str | None = None
        while True:
            page = await self.get(path, limit=200, **query, **({"cursor": cursor} if cursor else {}))
            for item in page["items"]:
                yield item
            cursor = page.get("next_cursor")
            if not cursor:
                return

    async def post(self, path: str, body: Any = None, *, version: int | None = None) -> Json | None:
        """None where the answer has no content. Raises Refused."""
        return await self._write("POST", path, to_json({} if body is None else body), JSON, version)

    async def put(self, path: str, body: Any, *, version: int | None = None) -> Json | None:
        """Raises Refused."""
        return await self._write("PUT", path, to_json(body), JSON, version)

    async def post_lines(self, path: str, documents: list[bytes]) -> list[Json]:
        """Many documents in one request; an answer for each line. Raises Refused for the request as a whole."""
        answer = await self._send(
            "POST", path, content=b"".join(document + b"\n" for document in documents), headers=_headers(NDJSON, None)
        )
        return [json.loads(line) for line in answer.text.splitlines()]

    async def _write(self, method: str, path: str, content: bytes, kind: str, version: int | None) -> Json | None:
        answer = await self._send(method, path, content=content, headers=_headers(kind, version))
        return None if answer.status_code == httpx.codes.NO_CONTENT else dict(answer.json())

    async def _send(self, method: str, path: str, **request: Any) -> httpx.Response:
        try:
            return await self._attempt(method, path, **request)
        except httpx.TransportError as error:
            raise ServerFailed(f"{method} {path}: the server cannot be reached ({type(error).__name__})") from error

    @retry(
        retry=retry_if_exception(_may_come_again),
        wait=wait_exponential_jitter(multiplier=0.1, max=3.0),
        stop=stop_after_attempt(8),
        reraise=True,
    )
    async def _attempt(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        answer = await self._client.request(method, path, params=params, content=content, headers=headers)
        if not answer.is_success:
            raise _refused(answer)
        return answer


def _headers(kind: str, version: int | None) -> dict[str, str]:
    headers = {"Content-Type": kind, "Idempotency-Key": str(uuid4())}
    return headers if version is None else headers | {"If-Match": f'"{version}"'}


def _refused(answer: httpx.Response) -> Refused:
    request = f"{answer.request.method} {answer.request.url.path}"
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    errors = "; ".join(f"{e.get('pointer')}: {e.get('code')}" for e in problem.get("errors", [])[:3])
    detail = " ".join(filter(None, (str(problem.get("detail", "")), errors)))
    return Refused(request, answer.status_code, str(problem.get("code", "")), detail)
