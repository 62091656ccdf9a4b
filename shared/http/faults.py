"""From pydantic's errors to field errors: a JSON pointer into what was sent, the X12 element, and no value."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, get_args

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from shared.claims import x12_location
from shared.http.problems import FieldError, InvalidBody, InvalidParameters, MalformedJson

_MOST_ERRORS = 100
_LONGEST_STEP = 64

# Pydantic's own words for these repeat what was sent.
_DISCREET = {
    "union_tag_invalid": "the kind named here is not one that is known",
    "extra_forbidden": "there is no such field",
}


def models_in(annotation: Any) -> list[type[BaseModel]]:
    """The models at the top of a body's type, alternatives of a union apart."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in models_in(argument)]


def invalid_body(error: ValidationError, body: bytes, models: Sequence[type[BaseModel]]) -> InvalidBody | MalformedJson:
    """The error of a body that does not fit `models`, or that pydantic's stricter parser does not take for JSON."""
    details = error.errors(include_url=False, include_input=False)[:_MOST_ERRORS]
    if details[0]["type"] == "json_invalid":
        return MalformedJson(str(details[0].get("ctx", {}).get("error", "the document cannot be read")))
    # Only the shape is wanted; Python refuses to read a number of more than 4,300 digits.
    document = json.loads(body, parse_int=str)
    return InvalidBody(tuple(_field_error(detail, document, models) for detail in details))


def invalid_parameters(error: RequestValidationError) -> InvalidParameters:
    """The error of a path, query or header parameter."""
    return InvalidParameters(
        tuple(
            FieldError(code=fault["type"], message=_message(fault), parameter=".".join(map(str, fault["loc"])))
            for fault in error.errors()
        )
    )


def pointer(steps: Iterable[str | int]) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join(f"/{str(step)[:_LONGEST_STEP].replace('~', '~0').replace('/', '~1')}" for step in steps)


def _field_error(detail: ErrorDetails, document: Any, models: Sequence[type[BaseModel]]) -> FieldError:
    path = list(_steps_in(document, detail["loc"], missing=detail["type"] == "missing"))
    x12 = next((found for model in models if (found := x12_location(model, detail["loc"]))), None)
    return FieldError(code=detail["type"], message=_message(detail), pointer=pointer(path), x12=x12)


def _message(detail: Any) -> str:
    return _DISCREET.get(detail["type"]) or str(detail["msg"]).removeprefix("Value error, ")


def _steps_in(document: Any, location: Sequence[str | int], *, missing: bool) -> Iterator[str | int]:
    """The steps of a pydantic location that are steps in the document.

    Pydantic puts the chosen alternative of a union (`professional`, `function-after[...]`) among them.
    """
    for depth, step in enumerate(location):
        is_last = depth == len(location) - 1
        match document:
            case dict() if isinstance(step, str) and step in document:
                document = document[step]
            case list() if isinstance(step, int) and step < len(document):
                document = document[step]
            case dict() if missing and is_last:
                pass
            case _:
                continue
        yield step


def adapter_of(shape: Any) -> TypeAdapter[Any]:
    """The reader of a model, an annotated type, or a reader itself."""
    return shape if isinstance(shape, TypeAdapter) else TypeAdapter(shape)


def annotation_of(shape: Any) -> Any:
    """The type that a reader reads; pydantic keeps it and has no public name for it."""
    return shape._type if isinstance(shape, TypeAdapter) else shape
