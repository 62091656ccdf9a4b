"""Who may do what at the scrubber, the scrubber that does it, and the day on which it does."""

from datetime import date
from typing import Annotated, cast

from fastapi import Depends, Request

from services.scrubber import rule_handlers
from services.scrubber.domain.examination import Scrubber
from services.scrubber.domain.rules.book import RuleBook
from shared.db import Context
from shared.http import Principal, requires
from shared.http.policies import caller
from shared.http.scope import context_of, runtime_of
from shared.worklists import Leases

CanScrub = Annotated[Principal, requires("scrub:run")]
CanReadClaims = Annotated[Principal, requires("claims:read")]
CanSubmitClaims = Annotated[Principal, requires("claims:submit")]
CanCorrectClaims = Annotated[Principal, requires("claims:correct")]
CanReleaseClaims = Annotated[Principal, requires("claims:release")]
CanReadStatistics = Annotated[Principal, requires("stats:read")]
CanReadRules = Annotated[Principal, requires("rules:read")]
CanWriteRules = Annotated[Principal, requires("rules:write")]
CanApproveRules = Annotated[Principal, requires("rules:approve")]
CanReadCodes = Annotated[Principal, requires("codes:read")]


OVERSEERS = frozenset({"biller", "coding manager", "auditor", "compliance", "finance"})
"""Roles that see the figures of every coder; coders see those of the claims that they coded."""


def sees_all_statistics(principal: Principal) -> bool:
    return not OVERSEERS.isdisjoint(principal.roles)


def _scrubber(request: Request) -> Scrubber:
    return cast(Scrubber, request.app.state.scrubber)


async def _rules(request: Request) -> RuleBook:
    tenant, runtime, scrubber = caller(request).tenant, runtime_of(request), _scrubber(request)
    if (trusted := scrubber.shelf.trusted(tenant, runtime.clock())) is not None:
        return trusted
    at = runtime.clock()
    async with runtime.database.read() as session:
        book = await rule_handlers.running_book(scrubber, session, tenant)
    scrubber.shelf.trust(tenant, book, at)
    return book


def _today(request: Request) -> date:
    return runtime_of(request).clock().date()


def _leases(request: Request) -> Leases:
    return cast(Leases, request.app.state.leases)


TheRules = Annotated[RuleBook, Depends(_rules)]
"""The caller's customer rules that run."""

TheScrubber = Annotated[Scrubber, Depends(_scrubber)]
TheLeases = Annotated[Leases, Depends(_leases)]
"""How long held claims are somebody's."""

WhoAndWhen = Annotated[Context, Depends(context_of)]
"""The caller's tenant and name, and the moment, for what is looked at as they would see it."""

Today = Annotated[date, Depends(_today)]
