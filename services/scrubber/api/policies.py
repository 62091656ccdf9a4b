"""Who may do what at the scrubber, the scrubber that does it, and the day on which it does."""

from datetime import date
from typing import Annotated, cast

from fastapi import Depends, Request

from services.scrubber import rule_handlers
from services.scrubber.domain.examination import Scrubber
from services.scrubber.domain.rules.book import RuleBook
from shared.http import Principal, requires
from shared.http.policies import caller
from shared.http.scope import runtime_of
from shared.runtime import Runtime

CanScrub = Annotated[Principal, requires("scrub:run")]
CanReadClaims = Annotated[Principal, requires("claims:read")]
CanCorrectClaims = Annotated[Principal, requires("claims:correct")]
CanReleaseClaims = Annotated[Principal, requires("claims:release")]
CanReadRules = Annotated[Principal, requires("rules:read")]
CanWriteRules = Annotated[Principal, requires("rules:write")]
CanApproveRules = Annotated[Principal, requires("rules:approve")]
CanReadCodes = Annotated[Principal, requires("codes:read")]


def _scrubber(request: Request) -> Scrubber:
    return cast(Scrubber, request.app.state.scrubber)


async def _rules(request: Request) -> RuleBook:
    tenant = caller(request).tenant
    async with runtime_of(request).database.read() as session:
        return await rule_handlers.running_book(_scrubber(request), session, tenant)


def _today(request: Request) -> date:
    return cast(Runtime, request.app.state.runtime).clock().date()


TheRules = Annotated[RuleBook, Depends(_rules)]
"""The caller's customer rules that run."""

TheScrubber = Annotated[Scrubber, Depends(_scrubber)]
Today = Annotated[date, Depends(_today)]
