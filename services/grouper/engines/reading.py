"""Claims and stays read from JSON at length, as `shared.http` reads them for the endpoint of one."""

from __future__ import annotations

import json
from typing import Any

from pydantic import TypeAdapter

from services.grouper.domain.stays import AnySubject, Subject
from shared.claims import AS_RECEIVED

_subject: TypeAdapter[AnySubject] = TypeAdapter(Subject)


def read_subject(content: bytes) -> AnySubject | None:
    """The claim or stay in a JSON document; None where it is none, or not well written, and there is why to be said.

    Reads what `shared.http` reads for `/v1/group`, and nothing else.
    """
    try:
        text = content.decode()
        json.loads(text, object_pairs_hook=_each_key_once, parse_constant=_no_constant, parse_int=len, parse_float=len)
        return _subject.validate_json(content, strict=True, context=AS_RECEIVED) if "\\u0000" not in text else None
    except (ValueError, RecursionError):
        return None


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError
    return members


def _no_constant(_name: str) -> Any:
    raise ValueError
