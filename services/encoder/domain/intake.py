"""What is looked at when an encounter comes in: faulty identifiers are told of and kept, for nothing may be lost."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from typing import Any, get_args

from pydantic import BaseModel

from services.encoder.domain.problems import Problem, pointer
from shared.claims import Encounter, Identifier, IdentifierProblem, x12_location

Path = tuple[str | int, ...]


def identifier_warnings(encounter: Encounter) -> tuple[Problem, ...]:
    """Each identifier that fails its check, as a warning with its place in the encounter."""
    return tuple(
        Problem(
            code=problem.code,
            pointer=pointer(*path),
            message=problem.message,
            x12=x12_location(Encounter, path),
        )
        for path, problem in _faults(encounter, ())
    )


def _faults(value: object, path: Path) -> Iterator[tuple[Path, IdentifierProblem]]:
    if isinstance(value, Identifier):
        if (problem := value.problem) is not None:
            yield path, problem
    elif isinstance(value, BaseModel):
        for name in _members_with_identifiers(type(value)):
            if (member := getattr(value, name)) is not None:
                yield from _faults(member, (*path, name))
    elif isinstance(value, tuple):
        for index, member in enumerate(value):
            yield from _faults(member, (*path, index))


@cache
def _members_with_identifiers(model: type[BaseModel]) -> tuple[str, ...]:
    """The fields worth entering. Intake is a thousand encounters a second; most fields of one hold no identifier."""
    return tuple(name for name, field in model.model_fields.items() if _holds_identifier(field.annotation))


def _holds_identifier(annotation: Any) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, Identifier):
        return True
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return bool(_members_with_identifiers(annotation))
    return any(_holds_identifier(argument) for argument in get_args(annotation))


def fingerprint(encounter_json: bytes) -> str:
    """What tells a repeated encounter from a changed one: SHA-256 of its canonical JSON, hexadecimal."""
    return sha256(encounter_json).hexdigest()
