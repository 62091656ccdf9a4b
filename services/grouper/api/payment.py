"""What Medicare would pay for a claim, a stay, a visit or a practitioner's services. Nothing is kept."""

from typing import Annotated

from fastapi import APIRouter, Response

from services.grouper import handlers
from services.grouper.api.policies import CanGroup, TheGrouper, ThePaymentRules
from services.grouper.domain.payment import Priced, PriceQuestion
from shared.http import answer, json_body

router = APIRouter(prefix="/v1", tags=["payment"])

GivenQuestion = Annotated[PriceQuestion, json_body(PriceQuestion, as_received=True)]


@router.post("/price", response_model=Priced)
async def price(caller: CanGroup, grouper: TheGrouper, rules: ThePaymentRules, question: GivenQuestion) -> Response:
    """An estimate under the payment system that applies, step by step, with what is left out of it and why.

    IPPS for a stay or an inpatient claim, OPPS for a visit or another institutional claim, the physician fee schedule
    for services or a professional claim; `subject.kind` tells them apart.
    """
    return answer(await handlers.price(grouper, rules, question))
