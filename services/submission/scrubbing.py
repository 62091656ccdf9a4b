"""The scrubber as submission asks it: over REST, with the caller's own token, never inside a unit of work."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Sequence
from typing import Any, Literal, Protocol, TypeVar

import httpx
import orjson
import structlog
from pydantic import ConfigDict

from services.submission.errors import ClaimExists, ScrubberUnavailable
from shared.claims import AS_RECEIVED, Claim, Date, InstitutionalClaim, Model, ProfessionalClaim, ScrubReport
from shared.errors import Forbidden, ServiceError
from shared.events.contracts import ClaimCleared
from shared.http import JSON, NDJSON
from shared.http.content import BodyTooLarge
from shared.http.idempotency import KeyInFlight, KeyReused

log = structlog.get_logger("revcycle.submission")

AnyClaim = ProfessionalClaim | InstitutionalClaim
T = TypeVar("T")

_SECONDS_TO_WAIT = 5


class Scrubbed(Model):
    """A claim that the scrubber took in: as repaired, with its report. Held, it waits on the scrubber's worklist."""

    model_config = ConfigDict(extra="ignore")

    claim: Claim
    revision: int
    status: Literal["cleared", "held"]
    report: ScrubReport
    filing_deadline: Date | None = None

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


class _Refusal(Model):
    """What is asked of a problem document."""

    model_config = ConfigDict(extra="ignore")

    code: str = ""


class _Line(Model):
    """The scrubber's answer to one claim of many."""

    model_config = ConfigDict(extra="ignore")

    status: int
    claim: Scrubbed | None = None
    report: ScrubReport | None = None
    problem: _Refusal = _Refusal()


class Scrubber(Protocol):
    """Runs every edit on a claim. Each method raises ScrubberUnavailable, and Forbidden where the caller may not.

    Those of many claims answer each, in order: what the method of one would raise, stands in its place.
    """

    async def examine(self, claim: AnyClaim, authorization: str) -> ScrubReport:
        """What the edits find. Nothing is kept."""
        ...

    async def take(self, claim: AnyClaim, authorization: str, key: str | None) -> Scrubbed:
        """Take a new claim in, examined: cleared, or held on the worklist. With `key` at most once.

        Raises ClaimExists where the scrubber has a claim with this id, KeyReused where that was taken under `key` and
        was another, KeyInFlight where it is not answered yet.
        """
        ...

    async def examine_many(self, claims: Sequence[AnyClaim], authorization: str) -> list[ScrubReport | ServiceError]:
        """`examine` each. Raises nothing."""
        ...

    async def take_many(
        self, claims: Sequence[AnyClaim], authorization: str, key: str | None
    ) -> list[Scrubbed | ServiceError]:
        """`take` each, one after another. Raises nothing: of claims without an answer some may have been taken."""
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
        return Scrubbed.model_validate_json(await self._post("v1/claims", claim, headers), context=AS_RECEIVED)

    async def examine_many(self, claims: Sequence[AnyClaim], authorization: str) -> list[ScrubReport | ServiceError]:
        answered = await self._lines("v1/scrub/batch", claims, {"Authorization": authorization})
        reports = [one if isinstance(one, ServiceError) else one.report or _refusal_of(one) for one in answered]
        for place, claim in enumerate(claims):
            if isinstance(reports[place], BodyTooLarge):
                reports[place] = await _told(self.examine(claim, authorization))
        return reports

    async def take_many(
        self, claims: Sequence[AnyClaim], authorization: str, key: str | None
    ) -> list[Scrubbed | ServiceError]:
        headers = {"Authorization": authorization} | ({} if key is None else {"Idempotency-Key": key})
        answered = await self._lines("v1/claims:bulk", claims, headers)
        taken = [one if isinstance(one, ServiceError) else one.claim or _refusal_of(one) for one in answered]
        for place, claim in enumerate(claims):
            if isinstance(taken[place], BodyTooLarge):
                taken[place] = await _told(self.take(claim, authorization, key))
        return taken

    async def ask(self, method: str, path: str, body: Any, authorization: str) -> Any:
        headers = {"Authorization": authorization, "Content-Type": JSON}
        return orjson.loads(await self._answer(method, path, orjson.dumps(body), headers))

    async def _post(self, path: str, claim: AnyClaim, headers: dict[str, str]) -> bytes:
        content = claim.model_dump_json().encode()
        return await self._answer("POST", path, content, headers | {"Content-Type": JSON})

    async def _lines(
        self, path: str, claims: Sequence[AnyClaim], headers: dict[str, str]
    ) -> list[_Line | ServiceError]:
        """The answer to each claim, a line each way; what was answered before the connection broke, counts."""
        received, missing = bytearray(), _unavailable("the scrubber did not answer to the end")
        content = b"".join(claim.model_dump_json(exclude_none=True).encode() + b"\n" for claim in claims)
        try:
            sent = self._client.stream("POST", path, content=content, headers=headers | {"Content-Type": NDJSON})
            async with sent as response:
                if not response.is_success:
                    await response.aread()
                    return [_refusal(response.status_code, _code(response))] * len(claims)
                async for chunk in response.aiter_bytes():
                    received += chunk
        except httpx.HTTPError as error:
            missing = _unavailable(f"the scrubber did not answer: {type(error).__name__}")
        *whole, _ = bytes(received).split(b"\n")
        answered = [_Line.model_validate_json(line, context=AS_RECEIVED) for line in whole[: len(claims)]]
        return [*answered, *[missing] * (len(claims) - len(answered))]

    async def _answer(self, method: str, path: str, content: bytes, headers: dict[str, str]) -> bytes:
        try:
            response = await self._client.request(method, path, content=content, headers=headers)
        except httpx.HTTPError as error:
            raise _unavailable(f"the scrubber did not answer: {type(error).__name__}") from error
        if response.is_success:
            return response.content
        raise _refusal(response.status_code, _code(response))


