"""Who may do what at the grouper, and the grouper that does it."""

from typing import Annotated, cast

from fastapi import Depends, Request

from services.grouper.domain.grouping import Grouper
from shared.http import Principal, requires

CanGroup = Annotated[Principal, requires("group:run")]
CanReadClaims = Annotated[Principal, requires("claims:read")]
CanReadCodes = Annotated[Principal, requires("codes:read")]


def _grouper(request: Request) -> Grouper:
    return cast(Grouper, request.app.state.grouper)


TheGrouper = Annotated[Grouper, Depends(_grouper)]
