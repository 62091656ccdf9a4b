"""An authority's site on loopback: a file that it serves as a good web server does, and the ways in which it fails."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

HOSTS = frozenset({"www.cms.gov", "downloads.cms.gov"})
ADDRESS = "https://www.cms.gov/files/zip/october-2026-alpha-numeric-hcpcs-file.zip"
PATH = "/files/zip/october-2026-alpha-numeric-hcpcs-file.zip"
CONTENT = b"PK" + bytes(range(256)) * 400


class Rerouted(httpx.HTTPTransport):
    """What is meant for the authority over HTTPS goes to loopback; everything else is real."""

    def __init__(self, server: HTTPServer) -> None:
        super().__init__()
        self._server = server
        self.asked: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        url = request.url.copy_with(scheme="http", host=self._server.host, port=self._server.port)
        headers = [(name, value) for name, value in request.headers.raw if name.lower() != b"host"]
        there = httpx.Request(
            request.method, url, headers=[(b"Host", request.url.netloc), *headers], extensions=request.extensions
        )
        return super().handle_request(there)


@dataclass
class Served:
    """A file with ranges and conditions (RFC 9110, 13 and 14). After `cut` bytes the connection breaks, once."""

    content: bytes = CONTENT
    etag: str | None = '"one"'
    last_modified: str | None = None
    cut: int | None = None
    seen: list[Request] = field(default_factory=list)

    def __call__(self, request: Request) -> Response:
        self.seen.append(request)
        if self.etag is not None and request.headers.get("If-None-Match") == self.etag:
            return Response(status=304, headers=self._headers())
        begin = self._begin(request)
        if begin >= len(self.content):
            return Response(status=416, headers=self._headers())
        body = self.content[begin:]
        headers = self._headers() | {"Content-Length": str(len(body))}
        if begin:
            headers["Content-Range"] = f"bytes {begin}-{len(self.content) - 1}/{len(self.content)}"
        if self.cut is not None:
            body, self.cut = body[: self.cut], None
        return Response(iter([body]), status=206 if begin else 200, headers=headers)

    def _begin(self, request: Request) -> int:
        wanted = re.fullmatch(r"bytes=(\d+)-", request.headers.get("Range", ""))
        current = request.headers.get("If-Range") in (self.etag, self.last_modified)
        return int(wanted[1]) if wanted and current else 0

    def _headers(self) -> dict[str, str]:
        known = {"ETag": self.etag, "Last-Modified": self.last_modified}
        return {name: value for name, value in known.items() if value is not None}


def failing(status: int, then: Callable[[Request], Response], **headers: str) -> Callable[[Request], Response]:
    """Answers with a failure once, then as `then` does."""
    failed: list[Request] = []

    def answer(request: Request) -> Response:
        if not failed:
            failed.append(request)
            return Response(status=status, headers={name.replace("_", "-"): value for name, value in headers.items()})
        return then(request)

    return answer
