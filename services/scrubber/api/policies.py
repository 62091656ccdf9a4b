"""Who may do what at the scrubber, the scrubber that does it, and the day on which it does."""

from datetime import date
from typing import Annotated, cast

from fastapi import Depends, Request

from services.scrubber.domain.examination import Scrubber
from shared.http import Principal, requires
from shared.runtime import Runtime

CanScrub = Annotated[Principal, requires("scrub:run")]
CanReadClaims = Annotated[Principal, requires("claims:read")]
CanCorrectClaims = Annotated[Principal, requires("claims:correct")]
CanReleaseClaims = Annotated[Principal, requires("claims:release")]
CanReadCodes = Annotated[Principal, requires("codes:read")]


def _scrubber(request: Request) -> Scrubber:
    return cast(Scrubber, request.app.state.scrubber)


def _today(request: Request) -> date:
    return cast(Runtime, request.app.state.runtime).clock().date()


TheScrubber = Annotated[Scrubber, Depends(_scrubber)]
Today = Annotated[date, Depends(_today)]
