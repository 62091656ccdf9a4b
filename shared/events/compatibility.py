"""Whether a change of an event's JSON Schema can be read by those who do not know it yet, in both directions of time.

Consumers of yesterday read events of today, because services are updated one after another; consumers of today read
events of yesterday, because the bus keeps them and dead letters are replayed. Every reader drops fields that it does
not know (`envelope.read_event`). So an optional field may come and go, and every other change is a break: what one side
may write, the other must accept. A break needs a new version of the event type.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

_LIMITS = (
    "format", "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
    "multipleOf", "minItems", "maxItems", "uniqueItems",
)  # fmt: skip


def breaks(old: Schema, new: Schema) -> list[str]:
    """What keeps an old reader from a new event or a new reader from an old one, each with its path."""
    return list(_Comparison(old, new).differences(old, new, ""))


class _Comparison:
    """Two documents with their own `$defs`; pairs of definitions are compared once, for models may be recursive."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self._old, self._new = old.get("$defs", {}), new.get("$defs", {})
        self._compared: set[tuple[str, str]] = set()

    def differences(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        before, after = _alternatives(old, self._old), _alternatives(new, self._new)
        for kind in before.keys() | after.keys():
            if kind not in after:
                yield f"{path or '/'}: {kind} may no longer be read"
            elif kind not in before:
                yield f"{path or '/'}: {kind} is written, which old readers refuse"
            else:
                yield from self._one(before[kind], after[kind], path)

    def _one(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        pair = (old.get("$ref", ""), new.get("$ref", ""))
        if all(pair):
            if pair in self._compared:
                return
            self._compared.add(pair)
        old, new = _resolved(old, self._old), _resolved(new, self._new)
        yield from _values(old, new, path)
        yield from self._properties(old, new, path)
        for part in ("items", "additionalProperties"):
            if isinstance(old.get(part), Mapping) and isinstance(new.get(part), Mapping):
                yield from self.differences(old[part], new[part], f"{path}/*")

    def _properties(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        must_before, must_after = set(old.get("required", ())), set(new.get("required", ()))
        for name in sorted(must_before - must_after):
            yield f"{path}/{name}: old readers need it, and it may be missing"
        for name in sorted(must_after - must_before):
            yield f"{path}/{name}: new readers need it, and old events may lack it"
        for name in before.keys() & after.keys():
            yield from self.differences(before[name], after[name], f"{path}/{name}")


def _alternatives(schema: Schema, definitions: Schema) -> dict[str, Schema]:
    """The shapes that a value may have, by what tells them apart: the JSON type, in a union of models their names."""
    whole = _resolved(schema, definitions)
    shapes = whole.get("anyOf") or whole.get("oneOf") or [schema]
    types = [str(_resolved(shape, definitions).get("type", "anything")) for shape in shapes]
    return {kind if types.count(kind) == 1 else _name(shape): shape for kind, shape in zip(types, shapes, strict=True)}


def _name(shape: Schema) -> str:
    return str(shape.get("$ref", "")).rsplit("/", 1)[-1] or json.dumps(shape, sort_keys=True)


def _resolved(schema: Schema, definitions: Schema) -> Schema:
    while "$ref" in schema:
        schema = definitions[str(schema["$ref"]).rsplit("/", 1)[-1]]
    return schema


def _values(old: Schema, new: Schema, path: str) -> Iterator[str]:
    before, after = _enumerated(old), _enumerated(new)
    if before != after:
        gone, added = sorted(map(str, before - after)), sorted(map(str, after - before))
        if gone or not before:
            yield f"{path}: values are refused that old events hold: {gone or 'all but a list'}"
        if added or not after:
            yield f"{path}: values are written that old readers refuse: {added or 'any'}"
    for limit in _LIMITS:
        if old.get(limit) != new.get(limit):
            yield f"{path}: {limit} was {old.get(limit)} and is {new.get(limit)}"


def _enumerated(schema: Schema) -> set[Any]:
    return set(schema.get("enum", [schema["const"]] if "const" in schema else []))
