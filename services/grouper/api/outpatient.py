"""What Medicare would pay for a hospital outpatient visit. Nothing is kept."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from services.grouper import handlers
from services.grouper.api.policies import CanGroup, ThePaymentRules
from services.grouper.domain.estimates import Estimate
from services.grouper.domain.outpatient.visits import OutpatientVisit
from shared.claims import InstitutionalClaim
from shared.http import CurrentTables, answer, json_body

router = APIRouter(prefix="/v1", tags=["payment"])

Billed = Annotated[InstitutionalClaim | OutpatientVisit, Field(discriminator="kind")]
"""An institutional claim, or a visit alone with the facts of its hospital; told apart by `kind`."""
GivenVisit = Annotated[InstitutionalClaim | OutpatientVisit, json_body(Billed, as_received=True)]


@router.post("/apc", response_model=Estimate)
async def price_visit(caller: CanGroup, rules: ThePaymentRules, tables: CurrentTables, billed: GivenVisit) -> Response:
    """The APC, status and payment of each line under the OPPS, what is packaged into what, and what is left out.

    Give an institutional claim (`kind` institutional), or a visit (`kind` visit), which may name the hospital's wage
    index, its cost-to-charge ratio and whether it is a rural sole community hospital.
    """
    return answer(handlers.price_outpatient(rules, tables, billed))
