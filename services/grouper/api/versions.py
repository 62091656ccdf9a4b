"""Which versions of MS-DRG are carried, and since when each groups."""

from fastapi import APIRouter

from services.grouper.api.policies import CanGroup, TheGrouper
from services.grouper.domain.rules import DrgVersion
from shared.claims import Many, Model

router = APIRouter(prefix="/v1/versions", tags=["versions"])


class CarriedVersions(Model):
    """The engine and the versions that it groups by, oldest first."""

    engine: str
    versions: Many[DrgVersion]


@router.get("")
async def list_versions(caller: CanGroup, grouper: TheGrouper) -> CarriedVersions:
    """The MS-DRG versions with their days of discharge and source."""
    return CarriedVersions(engine=grouper.engine.name, versions=grouper.rules.carried_versions)
