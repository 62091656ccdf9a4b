"""What was sent under an Idempotency-Key: a hash taken while the body is read, by whomever and however."""

from __future__ import annotations

import hashlib

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.http.content import read_body
from shared.http.scope import runtime_of


class SentBody:
    """SHA-256 of query and body, complete when the last byte has been received."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._receive = receive
        self._hash = hashlib.sha256(scope["query_string"] + b"\n")
        self.complete = False

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._hash.update(message.get("body", b""))
            self.complete = not message.get("more_body", False)
        return message

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


class KeyedBodies:
    """ASGI middleware: watches the body of a request that carries a key."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and "idempotency-key" in Headers(scope=scope):
            scope["sent_body"] = sent = SentBody(scope, receive)
            receive = sent.receive
        await self._app(scope, receive, send)


async def digest_of(request: Request) -> str:
    """The hash of a request that carries a key; reads what the route has not read. Raises `BodyTooLarge`."""
    sent: SentBody = request.scope["sent_body"]
    if not sent.complete:
        await read_body(request, runtime_of(request).settings.max_body_bytes)
    return sent.digest
