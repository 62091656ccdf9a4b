"""Claims and stays read from JSON, fast where they are written as nearly all are.

The models are the only rule: a value is read by them or not at all. What makes this fast is that the same diagnosis is
read once, not each time that a claim has it, for a hospital's few thousand codes come again and again.
"""

from __future__ import annotations

import json
from typing import Any, Generic, TypeVar

import orjson
from pydantic import TypeAdapter

from services.grouper.domain.stays import AnySubject, Stay, Subject
from shared.claims import AS_RECEIVED, Diagnosis, Model, Procedure

_KEPT = 16_384
_T = TypeVar("_T", bound=Model)
_subject: TypeAdapter[AnySubject] = TypeAdapter(Subject)


def read_subject(content: bytes) -> AnySubject | None:
    """The claim or stay in a JSON document; None where it is none, or not well written, and there is why to be said.

    Reads what `shared.http` reads for `/v1/group`, and nothing else.
    """
    try:
        return _plain_stay(content) or _subject_at_length(content)
    except (ValueError, RecursionError):
        return None


def _plain_stay(content: bytes) -> Stay | None:
    """A stay of one level of diagnoses and procedures; None for anything out of the ordinary."""
    try:
        document = orjson.loads(content)
        if document["kind"] != "stay" or b"\\u0000" in content:
            return None
        members = len(document)
        for name, read in (("diagnoses", read_diagnoses), ("procedures", read_procedures)):
            if name in document:
                members += sum(map(len, document[name]))
                document[name] = read(document[name])
        if (admitting := document.get("admitting_diagnosis")) is not None:
            members += len(admitting)
            [document["admitting_diagnosis"]] = read_diagnoses([admitting])
        # Each member has its colon: more colons than members, and a key is there twice, or a text holds a colon.
        return Stay.model_validate(document, context=AS_RECEIVED) if content.count(b":") == members else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _subject_at_length(content: bytes) -> AnySubject | None:
    text = content.decode()
    json.loads(text, object_pairs_hook=_each_key_once, parse_constant=_no_constant, parse_int=len, parse_float=len)
    return _subject.validate_json(content, strict=True, context=AS_RECEIVED) if "\\u0000" not in text else None


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError
    return members


def _no_constant(_name: str) -> Any:
    raise ValueError


class _Read(dict[tuple[tuple[str, Any], ...], _T], Generic[_T]):
    """Values by the members of their JSON objects; reads one that it does not have, and begins anew when it is full."""

    def __init__(self, model: type[_T]) -> None:
        super().__init__()
        self._model = model

    def __missing__(self, members: tuple[tuple[str, Any], ...]) -> _T:
        if len(self) >= _KEPT:
            self.clear()
        value = self[members] = self._model.model_validate(dict(members), context=AS_RECEIVED)
        return value


_known_diagnoses, _known_procedures = _Read(Diagnosis), _Read(Procedure)


def read_diagnoses(items: list[dict[str, Any]]) -> list[Diagnosis]:
    """As received. Raises ValidationError, TypeError or AttributeError where one is no diagnosis."""
    return [_known_diagnoses[tuple(item.items())] for item in items]


def read_procedures(items: list[dict[str, Any]]) -> list[Procedure]:
    """As received. Raises ValidationError, TypeError or AttributeError where one is no procedure."""
    return [_known_procedures[tuple(item.items())] for item in items]
