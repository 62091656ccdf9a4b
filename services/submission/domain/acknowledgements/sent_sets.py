"""A transaction set as it went out, in the blocks that a 999 can find fault with, and read back claim by claim.

A 999 counts segments as SE01 does, from ST as 1. A block begins with HL or CLM, the first with ST: what stands in the
header is of every claim, what stands in a level of all claims below it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, takewhile
from typing import Any

from services.submission.domain.x12.reading import Placed, ReceivedClaim, read_claims
from services.submission.domain.x12.reading.models import Path
from services.submission.domain.x12.reading.parts import Part
from shared.claims import Model, x12_location
from shared.x12 import Segment, Separators, read_blocks


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Segments `begin` to before `end`, by their positions in the set. `level` is HL03, "" of the header, or CLM."""

    level: str
    begin: int
    end: int
    above: tuple[Block, ...]
    """The blocks that it stands below, the header first."""
    patient_control_number: str = ""
    """CLM01 of a claim, else ""."""


class SentSet:
    """One transaction set of an interchange."""

    def __init__(self, envelope: Sequence[str], texts: Sequence[str], separators: Separators) -> None:
        """`texts` are the segments from ST to SE, `envelope` the ISA and GS before them."""
        self._envelope, self._texts, self._separators = envelope, texts, separators
        self._blocks = list(_blocks(texts, separators))
        self._begins = [block.begin for block in self._blocks]
        self.claims = [block for block in self._blocks if block.level == "CLM"]

    def segment(self, position: int) -> Segment | None:
        """None where the set has no such position."""
        return _segment(self._texts[position - 1], self._separators) if 0 < position <= len(self._texts) else None

    def claims_at(self, position: int) -> list[Block]:
        """The claims that a segment is of: its own claim, or all below its level. None behind the last segment."""
        block = self.block_at(position)
        if block is None:
            return []
        return [block] if block.level == "CLM" else [claim for claim in self.claims if block in claim.above]

    def block_at(self, position: int) -> Block | None:
        """None outside of the set."""
        is_inside = 0 < position <= len(self._texts)
        return self._blocks[bisect_right(self._begins, position) - 1] if is_inside else None

    def of(self, claim: Block) -> SentClaim:
        """The claim with all that stands above it, read back."""
        positions = [place for block in (*claim.above, claim) for place in range(block.begin, block.end)]
        texts = [self._texts[place - 1] for place in positions]
        end = self._separators.segment
        content = end.join((*self._envelope, *texts, "SE", "")).encode("latin-1")
        received = next(one for one in read_claims(content) if isinstance(one, ReceivedClaim))
        return SentClaim(received, positions)


def sent_set(content: bytes, control_number: str) -> SentSet | None:
    """The set with this ST02 of an interchange that we wrote. None where it holds none."""
    envelope: list[str] = []
    texts: list[str] = []
    for block in read_blocks(content):
        element = block.separators.element
        for text in block.texts:
            name = text.partition(element)[0]
            if name in ("ISA", "GS"):
                envelope.append(text)
            elif name == "ST":
                texts = [text] if text.split(element)[2:3] == [control_number] else []
            elif texts:
                texts.append(text)
                if name == "SE":
                    return SentSet(envelope, texts, block.separators)
    return None


def _blocks(texts: Sequence[str], separators: Separators) -> Iterator[Block]:
    openers = tuple(f"{name}{separators.element}" for name in ("HL", "CLM"))
    begins = [(number, text) for number, text in enumerate(texts, 1) if text.startswith(openers)]
    ends = [*(number for number, _ in begins[1:]), len(texts)]  # SE stands alone: it is no claim's
    first = begins[0][0] if begins else len(texts)
    above = [Block("", 1, first, ())]
    yield above[0]
    for (number, text), end in zip(begins, ends, strict=True):
        opener = _segment(text, separators)
        if opener.id == "CLM":
            yield Block("CLM", number, end, tuple(above), opener[1])
            continue
        above = [block for block in above if block.level < opener[3]]
        block = Block(opener[3], number, end, tuple(above))
        above.append(block)
        yield block


def _segment(text: str, separators: Separators) -> Segment:
    name, *elements = text.split(separators.element)
    return Segment(name, tuple(elements), separators)


