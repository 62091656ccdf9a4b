"""A correction as a JSON Patch (RFC 6902): its operations on the document of a claim, in order, all or none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from jsonpatch import InvalidJsonPatch, JsonPatch, JsonPatchException, JsonPatchTestFailed, JsonPointerException
from pydantic import ConfigDict, Field, JsonValue
from pydantic_core import PydanticSerializationError, to_json

from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.scrubbed_claim import IDENTITY
from services.scrubber.errors import IdentityChanged, InvalidPatch
from shared.claims import Many, Model

_LARGEST = 2_000_000
"""Bytes of the document after any operation: `copy` may double it each time."""
_ABSENT = object()

WHOLE = ""
"""The pointer to the whole document (RFC 6901)."""

Pointer = Annotated[str, Field(max_length=500)]


class PatchOperation(Model):
    """One step. `value` goes with add, replace and test, `from` with move and copy; what else is sent is ignored."""

    model_config = ConfigDict(extra="ignore")

    op: Literal["add", "remove", "replace", "move", "copy", "test"]
    path: Pointer
    """JSON pointer (RFC 6901) into the claim; `-` at its end stands for the place after the last of a list."""
    source: Annotated[Pointer, Field(alias="from")] = ""
    value: JsonValue = None


ClaimPatch = Annotated[Many[PatchOperation], Field(min_length=1, max_length=100)]


def patched_document(claim: AnyClaim, operations: Sequence[PatchOperation]) -> bytes:
    """The claim's JSON with every operation done; whether it still is a claim is for its reader to say.

    Raises InvalidPatch for the first operation that cannot be done and IdentityChanged for one that makes it another
    claim, each with the pointer into the patch.
    """
    document: Any = claim.model_dump(mode="json")
    identity = {field: document[field] for field in IDENTITY}
    for position, operation in enumerate(operations):
        document = _done(document, operation, position)
        for field, value in identity.items():
            if not isinstance(document, dict) or document.get(field, _ABSENT) != value:
                raise IdentityChanged(f"{field} cannot be changed", pointer=f"/{position}/path")
        content = _content(document, position)
    return content


def _done(document: Any, operation: PatchOperation, position: int) -> Any:
    # What a failure says of itself may be the patient's: only our own words go out.
    members = operation.model_dump(by_alias=True, exclude_unset=True)
    try:
        return JsonPatch([members]).apply(document, in_place=True)
    except JsonPatchTestFailed:
        raise InvalidPatch("the claim does not hold there what is tested", pointer=f"/{position}/value") from None
    except InvalidJsonPatch:
        raise InvalidPatch(f"{operation.op} lacks a member that belongs to it", pointer=f"/{position}") from None
    except (JsonPatchException, JsonPointerException):
        raise InvalidPatch(
            "there is no such place in the claim, or it is no JSON pointer", pointer=f"/{position}/path"
        ) from None


def _content(document: Any, position: int) -> bytes:
    try:
        content = to_json(document, inf_nan_mode="strings")
    except PydanticSerializationError:
        raise InvalidPatch("the claim becomes nested too deeply", pointer=f"/{position}") from None
    if len(content) > _LARGEST:
        raise InvalidPatch("the claim becomes too large", pointer=f"/{position}")
    return content
