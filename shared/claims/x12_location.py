"""From a place in the model to the place in the transaction set, by the `X12` marks beside the fields."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from shared.claims.base import X12

_ELEMENT = re.compile(r"[A-Z][A-Z0-9]{1,2}\d{2}(-\d{1,2})?")


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in _models_in(argument)]


def _mark_in(annotation: Any) -> str | None:
    """The mark of `Annotated[...]` nested in a union, as in `Annotated[str, X12(...)] | None`."""
    for argument in get_args(annotation):
        if isinstance(argument, X12):
            return argument.location
        if get_origin(annotation) in (Union, type(str | None)) and (found := _mark_in(argument)):
            return found
    return None


def _mark(field: FieldInfo) -> str | None:
    return next((m.location for m in field.metadata if isinstance(m, X12)), None) or _mark_in(field.annotation)


def x12_location(model: type[BaseModel], path: Iterable[str | int]) -> str | None:
    """The loop and element of a field, such as `2010AA.NM109`, or None where the field has no place in an 837.

    `path` is a pydantic error location or a split JSON pointer; steps that are not fields of a model are passed over.
    """
    candidates, marks = [model], []
    for step in path:
        fields = (c.model_fields.get(step) for c in candidates if isinstance(step, str))
        field = next((f for f in fields if f is not None), None)
        if field is None:
            narrowed = [c for c in candidates if getattr(c.model_fields.get("kind"), "default", None) == step]
            candidates = narrowed or candidates
            continue
        if (mark := _mark(field)) is not None:
            marks.append(mark)
        candidates = _models_in(field.annotation)
    return _join(marks)


def _join(marks: list[str]) -> str | None:
    loop = element = None
    for mark in marks:
        head, _, tail = mark.partition(".")
        if tail:
            loop, element = head, tail
        elif _ELEMENT.fullmatch(head):
            element = head
        else:
            loop, element = head, None
    return ".".join(part for part in (loop, element) if part) or None
