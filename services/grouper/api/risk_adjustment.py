"""The risk scores of a person, or of a stream of them. Nothing is kept."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Request, Response
from pydantic_core import to_json

from services.grouper import handlers
from services.grouper.api.policies import CanGroup
from services.grouper.domain.risk_adjustment.answers import RiskScores
from services.grouper.domain.risk_adjustment.profiles import RiskProfile
from services.grouper.domain.risk_adjustment.scorer import RiskScorer
from shared.claims import Model
from shared.errors import ServiceError
from shared.http import NdjsonItems, NdjsonStream, Problem, answer, in_lines, json_body, ndjson_items
from shared.http.problems import problem_of

router = APIRouter(prefix="/v1", tags=["risk adjustment"])


def _scorer(request: Request) -> RiskScorer:
    return cast(RiskScorer, request.app.state.risk_scorer)


TheScorer = Annotated[RiskScorer, Depends(_scorer)]
GivenProfile = Annotated[RiskProfile, json_body(RiskProfile)]
GivenProfiles = Annotated[NdjsonItems[RiskProfile], ndjson_items(RiskProfile)]


class ScoredLine(Model):
    """The answer to one line of a bulk request: the scores, or the problem with it."""

    line: int
    """Counts from 1, blank lines too."""
    status: int
    scores: RiskScores | None = None
    problem: Problem | None = None


_IN_LINES = in_lines(ScoredLine, "One answer a line.")


@router.post("/hcc", response_model=RiskScores)
async def score_risk(caller: CanGroup, scorer: TheScorer, profile: GivenProfile) -> Response:
    """The condition categories of a person with their evidence, the risk score by component, and what has changed."""
    return answer(handlers.score_risk(scorer, profile))


@router.post("/hcc:bulk", response_class=NdjsonStream, responses={200: _IN_LINES})
async def score_risk_bulk(caller: CanGroup, scorer: TheScorer, profiles: GivenProfiles) -> NdjsonStream:
    """Score one person a line; one answer a line, in order, while the request still comes in."""
    return NdjsonStream(_scored_lines(scorer, profiles))


async def _scored_lines(scorer: RiskScorer, profiles: NdjsonItems[RiskProfile]) -> AsyncIterator[bytes]:
    async for number, profile in profiles:
        outcome = profile if isinstance(profile, Problem) else _outcome(scorer, profile)
        yield to_json(_line(number, outcome), exclude_none=True) + b"\n"
        await asyncio.sleep(0)  # lines that are there already would keep all others from their turn


def _outcome(scorer: RiskScorer, profile: RiskProfile) -> RiskScores | Problem:
    try:
        return handlers.score_risk(scorer, profile)
    except ServiceError as problem:
        return problem_of(problem)


def _line(number: int, outcome: RiskScores | Problem) -> ScoredLine:
    if isinstance(outcome, Problem):
        return ScoredLine(line=number, status=outcome.status, problem=outcome)
    return ScoredLine(line=number, status=200, scores=outcome)
