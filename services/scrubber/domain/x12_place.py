"""Where a pointer into a claim lands in its 837: the marks of the model, made exact for this claim.

The marks know a field's usual place. What depends on the claim is said here: which payer is billed (loop 2010BB) and
which is told of (2330B), whether the patient is the subscriber, and the position of a repeated element.
"""

from __future__ import annotations

import re
from functools import lru_cache

from shared.claims import InstitutionalClaim, ProfessionalClaim, X12Element, x12_location

_ELEMENT = re.compile(r"([A-Z][A-Z0-9]{1,2})\d{2}(-\d{1,2})?")
_HI_COMPOSITES = 12
"""A HI segment holds twelve codes (005010X222A1 and X223A2, 2300 HI)."""

_FIRST_SEGMENT = {
    "2000B": "SBR",
    "2300": "CLM",
    "2320": "SBR",
    "2400": "LX",
    "2410": "LIN",
    "2430": "SVD",
    "2440": "LQ",
}
"""The segment that opens a loop; loops of a person or organisation open with NM1."""

_OTHER_PAYER_LOOP = {"2000B": "2320", "2010BA": "2330A", "2010BB": "2330B"}
"""Where a payer's part goes that this claim is not sent to."""

_CLAIM_REFERENCES = {"prior_authorization", "referral_number", "payer_claim_control_number"}
"""Numbers of one payer that stand beside the claim (2300 REF), not beside the subscriber."""


def path_of(pointer: str) -> tuple[str | int, ...]:
    """The steps of an RFC 6901 pointer, list positions as numbers."""
    steps = (step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])
    return tuple(int(step) if step.isdigit() else step for step in steps)


def x12_place(claim: ProfessionalClaim | InstitutionalClaim, pointer: str) -> X12Element | None:
    """Loop, segment and element of what `pointer` names, or None where an 837 has no place for it."""
    path = path_of(pointer)
    location = _usual_place(type(claim), tuple(0 if isinstance(step, int) else step for step in path))
    if location is None:
        return None
    loop, _, rest = location.partition(".")
    loop = _loop(claim, path, loop)
    name = _repeated_element(claim, path) or rest
    if element := _ELEMENT.fullmatch(name):
        return X12Element(loop=loop, segment=element[1], element=name)
    return X12Element(loop=loop, segment=rest or _FIRST_SEGMENT.get(loop, "NM1"))


@lru_cache(maxsize=4096)
def _usual_place(model: type[ProfessionalClaim] | type[InstitutionalClaim], path: tuple[str | int, ...]) -> str | None:
    """The place of a field by its mark, the same for every item of a list."""
    return x12_location(model, path)


def _loop(claim: ProfessionalClaim | InstitutionalClaim, path: tuple[str | int, ...], loop: str) -> str:
    match path:
        case ("coverages", int(position), field, *_) if field in _CLAIM_REFERENCES:
            return "2300" if claim.coverages[position] is claim.billed_coverage else "2330B"
        case ("coverages", int(position), *_) if claim.coverages[position] is not claim.billed_coverage:
            return _OTHER_PAYER_LOOP.get(loop, loop)
        case ("patient", *_) if claim.billed_coverage.patient_is_subscriber:
            return "2010BA"
        case _:
            return loop


def _repeated_element(claim: ProfessionalClaim | InstitutionalClaim, path: tuple[str | int, ...]) -> str | None:
    match path:
        case ("diagnoses", int(position), *rest):
            return _diagnosis_element(claim, position, "-9" if rest == ["poa"] else "-2")
        case ("lines", _, "pointers", int(position)):
            return f"SV107-{position + 1}"
        case ("lines", _, "modifiers", int(position)):
            return f"{_procedure_element(claim)}-{position + 3}"
        case ("lines", _, "modifiers"):
            return f"{_procedure_element(claim)}-3"
        case ("lines", _, "description"):
            return f"{_procedure_element(claim)}-7"
        case _:
            return None


def _diagnosis_element(claim: ProfessionalClaim | InstitutionalClaim, position: int, component: str) -> str:
    """An 837I writes the principal diagnosis in a segment of its own, and the others from HI01 on."""
    if isinstance(claim, InstitutionalClaim) and position:
        position -= 1
    return f"HI{position % _HI_COMPOSITES + 1:02d}{component}"


def _procedure_element(claim: ProfessionalClaim | InstitutionalClaim) -> str:
    return "SV202" if isinstance(claim, InstitutionalClaim) else "SV101"
