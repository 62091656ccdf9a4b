"""What is looked at when an encounter comes in: faulty identifiers are told of and kept, for nothing may be lost."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from typing import Any, get_args

from pydantic import BaseModel

from services.encoder.domain.problems import Problem, pointer
from shared.claims import Document, Encounter, Identifier, IdentifierProblem, x12_location

Path = tuple[str | int, ...]


def identifier_warnings(encounter: Encounter) -> tuple[Problem, ...]:
    """Each identifier that fails its check, as a warning with its place in the encounter."""
    found: list[tuple[Path, IdentifierProblem]] = []
    _gather_faults(encounter, (), found)
    return tuple(
        Problem(code=fault.code, pointer=pointer(*path), message=fault.message, x12=x12_location(Encounter, path))
        for path, fault in found
    )


def _gather_faults(
    value: Identifier | BaseModel | tuple[Any, ...], path: Path, found: list[tuple[Path, IdentifierProblem]]
) -> None:
    if isinstance(value, Identifier):
        if (fault := value.problem) is not None:
            found.append((path, fault))
    elif isinstance(value, tuple):
        for index, member in enumerate(value):
            _gather_faults(member, (*path, index), found)
    else:
        for name in _members_with_identifiers(type(value)):
            if member := getattr(value, name):
                _gather_faults(member, (*path, name), found)


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


def canonical_json(encounter: Encounter) -> str:
    """The one form in which an encounter is kept and compared: without its documents, without what goes unsaid."""
    return encounter.model_dump_json(exclude={"documents"}, exclude_defaults=True)


def document_head(document: Document) -> str:
    """A document in JSON without its text."""
    return document.model_dump_json(exclude={"text"}, exclude_none=True)


def fingerprint(encounter: Encounter, encounter_json: str) -> str:
    """What tells a repeated encounter from a changed one: SHA-256, in hex, of its canonical JSON and documents."""
    digest = sha256(encounter_json.encode())
    for document in encounter.documents:
        digest.update(document_head(document).encode())
        digest.update(document.text.encode())
    return digest.hexdigest()