class NoScrubber:
    """Where no address of a scrubber is set."""

    async def examine(self, claim: AnyClaim, authorization: str) -> ScrubReport:
        raise _not_set()

    async def take(self, claim: AnyClaim, authorization: str, key: str | None) -> Scrubbed:
        raise _not_set()

    async def examine_many(self, claims: Sequence[AnyClaim], authorization: str) -> list[ScrubReport | ServiceError]:
        return [_not_set() for _ in claims]

    async def take_many(
        self, claims: Sequence[AnyClaim], authorization: str, key: str | None
    ) -> list[Scrubbed | ServiceError]:
        return [_not_set() for _ in claims]

    async def ask(self, method: str, path: str, body: Any, authorization: str) -> Any:
        raise _not_set()


async def _told(asked: Awaitable[T]) -> T | ServiceError:
    try:
        return await asked
    except ServiceError as error:
        return error


def _refusal_of(line: _Line) -> ServiceError:
    if line.problem.code == BodyTooLarge.code:
        return BodyTooLarge("the scrubber takes the claim by itself only")
    return _refusal(line.status, line.problem.code)


def _refusal(status: int, code: str) -> ServiceError:
    """What the caller can do something about is told; everything else is between the services."""
    if status in (401, 403):
        return Forbidden("the scrubber does not allow it to the caller; it needs the same scope there")
    if code == "claim_exists":
        return ClaimExists("the scrubber has a claim with this id; correct it there", pointer="/id")
    if code == KeyReused.code:
        return KeyReused("send a new key with a new claim; a retry repeats the claim exactly")
    if code == KeyInFlight.code:
        return KeyInFlight("ask again in a moment", extra={"retry_after": 1})
    log.warning("scrubber refused", status=status, code=code)
    return _unavailable(f"the scrubber answered {status} {code}")


def _code(response: httpx.Response) -> str:
    try:
        return str(orjson.loads(response.content)["code"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return ""


def _not_set() -> ScrubberUnavailable:
    return _unavailable("REVCYCLE_SUBMISSION_SCRUBBER_URL is not set")


def _unavailable(detail: str) -> ScrubberUnavailable:
    return ScrubberUnavailable(detail, extra={"retry_after": _SECONDS_TO_WAIT})
