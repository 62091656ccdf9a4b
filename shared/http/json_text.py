"""What JSON allows and we do not: one key twice, NaN, endless nesting, NUL in a text. Each names its place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from shared.http.faults import pointer
from shared.http.problems import FieldError, InvalidBody, MalformedJson


class _Refused(Exception):
    """Carries why out of the parser, which knows no place."""


def check_json(content: bytes) -> None:
    """Raises `MalformedJson` with line and column, or `InvalidBody` with the pointer of a text that holds NUL."""
    text = _decode(content)
    try:
        json.loads(text, object_pairs_hook=_each_key_once, parse_constant=_no_constant, parse_int=len, parse_float=len)
    except json.JSONDecodeError as error:
        raise MalformedJson(f"{error.msg} at line {error.lineno}, column {error.colno}") from None
    except _Refused as error:
        raise MalformedJson(str(error)) from None
    except RecursionError:
        raise MalformedJson("the document is nested too deeply") from None
    if "\\u0000" in text:
        _check_nul(json.loads(text, parse_int=len))


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = content.count(b"\n", 0, error.start) + 1, error.start - content.rfind(b"\n", 0, error.start)
        raise MalformedJson(f"a byte that is not UTF-8 at line {line}, byte {column}") from None


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Refused("an object has the same key twice")
    return members


def _no_constant(_name: str) -> NoReturn:
    raise _Refused("NaN and Infinity are not JSON numbers")


def _check_nul(document: Any) -> None:
    if faults := tuple(_nul_faults(document, [])):
        raise InvalidBody(faults)


def _nul_faults(node: Any, path: list[str | int]) -> Iterator[FieldError]:
    match node:
        case str() if "\0" in node:
            yield FieldError(code="nul_character", message="a text cannot hold NUL", pointer=pointer(path))
        case dict():
            for key, value in node.items():
                if "\0" in key:
                    yield FieldError(code="nul_character", message="a key cannot hold NUL", pointer=pointer(path))
                yield from _nul_faults(value, [*path, key])
        case list():
            for index, value in enumerate(node):
                yield from _nul_faults(value, [*path, index])
