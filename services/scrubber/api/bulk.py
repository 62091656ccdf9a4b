"""NDJSON in, NDJSON out: the answers go out while the lines come in, and a bad line fails alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import date
from functools import partial

from pydantic_core import to_json

from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.examination import Examination, Scrubber
from services.scrubber.domain.rules.book import RuleBook
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
    scrubber: Scrubber, rules: RuleBook, claims: NdjsonItems[AnyClaim], *, tenant: str, as_of: date
) -> AsyncIterator[bytes]:
    """The answers to all lines, in order, by the tenant's rules as they were at the beginning."""
    examine = partial(scrubber.examine, tenant=tenant, as_of=as_of, rules=rules)
    async for line, claim in claims:
        yield to_json(_answer(examine, line, claim), exclude_none=True) + b"\n"
        await asyncio.sleep(0)  # a long stream leaves room for the requests beside it


def _answer(examine: Callable[[AnyClaim], Examination], line: int, claim: AnyClaim | Problem) -> ScrubbedLine:
    if isinstance(claim, Problem):
        return ScrubbedLine(line=line, status=claim.status, problem=claim)
    report = examine(claim).report
    return ScrubbedLine(line=line, status=200, claim_id=str(claim.id), report=report)
