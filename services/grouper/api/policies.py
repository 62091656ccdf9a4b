"""Who may do what at the grouper, and the grouper that does it."""

from typing import Annotated, cast

from fastapi import Depends, Request

from services.grouper.domain.grouping import Grouper
from services.grouper.domain.payment import PaymentRules
from shared.http import Principal, requires

CanGroup = Annotated[Principal, requires("group:run")]
CanReadClaims = Annotated[Principal, requires("claims:read")]
CanReadCodes = Annotated[Principal, requires("codes:read")]


# Asynchronous, though they wait for nothing: FastAPI runs others in a thread, which costs more than they do.
async def _grouper(request: Request) -> Grouper:
    return cast(Grouper, request.app.state.grouper)


async def _payment_rules(request: Request) -> PaymentRules:
    return cast(PaymentRules, request.app.state.payment_rules)


TheGrouper = Annotated[Grouper, Depends(_grouper)]
ThePaymentRules = Annotated[PaymentRules, Depends(_payment_rules)]
