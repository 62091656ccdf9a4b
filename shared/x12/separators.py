"""The four characters that hold an interchange together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass

from shared.x12.errors import X12Error

_CANDIDATES = {
    "element": "*|!{",
    "component": ":><}",
    "repetition": "^`_%",
    "segment": "~\\]$",
}
"""What trading partners use, the customary one first (005010X222A1 appendix B.1.1.2.5, and real files)."""


@dataclass(frozen=True, slots=True)
class Separators:
    """`repetition` is ISA11 of 00501; "" where an older version says U there."""

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    segment: str = "~"

    def __post_init__(self) -> None:
        used = [mark for mark in astuple(self) if mark]
        if len(set(used)) != len(used) or any(len(m) != 1 or m.isalnum() or m == " " for m in used):
            raise X12Error("separators", "separators must be four different characters, no letter, digit or blank")

    @classmethod
    def absent_from(cls, text: str) -> Separators:
        """Separators that do not occur in `text`. Raises X12Error when every candidate does."""
        return cls(**{role: _first_absent(role, candidates, text) for role, candidates in _CANDIDATES.items()})

    def __iter__(self) -> Iterator[str]:
        return iter(astuple(self))


def _first_absent(role: str, candidates: Iterable[str], text: str) -> str:
    for candidate in candidates:
        if candidate not in text:
            return candidate
    raise X12Error("separators", f"every character that could be the {role} separator stands in the data")
