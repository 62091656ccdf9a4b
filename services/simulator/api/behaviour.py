"""How the payers behave: a test's knobs."""

from typing import Annotated

from fastapi import APIRouter

from services.simulator.api.policies import Boxes, CanUseSimulator
from services.simulator.domain.behaviour import Behaviour
from shared.http import json_body

router = APIRouter(prefix="/v1/settings", tags=["behaviour"])


@router.get("", response_model=Behaviour)
async def get_behaviour(caller: CanUseSimulator, boxes: Boxes) -> Behaviour:
    """How the payers behave now."""
    return boxes.behaviour


@router.post("", response_model=Behaviour)
async def set_behaviour(
    caller: CanUseSimulator, boxes: Boxes, behaviour: Annotated[Behaviour, json_body(Behaviour)]
) -> Behaviour:
    """Set how the payers behave towards interchanges that come from now on. What is left out has its default."""
    boxes.behaviour = behaviour
    return behaviour
