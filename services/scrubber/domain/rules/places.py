"""Places on a claim that a rule names before it has seen one: `/coverages/billed/payer`, `/lines/line/units`.

`billed` stands for the position of the coverage that the claim is sent to, `line` for that of the line asked about.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.rules.claim_types import CLAIM_MODELS, columns
from services.scrubber.domain.x12_place import path_of
from shared.claims import ClaimKind, Model

BILLED, LINE = "billed", "line"

SETTABLE: Mapping[str, tuple[ClaimKind, ...]] = MappingProxyType(
    {
        "/coverages/billed/filing_indicator": ("professional", "institutional"),
        "/coverages/billed/insurance_type": ("professional", "institutional"),
        "/coverages/billed/group_number": ("professional", "institutional"),
        "/coverages/billed/group_name": ("professional", "institutional"),
        "/coverages/billed/payer/payer_id": ("professional", "institutional"),
        "/coverages/billed/prior_authorization": ("professional", "institutional"),
        "/coverages/billed/referral_number": ("professional", "institutional"),
        "/note/text": ("professional",),
        "/billing_note": ("institutional",),
    }
)
"""What a rule may set, and on which claims. Never a code, a unit, a date, an amount or who somebody is."""


def exists(pointer: str, kind: ClaimKind, *, by_line: bool) -> bool:
    """Whether a claim of this kind has such a place. `line` is one only where the rule asks about each line."""
    return pointer == "" or _field(pointer, kind, by_line=by_line) is not None


def fits(pointer: str, kind: ClaimKind, value: str) -> bool:
    """Whether `value` may stand at this place of such a claim."""
    found = _field(pointer, kind, by_line=False)
    if found is None:
        return False
    model, name = found
    try:
        TypeAdapter(get_type_hints(model, include_extras=True)[name]).validate_python(value)
    except ValidationError:
        return False
    return True


def _field(pointer: str, kind: ClaimKind, *, by_line: bool) -> tuple[type[Model], str] | None:
    """The model and the field that a pointer ends at; for an item of a list, the list."""
    if not pointer.startswith("/"):
        return None
    model: type[Model] | None = CLAIM_MODELS[kind]
    found: tuple[type[Model], str] | None = None
    in_list: str | None = None
    for step in path_of(pointer):
        if in_list is not None and (isinstance(step, int) or _stands_for(step, in_list, by_line=by_line)):
            in_list = None
            continue
        column = next((one for one in columns(model) if one.name == step), None) if model and not in_list else None
        if model is None or column is None:
            return None
        found = (model, column.name)
        in_list = column.name if column.shape.repeated else None
        model = column.shape.type if issubclass(column.shape.type, Model) else None
    return found


def _stands_for(step: str, in_list: str, *, by_line: bool) -> bool:
    return (step, in_list) == (BILLED, "coverages") or (by_line and (step, in_list) == (LINE, "lines"))


def resolved(pointer: str, claim: AnyClaim, line: int | None) -> str:
    """The pointer on this claim; cut short where the claim has fewer items than it names."""
    steps: list[str | int] = []
    place: Any = claim
    for step in path_of(pointer):
        here: str | int = _position(step, claim, line) if isinstance(place, tuple) else step
        if isinstance(place, tuple):
            if not isinstance(here, int) or here >= len(place):
                break
            place = place[here]
        else:
            place = getattr(place, str(here), None)
        steps.append(here)
    return "".join(f"/{step}" for step in steps)


def _position(step: str | int, claim: AnyClaim, line: int | None) -> str | int:
    if step == BILLED:
        return claim.coverages.index(claim.billed_coverage)
    return line if step == LINE and line is not None else step
