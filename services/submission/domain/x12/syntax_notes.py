"""X12's syntax notes: which elements of a segment go together (`parameters/segment_syntax.yaml`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from services.submission.parameters import parameter
from shared.x12 import Segment

_RELEASE_5010 = date(2012, 1, 1)


@dataclass(frozen=True, slots=True)
class SyntaxNote:
    """`P0809`: a condition on some elements of a segment, by their numbers."""

    condition: str
    elements: tuple[int, ...]

    def __str__(self) -> str:
        return self.condition + "".join(f"{number:02d}" for number in self.elements)

    def broken_at(self, segment: Segment) -> int | None:
        """The element that must be there and is not, or of E one that must not be there; None where it holds."""
        first, *others = self.elements
        missing = [number for number in self.elements if not segment[number]]
        present = len(self.elements) - len(missing)
        match self.condition:
            case "P":
                return missing[0] if missing and present else None
            case "R":
                return first if not present else None
            case "E":
                return next(number for number in reversed(self.elements) if segment[number]) if present > 1 else None
            case "C":
                return missing[0] if segment[first] and missing else None
        return others[0] if segment[first] and present == 1 else None


@cache
def syntax_notes(segment_id: str) -> tuple[SyntaxNote, ...]:
    """Those of a segment, none where it has none."""
    written = parameter("segment_syntax").on(_RELEASE_5010).get(segment_id, ())
    return tuple(
        SyntaxNote(note[0], tuple(int(note[at : at + 2]) for at in range(1, len(note), 2))) for note in written
    )
