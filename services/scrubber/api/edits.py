"""The catalogue of edits."""

from fastapi import APIRouter, Response

from services.scrubber.api.policies import CanScrub, TheScrubber
from services.scrubber.domain.engine import Edit
from services.scrubber.errors import EditNotFound
from shared.claims import ClaimKind, Date, Many, Model, Severity
from shared.http import answer

router = APIRouter(prefix="/v1/edits", tags=["edits"])


class EditDescription(Model):
    """An edit without its code: what it finds, on whose word, and what the claim would have been answered."""

    id: str
    edit_version: str
    title: str
    family: str
    severity: Severity
    source: str
    kinds: Many[ClaimKind]
    bills: Many[str] | None
    """The bills of facilities that it is for, by facility type and classification (`11`, `13`); null for all."""
    effective: Date
    through: Date | None
    predicted: str | None
    row: int | None
    """Its row in the list of front-end edits."""
    suggests_repair: bool

    @classmethod
    def of(cls, edit: Edit) -> "EditDescription":
        fields = {name: getattr(edit, name) for name in cls.model_fields if name not in ("edit_version", "bills")}
        bills = None if edit.bills is None else tuple(sorted(edit.bills))
        return cls(edit_version=edit.version, bills=bills, **fields)


class Catalogue(Model):
    """Every edit, in the order of their ids, with the version of the whole."""

    edits_version: str
    edits: Many[EditDescription]


@router.get("", response_model=Catalogue)
async def list_edits(caller: CanScrub, scrubber: TheScrubber) -> Response:
    """Every edit that a claim must pass."""
    edits = scrubber.edits
    return answer(Catalogue(edits_version=edits.version, edits=tuple(EditDescription.of(edit) for edit in edits.edits)))


@router.get("/{edit_id}", response_model=EditDescription)
async def get_edit(caller: CanScrub, scrubber: TheScrubber, edit_id: str) -> Response:
    """One edit by its id."""
    found = next((edit for edit in scrubber.edits.edits if edit.id == edit_id), None)
    if found is None:
        raise EditNotFound("there is no edit with this id")
    return answer(EditDescription.of(found))
