"""277CA codes in words: what a biller reads on the worklist, the field that is meant, what usually helps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any

from services.submission.domain.answers import Verdict
from services.submission.parameters import parameter
from shared.claims import InstitutionalClaim, Model, PayerStatus, ProfessionalClaim


class StatusWording(Model):
    """A status in words. `pointer` is a JSON pointer into the claim, `suggestion` what usually cures it."""

    category: str
    status: str
    entity: str | None = None
    pointer: str | None = None
    suggestion: str | None = None


@cache
def category_verdicts(day: date) -> Mapping[str, Verdict]:
    """What each category code means for the claim. Raises NoEdition before 2012."""
    categories = parameter("status_categories").on(day)
    return MappingProxyType({code: entry["verdict"] for code, entry in categories.items()})


def wording(status: PayerStatus, claim: ProfessionalClaim | InstitutionalClaim, day: date) -> StatusWording:
    """`status` of a 277CA in words, and where on `claim` it points. Codes that are not listed are given as codes."""
    category = _meaning(parameter("status_categories").on(day), status.category)
    listed = parameter("status_codes").on(day)
    entities = parameter("status_entities").on(day)
    entry = listed.get(status.status, {})
    return StatusWording(
        category=category,
        status=_meaning(listed, status.status),
        entity=_meaning(entities, status.entity) if status.entity else None,
        pointer=_pointer(entry, entities.get(status.entity or "", {}), status, claim),
        suggestion=entry.get("suggestion"),
    )


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
