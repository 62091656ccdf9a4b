"""`revcycle tables diff --impact`: which open charts and held claims hold codes that a release changes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from revcycle.failures import Failure
from revcycle.tokens import demo_token
from shared.http.table_changes import MOST_CODES
from shared.runtime import Settings
from shared.tables import Release
from shared.tables.spans import FOREVER

_TOKEN = "REVCYCLE_TOKEN"  # noqa: S105  # the name of a variable
_PAGE = 200
_TIMEOUT = httpx.Timeout(60.0)
_BUSY = (429, 502, 503, 504)


class _Busy(Failure):
    """The service asks to come again."""


@dataclass(frozen=True)
class Line:
    """The running services that are asked, and as whom."""

    encoder: str
    """Address of the encoder's API, before `/v1`."""
    scrubber: str
    token: str


def running_line(settings: Settings, encoder: str | None, scrubber: str | None) -> Line:
    """As `revcycle serve` serves them, unless addresses are given. Raises Failure where no token can be had."""
    token = os.environ.get(_TOKEN)
    if token is None and not settings.local_issuer:
        raise Failure(f"put a token of your provider into {_TOKEN}; it needs charts:read and claims:read")
    here = f"http://{settings.host}:{settings.port}"
    return Line(
        (encoder or f"{here}/encoder").rstrip("/"),
        (scrubber or f"{here}/scrubber").rstrip("/"),
        token or demo_token("auditor", settings),
    )


@dataclass(frozen=True)
class TouchedRecord:
    """An open chart or a held claim that holds changed codes."""

    kind: str
    id: str
    codes: tuple[str, ...]


def touched_records(line: Line, release: Release, codes: Sequence[str]) -> Iterator[TouchedRecord]:
    """Ask both services; the charts first, each list in the order of its worklist.

    Raises Failure where a service cannot be reached or refuses.
    """
    with httpx.Client(timeout=_TIMEOUT, headers={"Authorization": f"Bearer {line.token}"}) as client:
        for kind, address in (
            ("chart", f"{line.encoder}/v1/table-changes/charts"),
            ("claim", f"{line.scrubber}/v1/table-changes/claims"),
        ):
            found: dict[str, set[str]] = {}
            for body in _questions(release, codes):
                for item in _items(client, address, body):
                    found.setdefault(item["id"], set()).update(item["codes"])
            for record, held in found.items():
                yield TouchedRecord(kind, record, tuple(sorted(held)))


def _questions(release: Release, codes: Sequence[str]) -> Iterator[dict[str, Any]]:
    through = None if release.covers_through == FOREVER else release.covers_through.isoformat()
    for begin in range(0, len(codes), MOST_CODES):
        yield {
            "table": release.table,
            "effective": release.effective.isoformat(),
            "through": through,
            "codes": list(codes[begin : begin + MOST_CODES]),
        }


def _items(client: httpx.Client, address: str, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    cursor: str | None = None
    while True:
        query: dict[str, str | int] = {"limit": _PAGE} | ({"cursor": cursor} if cursor else {})
        try:
            answer = _asked(client, address, query, body)
        except httpx.TransportError as error:
            raise Failure(f"{address} cannot be reached ({type(error).__name__}); is it served?") from error
        page = answer.json()
        yield from page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return


@retry(
    retry=retry_if_exception_type(_Busy),
    wait=wait_exponential_jitter(multiplier=0.2, max=5.0),
    stop=stop_after_attempt(8),
    reraise=True,
)
def _asked(client: httpx.Client, address: str, query: dict[str, str | int], body: dict[str, Any]) -> httpx.Response:
    answer = client.post(address, params=query, json=body)
    if answer.is_success:
        return answer
    refusal = _Busy if answer.status_code in _BUSY else Failure
    raise refusal(f"{address} answered {answer.status_code}: {_detail(answer)}")


def _detail(answer: httpx.Response) -> str:
    try:
        return str(answer.json().get("detail", ""))
    except ValueError:
        return answer.reason_phrase