@dataclass(frozen=True)
class SentClaim:
    """A claim as it was sent: which field each of its elements was."""

    received: ReceivedClaim
    positions: Sequence[int]
    """In the set, of each segment that was read."""

    def at(self, position: int, segment_id: str) -> Placed | None:
        """The segment of the claim, or of a level above it, that stands there; None where another or none does."""
        placed = self._placed.get(position)
        return placed if placed is not None and placed.segment.id == segment_id else None

    def loop(self, position: int) -> str:
        """Such as 2010AA; "" where no segment of the claim stands there."""
        return self._placed[position].loop if position in self._placed else ""

    def field(self, position: int, element: str) -> str | None:
        """JSON pointer to what an element (`NM109`, `SV101-2`) of a segment says, or would say.

        Of an element that is no field of its own, to what the segment speaks of. None where that is the claim as a
        whole, or nothing of it.
        """
        here = [(name, path) for place, name, path in self._origins if place == position]
        for is_meant in (_is(element), _holds(element), _beside(element)):
            if found := _shared(path for name, path in here if is_meant(name)):
                return self._pointer(found)
        holder = _shared(path for _, path in here)
        return self._pointer(self._unsaid(holder, self.loop(position), element) or holder)

    def part(self, position: int, loop: str) -> str | None:
        """JSON pointer to the object that a loop at or before a position speaks of."""
        places = {place for place, placed in self._placed.items() if placed.loop == loop and place <= position}
        return self._pointer(_shared(path for place, _, path in self._origins if place in places))

    def whole(self, position: int) -> str | None:
        """JSON pointer to what a segment as a whole speaks of."""
        return self._pointer(_shared(path for place, _, path in self._origins if place == position))

    def _unsaid(self, holder: Path, loop: str, element: str) -> Path:
        """The field of an object that the element would fill, by the marks of the model."""
        claim = self.received.claim
        if claim is None:
            return ()
        value: Any = claim
        for step in holder:
            value = value[step] if isinstance(step, int) else getattr(value, step, None)
        meant = element if holder else f"{loop}.{element}"
        paths = _fields(value, holder)
        return next((path for path in paths if f".{x12_location(type(claim), path)}".endswith(f".{meant}")), ())

    def _pointer(self, path: Path) -> str | None:
        """With `billed` in the place of the coverage that the claim went to."""
        document = self.received.document
        if not path or path[0] == "trace_number":  # REF*D9 is the id of the claim, which nobody corrects
            return None
        if path[0] == "coverages" and len(path) > 1 and isinstance(path[1], int):
            sequence = document["coverages"][path[1]].get("sequence")
            if sequence == document.get("billed_sequence"):
                path = ("coverages", "billed", *path[2:])
        return "".join(f"/{step}" for step in path)

    @cached_property
    def _placed(self) -> dict[int, Placed]:
        return {self._position(placed.position.segment): placed for placed in self.received.segments}

    @cached_property
    def _origins(self) -> list[tuple[int, str, Path]]:
        found = _origins(self.received.document, ())
        return [(self._position(number), element, path) for number, element, path in found]

    def _position(self, number: int) -> int:
        return self.positions[number - 1] if 0 < number <= len(self.positions) else 0


def _origins(value: Any, path: Path) -> Iterator[tuple[int, str, Path]]:
    """Position, element and path of every field that was read."""
    if isinstance(value, Part):
        yield value.begin.position.segment, "", path
        for name, (placed, element) in value.origins.items():
            yield placed.position.segment, element, (*path, name)
        yield from chain.from_iterable(_origins(inner, (*path, name)) for name, inner in value.items())
    elif isinstance(value, list):
        yield from chain.from_iterable(_origins(inner, (*path, number)) for number, inner in enumerate(value))


def _fields(value: Any, holder: Path) -> Iterator[Path]:
    """Every field of an object, then those of the objects within it."""
    names = list(type(value).model_fields) if isinstance(value, Model) else []
    yield from ((*holder, name) for name in names)
    for name in names:
        if isinstance(getattr(value, name), Model):
            yield from _fields(getattr(value, name), (*holder, name))


def _is(element: str) -> Callable[[str], bool]:
    """IK4 may name the first component of what is no composite."""
    return lambda name: name == element or element == f"{name}-1"


def _holds(element: str) -> Callable[[str], bool]:
    return lambda name: name.startswith(f"{element}-")


def _beside(element: str) -> Callable[[str], bool]:
    """Another component of the same composite."""
    return lambda name: name.startswith(f"{element.partition('-')[0]}-")


def _shared(paths: Iterable[Path]) -> Path:
    """What paths have in common. A patient who is the subscriber was said once: as the subscriber."""
    found = [path for path in paths if path != ("billed_sequence",)]  # the sequence of a coverage, said there too
    others = [path for path in found if path[:1] != ("patient",)]
    steps = takewhile(lambda alike: len(set(alike)) == 1, zip(*(others or found), strict=False))
    return tuple(alike[0] for alike in steps)
