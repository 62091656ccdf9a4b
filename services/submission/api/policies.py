"""Who may do what at submission, and by which clocks and leases."""

from datetime import datetime
from typing import Annotated, cast

from fastapi import Depends, Request

from services.submission.domain.same_day import SameDayClock
from shared.http import Principal, requires
from shared.http.scope import runtime_of
from shared.worklists import Leases

CanReadClaims = Annotated[Principal, requires("claims:read")]
CanReadRemittances = Annotated[Principal, requires("remittances:read")]
CanPostRemittances = Annotated[Principal, requires("remittances:post")]
CanManagePayers = Annotated[Principal, requires("payers:manage")]
CanManageRoutes = Annotated[Principal, requires("routes:manage")]
CanSubmitClaims = Annotated[Principal, requires("claims:submit")]
CanValidateClaims = Annotated[Principal, requires("scrub:run")]
CanWorkDenials = Annotated[Principal, requires("denials:work")]
CanWorkRejections = Annotated[Principal, requires("rejections:work")]


def _now(request: Request) -> datetime:
    return runtime_of(request).clock()


def _leases(request: Request) -> Leases:
    return cast(Leases, request.app.state.leases)


def _clock(request: Request) -> SameDayClock:
    return cast(SameDayClock, request.app.state.same_day_clock)


Now = Annotated[datetime, Depends(_now)]
TheLeases = Annotated[Leases, Depends(_leases)]
"""How long a rejection or denial is somebody's."""
TheClock = Annotated[SameDayClock, Depends(_clock)]
"""When what came back should be out again."""
