"""How clearinghouse and payers behave to a customer: a test's knobs."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from services.simulator.api.policies import Boxes, CanUseSimulator
from services.simulator.domain.behaviour import Behaviour
from services.simulator.errors import UnknownProfile
from services.simulator.mailbox import set_behaviour as set_behaviour_of_box
from services.simulator.parameters import profiles
from shared.claims import Many, Model
from shared.http import Read, Write, json_body

router = APIRouter(prefix="/v1", tags=["behaviour"])


class Profile(Model):
    """A way to behave that has a name; `behaviour` is the whole of it."""

    name: str
    description: str
    behaviour: Behaviour


class Profiles(Model):
    items: Many[Profile]


class BehaviourWanted(Behaviour):
    """What is left out is as the profile has it, or as on every day where none is named."""

    profile: Annotated[str | None, Field(max_length=40)] = None


def _profiles() -> tuple[Profile, ...]:
    return tuple(Profile.model_validate(dict(profile)) for profile in profiles())


def _chosen(wanted: BehaviourWanted) -> Behaviour:
    set_of_it = {name: getattr(wanted, name) for name in wanted.model_fields_set if name != "profile"}
    if wanted.profile is None:
        return Behaviour().model_copy(update=set_of_it)
    for profile in _profiles():
        if profile.name == wanted.profile:
            return profile.behaviour.model_copy(update=set_of_it)
    raise UnknownProfile("GET /v1/profiles lists those there are", pointer="/profile")


@router.get("/profiles", response_model=Profiles)
async def list_profiles(caller: CanUseSimulator) -> Profiles:
    """Ways to behave that have a name: on most days, with format errors, late, out of order, paying, denying …"""
    return Profiles(items=_profiles())


@router.get("/settings", response_model=Behaviour)
async def get_behaviour(caller: CanUseSimulator, boxes: Boxes, session: Read) -> Behaviour:
    """How clearinghouse and payers behave to you now."""
    return await boxes.behaviour_to(session, caller.tenant)


@router.post("/settings", response_model=Behaviour)
async def set_behaviour(
    caller: CanUseSimulator, write: Write, wanted: Annotated[BehaviourWanted, json_body(BehaviourWanted)]
) -> Response:
    """Set how they behave to you from the next interchange on: a profile by name, and what is to differ from it.

    `payers` says what single payers do otherwise than all.
    """
    chosen = _chosen(wanted)
    return await write(lambda uow: set_behaviour_of_box(uow, chosen))
