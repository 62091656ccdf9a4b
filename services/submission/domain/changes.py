"""What a correction changed: the leaves of the claim document that differ, each with before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shared.claims import FormatRepair, InstitutionalClaim, ProfessionalClaim

_NOTHING = ""


def changes(
    before: ProfessionalClaim | InstitutionalClaim, after: ProfessionalClaim | InstitutionalClaim
) -> tuple[FormatRepair, ...]:
    """Every changed value with its JSON pointer (RFC 6901), in the order of the document."""
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    return tuple(
        FormatRepair(repair_id="correction", pointer=pointer, before=was, after=now)
        for pointer, was, now in _differences("", old, new)
    )


def _differences(pointer: str, old: Any, new: Any) -> Iterator[tuple[str, str, str]]:
    if isinstance(old, list | dict) or isinstance(new, list | dict):
        before, after = _members(old), _members(new)
        for name in [*before, *(name for name in after if name not in before)]:
            yield from _differences(f"{pointer}/{name}", before.get(name), after.get(name))
    elif old != new:
        yield pointer, _text(old), _text(new)


def _members(value: Any) -> Mapping[str, Any]:
    if isinstance(value, dict):
        return {name.replace("~", "~0").replace("/", "~1"): member for name, member in value.items()}
    return {str(number): member for number, member in enumerate(value)} if isinstance(value, list) else {}


def _text(value: Any) -> str:
    return _NOTHING if value is None else str(value)
