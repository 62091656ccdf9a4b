"""One file from an authority's site to this machine: whole, checked, resumed where it broke off, and politely."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import file_digest, sha256
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urljoin, urlsplit

import httpx
import msgspec
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from shared.tables.fetching.errors import FetchError, NotAllowed, NotPublished, TooLarge, Unavailable

if TYPE_CHECKING:
    from _hashlib import HASH

_MOST_BYTES = 1024**3
_MOST_REDIRECTS = 5
_ATTEMPTS = 6
_LONGEST_WAIT = 300.0
"""Seconds. An authority that asks for more is left alone; what came so far is kept."""
_BUSY = (429, 500, 502, 503, 504)
_NOT_THERE = (401, 403, 404, 410)
_TIMEOUT = httpx.Timeout(60.0, connect=20.0)


class Kept(msgspec.Struct, frozen=True):
    """What is known of a file that was fetched, or of the part of it that has come."""

    address: str
    sha256: str
    """Of the bytes that are here."""
    bytes: int
    etag: str | None
    last_modified: str | None
    fetched_at: datetime

    @property
    def validator(self) -> str | None:
        """What `If-Range` may carry: a strong ETag, else the day of the last change (RFC 9110 section 13.1.5)."""
        if self.etag and not self.etag.startswith("W/"):
            return self.etag
        return self.last_modified


@dataclass(frozen=True, slots=True)
class Fetched:
    path: Path
    kept: Kept
    outcome: Literal["fetched", "resumed", "unchanged"]


class Downloader:
    """Fetches one file at a time, with a pause between requests to a host. Whoever gave the client closes it."""

    def __init__(
        self,
        client: httpx.Client,
        *,
        pause: float = 1.0,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        most_bytes: int = _MOST_BYTES,
    ) -> None:
        self._client, self._pause, self._sleep, self._monotonic = client, pause, sleep, monotonic
        self._most_bytes = most_bytes
        self._asked: dict[str, float] = {}
        backing_off = wait_exponential_jitter(multiplier=1.0, max=60.0)
        self._retrying = Retrying(
            retry=retry_if_exception_type((httpx.TransportError, Unavailable)),
            wait=lambda state: _asked_wait(state) or backing_off(state),
            stop=lambda state: stop_after_attempt(_ATTEMPTS)(state) or (_asked_wait(state) or 0) > _LONGEST_WAIT,
            sleep=sleep,
            reraise=True,
        )

    def fetch(self, address: str, hosts: frozenset[str], target: Path, at: datetime) -> Fetched:
        """Bring `target` to what the authority has at `address`; beside it stands what is known of it.

        A file that has not changed is not sent again, one that broke off goes on where it did. Raises NotPublished,
        NotAllowed, TooLarge, Unavailable; `target` is as it was then.
        """
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            return self._retrying(self._fetch, address, hosts, target, at)
        except httpx.TransportError as error:
            raise Unavailable(f"{address}: the connection failed ({type(error).__name__})") from error

    def page(self, address: str, hosts: frozenset[str]) -> str:
        """The text of a page. Raises as `fetch` does."""

        def read() -> str:
            with self._answer(address, hosts, {}) as answer:
                self._check(answer)
                return b"".join(self._limited(answer, 0)).decode(errors="replace")

        try:
            return self._retrying(read)
        except httpx.TransportError as error:
            raise Unavailable(f"{address}: the connection failed ({type(error).__name__})") from error

    def _fetch(self, address: str, hosts: frozenset[str], target: Path, at: datetime) -> Fetched:
        partial = target.with_name(f".{target.name}.partial")
        whole, part = _kept(target, address), _kept(partial, address)
        with self._answer(address, hosts, _conditions(whole, part)) as answer:
            if answer.status_code == httpx.codes.NOT_MODIFIED and whole is not None:
                return Fetched(target, whole, "unchanged")
            if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                _forget(partial)
                raise Unavailable(f"{address}: what had come of the file is of no use; it begins anew")
            self._check(answer)
            resumed = answer.status_code == httpx.codes.PARTIAL_CONTENT and _goes_on(answer, part)
            kept = self._written(answer, address, partial, part if resumed else None, at)
        partial.replace(target)
        _forget(partial)
        _record(target).write_bytes(msgspec.json.format(msgspec.json.encode(kept)))
        return Fetched(target, kept, "resumed" if resumed else "fetched")

    def _written(self, answer: httpx.Response, address: str, partial: Path, part: Kept | None, at: datetime) -> Kept:
        """Write the body behind what is there. What has come is known and kept, also where it breaks off."""
        digest, size = _begun(partial) if part else sha256(), part.bytes if part else 0
        etag, last_modified = answer.headers.get("ETag"), answer.headers.get("Last-Modified")
        try:
            with partial.open("ab" if part else "wb") as file:
                for chunk in self._limited(answer, size):
                    if size == 0:
                        _must_be_the_file(address, chunk)
                    file.write(chunk)
                    digest.update(chunk)
                    size += len(chunk)
        except FetchError:
            _forget(partial)
            raise
        except BaseException:
            broken_off = Kept(address, digest.hexdigest(), size, etag, last_modified, at)
            _record(partial).write_bytes(msgspec.json.encode(broken_off))
            raise
        return Kept(address, digest.hexdigest(), size, etag, last_modified, at)

    def _limited(self, answer: httpx.Response, size: int) -> Iterator[bytes]:
        if size + int(answer.headers.get("Content-Length", 0)) > self._most_bytes:
            raise TooLarge(f"{answer.url}: larger than {self._most_bytes:,} bytes")
        for chunk in answer.iter_bytes():
            size += len(chunk)
            if size > self._most_bytes:
                raise TooLarge(f"{answer.url}: larger than {self._most_bytes:,} bytes")
            yield chunk

    @contextmanager
    def _answer(self, address: str, hosts: frozenset[str], headers: dict[str, str]) -> Iterator[httpx.Response]:
        """The answer after redirects, each of which must stay with the authority."""
        for _ in range(_MOST_REDIRECTS):
            _must_be_allowed(address, hosts)
            self._wait_for_turn(address)
            with self._client.stream("GET", address, headers={"Accept-Encoding": "identity"} | headers) as answer:
                if not answer.has_redirect_location:
                    yield answer
                    return
                address = urljoin(address, answer.headers["Location"])
        raise NotAllowed(f"{address}: redirected more than {_MOST_REDIRECTS} times")

    def _wait_for_turn(self, address: str) -> None:
        host = urlsplit(address).hostname or ""
        due = self._asked.get(host, float("-inf")) + self._pause
        if (wait := due - self._monotonic()) > 0:
            self._sleep(wait)
        self._asked[host] = self._monotonic()

    def _check(self, answer: httpx.Response) -> None:
        if answer.status_code in _BUSY:
            after = _seconds(answer.headers.get("Retry-After"))
            raise Unavailable(f"{answer.url}: answered {answer.status_code}", retry_after=after)
        if answer.status_code in _NOT_THERE:
            raise NotPublished(f"{answer.url}: answered {answer.status_code}")
        if not answer.is_success:
            raise Unavailable(f"{answer.url}: answered {answer.status_code}")


def polite_client(user_agent: str, transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """One connection at a time, TLS verified, and a name by which the authority knows who asks."""
    return httpx.Client(
        headers={"User-Agent": user_agent},
        timeout=_TIMEOUT,
        limits=httpx.Limits(max_connections=1),
        follow_redirects=False,
        transport=transport,
    )


def _must_be_allowed(address: str, hosts: frozenset[str]) -> None:
    parts = urlsplit(address)
    if parts.scheme != "https" or parts.hostname not in hosts or parts.port not in (None, 443) or parts.username:
        raise NotAllowed(f"{address}: not an HTTPS address of this authority")


def _must_be_the_file(address: str, begins: bytes) -> None:
    """A site that wants something of its visitor first answers with a page and the code for "here it is"."""
    is_archive = urlsplit(address).path.lower().endswith((".zip", ".xlsx"))
    if is_archive and not begins.startswith(b"PK"):
        raise NotPublished(f"{address}: answered with something else than the file, perhaps a licence to accept")
    if not is_archive and begins.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
        raise NotPublished(f"{address}: answered with a page instead of the file")


def _conditions(whole: Kept | None, part: Kept | None) -> dict[str, str]:
    if part is not None and part.bytes and part.validator is not None:
        return {"Range": f"bytes={part.bytes}-", "If-Range": part.validator}
    if whole is not None and whole.etag:
        return {"If-None-Match": whole.etag}
    if whole is not None and whole.last_modified:
        return {"If-Modified-Since": whole.last_modified}
    return {}


def _goes_on(answer: httpx.Response, part: Kept | None) -> bool:
    begins = answer.headers.get("Content-Range", "").partition("-")[0]
    if part is None or begins != f"bytes {part.bytes}":
        raise Unavailable(f"{answer.url}: answered with another part of the file than was asked for")
    return True


def _kept(file: Path, address: str) -> Kept | None:
    """What is known of a file, where it is still as it was and from this address."""
    try:
        kept = msgspec.json.decode(_record(file).read_bytes(), type=Kept)
        digest = _begun(file).hexdigest()
    except (OSError, msgspec.MsgspecError):
        return None
    return kept if (kept.address, kept.sha256) == (address, digest) else None


def _begun(file: Path) -> HASH:
    """The checksum of what is there, to go on with."""
    with file.open("rb") as opened:
        return file_digest(opened, "sha256")


def _record(file: Path) -> Path:
    """Hidden, as the partial file is, so that whoever loads the folder reads what was published and no more."""
    return file.with_name(f".{file.name.removeprefix('.')}.fetched.json")


def _forget(partial: Path) -> None:
    partial.unlink(missing_ok=True)
    _record(partial).unlink(missing_ok=True)


def _asked_wait(state: RetryCallState) -> float | None:
    error = state.outcome.exception() if state.outcome else None
    return error.retry_after if isinstance(error, Unavailable) else None


def _seconds(retry_after: str | None) -> float | None:
    """`Retry-After` in seconds; it may be a number or a day (RFC 9110 section 10.2.3)."""
    if retry_after is None:
        return None
    if retry_after.isdigit():
        return float(retry_after)
    try:
        return max(0.0, (parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds())
    except ValueError:
        return None
