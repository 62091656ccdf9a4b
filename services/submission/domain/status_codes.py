"""277CA codes in words: what a biller reads on the worklist, the field that is meant, what usually helps."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any

from services.submission.domain.answers import Verdict
from services.submission.parameters import parameter
from shared.claims import ClaimPlace, InstitutionalClaim, Model, PayerStatus, ProfessionalClaim, x12_location

_EXACT_PLACES = MappingProxyType(
    {
        "/billing/taxonomy": "2000A.PRV03",
        "/coverages/billed/payer_claim_control_number": "2300.REF02",
        "/coverages/billed/prior_authorization": "2300.REF02",
        "/coverages/billed/referral_number": "2300.REF02",
    }
)
"""Fields that the model keeps with a party or payer and the guides write elsewhere."""

_OF_ENVELOPES = frozenset({"interchange", "group"})
_OF_SUBMITTER = frozenset({"ST", "1000A", "1000B"})
"""Loops that the route's settings fill, and no claim."""
_OF_FILES = _OF_ENVELOPES | {"transaction"}


class StatusWording(Model):
    """A status in words. `pointer` is a JSON pointer into the claim, `suggestion` what usually cures it."""

    category: str
    status: str
    entity: str | None = None
    pointer: str | None = None
    x12: str | None = None
    """Where the pointer's field stands in the 837, such as `2010AA.NM109`."""
    suggestion: str | None = None
    shape: str | None = None
    """Of what a 999 refuses, A for a letter and 9 for a digit."""


@cache
def category_verdicts(day: date) -> Mapping[str, Verdict]:
    """What each category code means for the claim. Raises NoEdition before 2012."""
    categories = parameter("status_categories").on(day)
    return MappingProxyType({code: entry["verdict"] for code, entry in categories.items()})


def wording(
    status: PayerStatus,
    claim: ProfessionalClaim | InstitutionalClaim,
    day: date,
    loaded: Callable[[str], str | None] = lambda code: None,
) -> StatusWording:
    """`status` of any answer in words, and where on `claim` it points.

    `loaded` says a status code that we have no words for as the customer's own list has it; what neither lists is
    given as a code.
    """
    if status.place is not None:
        return _of_a_place(status, status.place, claim, day)
    if status.level in _OF_FILES:
        return _of_a_file(status, day)
    category = _meaning(parameter("status_categories").on(day), status.category)
    listed = parameter("status_codes").on(day)
    entities = parameter("status_entities").on(day)
    entry = listed.get(status.status, {})
    words = entry.get("meaning") or loaded(status.status) or f"code {status.status}"
    pointer = _pointer(entry, entities.get(status.entity or "", {}), status, claim)
    return StatusWording(
        category=category,
        status=words,
        entity=_meaning(entities, status.entity) if status.entity else None,
        pointer=pointer,
        x12=_x12(pointer, claim) if pointer else None,
        suggestion=entry.get("suggestion"),
    )


def _of_a_place(
    status: PayerStatus, place: ClaimPlace, claim: ProfessionalClaim | InstitutionalClaim, day: date
) -> StatusWording:
    """What a 999 says of a segment or element of the claim."""
    codes, x12 = parameter("envelope_codes").on(day), place.x12
    listed = codes["segment" if x12.element is None else "element"]
    billed = claim.coverages.index(claim.billed_coverage)
    return StatusWording(
        category=codes["outcome"].get(status.category, f"code {status.category}"),
        status=listed.get(status.status, f"code {status.status}"),
        pointer=place.pointer.replace("/coverages/billed", f"/coverages/{billed}", 1) if place.pointer else None,
        x12=".".join(filter(None, (x12.loop, x12.element or x12.segment))),
        suggestion=codes["envelope_suggestion"] if x12.loop in _OF_SUBMITTER else None,
        shape=place.shape,
    )


def _of_a_file(status: PayerStatus, day: date) -> StatusWording:
    """A TA1 or 999 of everything in a file: the outcome as category, and why. A TA1 may mean an element of ISA."""
    codes = parameter("envelope_codes").on(day)
    outcome = codes["outcome"].get(status.category, f"code {status.category}")
    why = outcome if status.status == status.category else codes[status.level].get(status.status)
    of_interchange = status.level == "interchange"
    return StatusWording(
        category=outcome,
        status=why or f"code {status.status}",
        x12=codes["interchange_elements"].get(status.status) if of_interchange else None,
        suggestion=codes["envelope_suggestion"] if status.level in _OF_ENVELOPES else None,
    )


def status_meaning(code: str, day: date) -> str:
    """A status code in words; the code itself where it is not listed."""
    return _meaning(parameter("status_codes").on(day), code)


def _meaning(listed: Mapping[str, Any], code: str) -> str:
    entry = listed.get(code)
    return entry["meaning"] if entry else f"code {code}"


def _pointer(
    entry: Mapping[str, str],
    entity: Mapping[str, str],
    status: PayerStatus,
    claim: ProfessionalClaim | InstitutionalClaim,
) -> str | None:
    """The entity's field, else the place on the claim, else the entity itself."""
    place = entity.get("pointer")
    if place and (field := entry.get("field")):
        template = f"{place}/{_own_name(place, field)}".rstrip("/")
    else:
        template = entry.get("pointer") or place or ""
    if "{line}" in template and status.line_number is None:
        return "/lines"
    billed = claim.coverages.index(claim.billed_coverage)
    return template.format(billed=billed, line=(status.line_number or 1) - 1) or None


def _own_name(place: str, field: str) -> str:
    """A patient's name is `name`, anybody else's `person`; the pay-to address is an address itself."""
    if place.endswith("_address") or place == "/pickup":
        return field.removeprefix("address/").removeprefix("address")
    return field if place == "/patient" else field.replace("name/", "person/")


def _x12(pointer: str, claim: ProfessionalClaim | InstitutionalClaim) -> str | None:
    """By the marks of the model, which hold for the coverage that the claim is sent to, as every pointer here is."""
    steps = [int(step) if step.isdigit() else step for step in pointer.split("/")[1:]]
    if (exact := _EXACT_PLACES.get(re.sub(r"^/coverages/\d+", "/coverages/billed", pointer))) is not None:
        return exact
    place = x12_location(type(claim), steps)
    if place is not None and steps[0] == "patient" and claim.billed_coverage.patient_is_subscriber:
        return place.replace("2010CA", "2010BA")
    return place
