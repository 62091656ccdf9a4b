"""One correction for many rejected claims: values to set, wherever on each claim the field stands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import ConfigDict, Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from services.submission.domain.resubmission import AnyClaim
from services.submission.errors import InvalidChange
from shared.claims import Many, Model

MOST_CLAIMS = 200
"""In one request."""

_BILLED = "billed"


class FieldChange(Model):
    """A value to set, or with null to take away.

    Not RFC 6902, for the same change must fit claims on which the field stands at different places: `billed` among the
    steps of the pointer is the coverage that the claim was sent to.
    """

    pointer: Annotated[str, Field(min_length=2, max_length=500, pattern=r"^/")]
    """JSON pointer into the claim, such as `/coverages/billed/subscriber/member_id`."""
    value: JsonValue = None


class SeenClaim(Model):
    """A rejected claim at the version that the worklist has shown."""

    id: Annotated[str, Field(min_length=1, max_length=50)]
    version: Annotated[int, Field(ge=1)]


class BulkCorrection(Model):
    """What to set on which claims. Without a change they go out again as they are, past every edit again."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "set": [{"pointer": "/billing/taxonomy", "value": "207Q00000X"}],
                    "claims": [{"id": "0193628d-58f5-7a70-8d2e-7a3d8ef0a001", "version": 4}],
                }
            ]
        }
    )

    changes: Annotated[Many[FieldChange], Field(alias="set", max_length=20)] = ()
    claims: Annotated[Many[SeenClaim], Field(min_length=1, max_length=MOST_CLAIMS)]

    @model_validator(mode="after")
    def _names_each_claim_once(self) -> BulkCorrection:
        if len({seen.id for seen in self.claims}) != len(self.claims):
            raise PydanticCustomError("claim_twice", "a claim is named once")
        return self


def changed_document(claim: AnyClaim, changes: Sequence[FieldChange]) -> bytes:
    """The claim's JSON with every value set; whether it still is a claim is for its reader to say.

    Raises InvalidChange for a pointer that leads nowhere on this claim.
    """
    document: Any = claim.model_dump(mode="json")
    billed = claim.coverages.index(claim.billed_coverage)
    for position, change in enumerate(changes):
        steps = [step.replace("~1", "/").replace("~0", "~") for step in change.pointer.split("/")[1:]]
        holder = document
        try:
            for step in steps[:-1]:
                holder = _member(holder, step, billed)
            _set(holder, steps[-1], change.value, billed)
        except (KeyError, IndexError, TypeError, ValueError):
            raise InvalidChange("the claim has no such place", pointer=f"/set/{position}/pointer") from None
    return json.dumps(document).encode()


def _member(holder: Any, step: str, billed: int) -> Any:
    return holder[_position(step, billed)] if isinstance(holder, list) else holder[step]


def _set(holder: Any, step: str, value: JsonValue, billed: int) -> None:
    key = _position(step, billed) if isinstance(holder, list) else step
    if value is None and isinstance(holder, dict):
        holder.pop(step, None)
    elif value is None:
        del holder[key]
    else:
        holder[key] = value


def _position(step: str, billed: int) -> int:
    """Raises ValueError for what is no place in a list."""
    if step == _BILLED:
        return billed
    if not (step.isascii() and step.isdigit()):
        raise ValueError(step)
    return int(step)
