"""Who may do what at the scrubber, and the scrubber that does it."""

from typing import Annotated, cast

from fastapi import Depends, Request

from services.scrubber.domain.examination import Scrubber
from shared.http import Principal, requires

CanScrub = Annotated[Principal, requires("scrub:run")]
CanReadClaims = Annotated[Principal, requires("claims:read")]
CanCorrectClaims = Annotated[Principal, requires("claims:correct")]
CanReleaseClaims = Annotated[Principal, requires("claims:release")]


def _scrubber(request: Request) -> Scrubber:
    return cast(Scrubber, request.app.state.scrubber)


TheScrubber = Annotated[Scrubber, Depends(_scrubber)]
