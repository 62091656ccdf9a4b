"""The scrubber as submission asks it: over REST, with the caller's own token, never inside a unit of work."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, Protocol

import httpx
import orjson
import structlog

from services.submission.errors import ClaimExists, ScrubberUnavailable
from shared.claims import AS_RECEIVED, CLAIM, InstitutionalClaim, ProfessionalClaim, ScrubReport
from shared.errors import Forbidden
from shared.events.contracts import ClaimCleared
from shared.http.idempotency import KeyInFlight, KeyReused

log = structlog.get_logger("revcycle.submission")

AnyClaim = ProfessionalClaim | InstitutionalClaim

_SECONDS_TO_WAIT = 5


@dataclass(frozen=True)
class Scrubbed:
    """A claim that the scrubber took in: as repaired, with its report. Held, it waits on the scrubber's worklist."""

    claim: AnyClaim
    revision: int
    status: Literal["cleared", "held"]
    report: ScrubReport
    filing_deadline: date | None = None

    @property
    def cleared(self) -> ClaimCleared:
        """As the scrubber tells the line of it. Only of a `cleared` claim, which no hand has touched yet."""
        return ClaimCleared(
            claim=self.claim,
            revision=self.revision,
            report=self.report,
            touchless=True,
            filing_deadline=self.filing_deadline,
        )


class Scrubber(Protocol):
    """Runs every edit on a claim. Each method raises ScrubberUnavailable, and Forbidden where the caller may not."""

    async def examine(self, claim: AnyClaim, authorization: str) -> ScrubReport:
        """What the edits find. Nothing is kept."""
        ...

    async def take(self, claim: AnyClaim, authorization: str, key: str | None) -> Scrubbed:
        """Take a new claim in, examined: cleared, or held on the worklist. With `key` at most once.

        Raises ClaimExists where the scrubber has a claim with this id, KeyReused where that was taken under `key` and
        was another, KeyInFlight where it is not answered yet.
        """
        ...

    async def ask(self, method: str, path: str, body: Any, authorization: str) -> Any:
        """The answer of any other route of the scrubber, as JSON."""
        ...


class ScrubberOverHttp:
    """The scrubber's own service. `authorization` is passed on."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def examine(self, claim: AnyClaim, authorization: str) -> ScrubReport:
        answer = await self._post("v1/scrub", claim, {"Authorization": authorization})
        return ScrubReport.model_validate_json(answer)

    async def take(self, claim: AnyClaim, authorization: str, key: str | None) -> Scrubbed:
        headers = {"Authorization": authorization}
        if key is not None:
            headers["Idempotency-Key"] = hashlib.sha256(f"{key}\n{claim.id}".encode()).hexdigest()
        taken = orjson.loads(await self._post("v1/claims", claim, headers))
        return Scrubbed(
            claim=CLAIM.validate_json(orjson.dumps(taken["claim"]), context=AS_RECEIVED),
            revision=taken["revision"],
            status=taken["status"],
            report=ScrubReport.model_validate_json(orjson.dumps(taken["report"])),
            filing_deadline=date.fromisoformat(deadline) if (deadline := taken["filing_deadline"]) else None,
        )

    async def ask(self, method: str, path: str, body: Any, authorization: str) -> Any:
        headers = {"Authorization": authorization, "Content-Type": "application/json"}
        return orjson.loads(await self._answer(method, path, orjson.dumps(body), headers))

    async def _post(self, path: str, claim: AnyClaim, headers: dict[str, str]) -> bytes:
        content = claim.model_dump_json().encode()
        return await self._answer("POST", path, content, headers | {"Content-Type": "application/json"})

    async def _answer(self, method: str, path: str, content: bytes, headers: dict[str, str]) -> bytes:
        try:
            response = await self._client.request(method, path, content=content, headers=headers)
        except httpx.HTTPError as error:
            raise _unavailable(f"the scrubber did not answer: {type(error).__name__}") from error
        if response.is_success:
            return response.content
        raise _refusal(response)


class NoScrubber:
    """Where no address of a scrubber is set."""

    async def examine(self, claim: AnyClaim, authorization: str) -> ScrubReport:
        raise _unavailable("REVCYCLE_SUBMISSION_SCRUBBER_URL is not set")

    async def take(self, claim: AnyClaim, authorization: str, key: str | None) -> Scrubbed:
        raise _unavailable("REVCYCLE_SUBMISSION_SCRUBBER_URL is not set")

    async def ask(self, method: str, path: str, body: Any, authorization: str) -> Any:
        raise _unavailable("REVCYCLE_SUBMISSION_SCRUBBER_URL is not set")


def _refusal(response: httpx.Response) -> Exception:
    """What the caller can do something about is told; everything else is between the services."""
    if response.status_code in (401, 403):
        return Forbidden("the scrubber does not allow it to the caller; it needs the same scope there")
    code = _code(response)
    if code == "claim_exists":
        return ClaimExists("the scrubber has a claim with this id; correct it there", pointer="/id")
    if code == KeyReused.code:
        return KeyReused("send a new key with a new claim; a retry repeats the claim exactly")
    if code == KeyInFlight.code:
        return KeyInFlight("ask again in a moment", extra={"retry_after": 1})
    log.warning("scrubber refused", status=response.status_code, code=code)
    return _unavailable(f"the scrubber answered {response.status_code} {code}")


def _code(response: httpx.Response) -> str:
    try:
        return str(orjson.loads(response.content)["code"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return ""


def _unavailable(detail: str) -> ScrubberUnavailable:
    return ScrubberUnavailable(detail, extra={"retry_after": _SECONDS_TO_WAIT})
