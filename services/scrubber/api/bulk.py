"""NDJSON in, NDJSON out: the answers go out while the lines come in, and a bad line fails alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date

from pydantic_core import to_json

from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.examination import Scrubber
from shared.claims import Model, ScrubReport
from shared.http import NdjsonItems, Problem


class ScrubbedLine(Model):
    """The answer to one line of a bulk request: the claim's report, or the problem with the line."""

    line: int
    """Counts from 1, blank lines too."""
    status: int
    claim_id: str | None = None
    report: ScrubReport | None = None
    problem: Problem | None = None


async def scrubbed_lines(
    scrubber: Scrubber, claims: NdjsonItems[AnyClaim], *, tenant: str, as_of: date
) -> AsyncIterator[bytes]:
    """The answers to all lines, in order."""
    async for line, claim in claims:
        yield to_json(_answer(scrubber, line, claim, tenant, as_of), exclude_none=True) + b"\n"
        await asyncio.sleep(0)  # a long stream leaves room for the requests beside it


def _answer(scrubber: Scrubber, line: int, claim: AnyClaim | Problem, tenant: str, as_of: date) -> ScrubbedLine:
    if isinstance(claim, Problem):
        return ScrubbedLine(line=line, status=claim.status, problem=claim)
    report = scrubber.examine(claim, tenant=tenant, as_of=as_of).report
    return ScrubbedLine(line=line, status=200, claim_id=str(claim.id), report=report)
