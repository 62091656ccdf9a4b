"""From a claim document to a claim of our model, and from what the model refuses to faults of elements."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from services.submission.domain.x12.reading.faults import Fault, FaultCode, Placed, fault_at
from services.submission.domain.x12.reading.parts import Part
from shared.claims import AS_RECEIVED, ClaimKind, InstitutionalClaim, ProfessionalClaim, x12_location

AnyClaim = ProfessionalClaim | InstitutionalClaim
Path = tuple[int | str, ...]

_MODELS: dict[ClaimKind, type[ProfessionalClaim] | type[InstitutionalClaim]] = {
    "professional": ProfessionalClaim,
    "institutional": InstitutionalClaim,
}
_ELEMENT = re.compile(r"([A-Z][A-Z0-9]{1,2})\d{2}(-\d{1,2})?")
_WHOLE_OR_NOT = frozenset({"lines", "diagnoses", "coverages"})
"""Lists whose members cannot be left out: a claim without one of them would be another claim."""
_MOST_ROUNDS = 8


def claim_of(document: Part, kind: ClaimKind) -> tuple[AnyClaim | None, list[Fault]]:
    """The claim, and a fault for each value that it cannot hold.

    A value that the claim can do without is left out of it, so that everything else can be looked at; None where it
    cannot. Nothing is left out without a fault.
    """
    model = _MODELS[kind]
    faults: list[Fault] = []
    told: set[Path] = set()
    for _ in range(_MOST_ROUNDS):
        try:
            return model.model_validate(document, context=AS_RECEIVED), faults
        except ValidationError as error:
            details = error.errors(include_url=False, include_input=False, include_context=False)
        if not told:
            document = _copied(document)
        for detail in details:
            path = detail["loc"]
            if path not in told and not any(path[: len(before)] == before for before in told):
                faults.append(_fault(document, model, detail))
                told.add(path)
        possible = [_left_out(document, model, detail) for detail in reversed(details)]
        if not all(possible):
            break
    return None, faults


def _copied(value: Any) -> Any:
    if isinstance(value, Part):
        copied = value.copy()
        for field, inner in value.items():
            copied[field] = _copied(inner)
        return copied
    return [_copied(inner) for inner in value] if isinstance(value, list) else value


def _left_out(document: Part, model: type[AnyClaim], detail: ErrorDetails) -> bool:
    """Take the value out, or the object that cannot be without it. Whether the claim can do without."""
    path = detail["loc"][:-1] if detail["type"] == "missing" else detail["loc"]
    if not path or (len(path) == 1 and model.model_fields[str(path[0])].is_required()):
        return False
    if len(path) == 2 and path[0] in _WHOLE_OR_NOT:
        return False
    holder: Any = document
    for step in path[:-1]:
        holder = _step(holder, step)
    if isinstance(holder, dict):
        holder.pop(path[-1], None)
    elif isinstance(holder, list) and isinstance(path[-1], int) and path[-1] < len(holder):
        del holder[path[-1]]
    return True


def _step(value: Any, step: int | str) -> Any:
    if isinstance(value, dict):
        return value.get(str(step))
    return value[step] if isinstance(value, list) and isinstance(step, int) and step < len(value) else None


def origin_of(document: Part, path: Path) -> tuple[Placed, str | None]:
    """The segment that a value came from, and its element; of one that is not there, where its object began."""
    value: Any = document
    found: tuple[Placed, str | None] = (document.begin, None)
    for step in path:
        if isinstance(value, Part) and step in value.origins:
            found = value.origins[str(step)]
        value = _step(value, step)
        if value is None:
            break
        if isinstance(value, Part):
            found = (value.begin, None)
        elif isinstance(value, list) and value and isinstance(value[0], Part):
            found = (value[0].begin, None)
    return found


def _pointer(path: Path) -> str:
    return "".join(f"/{step}" for step in path)


def _fault(document: Part, model: type[AnyClaim], detail: ErrorDetails) -> Fault:
    path = detail["loc"]
    placed, element = origin_of(document, path)
    pointer = _pointer(path)
    if detail["type"] == "missing" or element is None:
        return _absent(document, path, placed, _usual_element(model, path), detail["type"])
    code, answer = _code(detail["type"], path)
    return fault_at(placed, code, f"{element}: {_lower(detail['msg'])}", answer, element=element, pointer=pointer)


def _absent(document: Part, path: Path, placed: Placed, usual: str | None, kind: str) -> Fault:
    """A value that is not there: its element, where the segment is, else the segment."""
    pointer = _pointer(path)
    if kind == "too_long":
        code, answer = _code(kind, path)
        return fault_at(placed, code, f"{path[-1]}: more than the guide allows", answer, pointer=pointer)
    found = _ELEMENT.fullmatch(usual or "")
    said = _said_beside(document, path, found[1]) if found is not None else None
    if said is not None:
        message = f"{usual} is required and missing"
        return fault_at(said, "element-missing", message, "999 IK403 1", element=usual, pointer=pointer)
    what = f"{found[1]} ({path[-1]})" if found is not None else str(path[-1])
    message = f"what the guide requires here is missing: {what.replace('_', ' ')}"
    element = usual if found is not None else None
    return fault_at(placed, "segment-missing", message, "999 IK304 3", element=element, pointer=pointer)


def _said_beside(document: Part, path: Path, segment_id: str) -> Placed | None:
    """The segment of that id that said something else of the same object."""
    holder: Any = document
    for step in path[:-1]:
        holder = _step(holder, step)
    if not isinstance(holder, Part):
        return None
    segments = [holder.begin, *(placed for placed, _ in holder.origins.values())]
    return next((placed for placed in segments if placed.segment.id == segment_id), None)


def _usual_element(model: type[AnyClaim], path: Path) -> str | None:
    location = x12_location(model, path)
    return location.rpartition(".")[2] if location is not None else None


_CODES: dict[str, tuple[FaultCode, str]] = {
    "string_too_long": ("element-too-long", "999 IK403 5"),
    "string_too_short": ("element-too-short", "999 IK403 4"),
    "too_long": ("segment-repeated", "999 IK304 5"),
    "text_control_character": ("element-characters", "999 IK403 6"),
}
_NUMBERS = ("decimal", "money", "quantity", "int_", "greater", "less")
_CHARGES = {"total_charge": "A7:178", "charge": "A7:693"}
"""What is a number to X12 passes the 999: that a charge is one of cents, and not negative, the front end asks."""


def _code(kind: str, path: Sequence[int | str]) -> tuple[FaultCode, str]:
    """The fault, and IK304 or IK403, by the kind of pydantic's error."""
    if kind == "too_long" and path[-1] == "lines":
        return "loop-repeated", "999 IK304 4"
    if kind in _CODES:
        return _CODES[kind]
    if kind.startswith("date"):
        return "element-date", "999 IK403 8"
    if kind.startswith("money") and path[-1] in _CHARGES:
        return "element-number", _CHARGES[str(path[-1])]
    if kind.startswith(_NUMBERS):
        return "element-number", "999 IK403 6"
    return "element-code", "999 IK403 7"


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]
