"""Pieces of a claim document in the making: which element goes into which field, and where each value came from.

A value that is not what its element should hold is put into the document all the same (`MISREAD`, or as it came): the
model refuses it, and the fault is told with the element that it came from. Nothing is dropped on the way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from services.submission.domain.x12.reading.faults import Placed

Take: TypeAlias = "Callable[[Part, Placed], None]"
"""Puts what a segment says into a part of the document."""


class Part(dict[str, Any]):
    """An object of the claim document, with the element that each of its fields came from."""

    __slots__ = ("begin", "origins")

    def __init__(self, begin: Placed) -> None:
        super().__init__()
        self.begin = begin
        """The segment that the object begins with."""
        self.origins: dict[str, tuple[Placed, str]] = {}

    def put(self, field: str, value: Any, placed: Placed, element: str) -> None:
        self[field] = value
        self.origins[field] = (placed, element)

    def add(self, field: str, value: Any) -> None:
        """One more in a list."""
        self.setdefault(field, []).append(value)

    def child(self, field: str, placed: Placed) -> Part:
        """The object of that name within this one; a new one where there is none yet."""
        found: Part | None = self.get(field)
        if found is None:
            found = self[field] = Part(placed)
        return found

    def copy(self) -> Part:
        """Another object with the same values; what stands within is shared."""
        copied = Part(self.begin)
        copied.update(self)
        copied.origins.update(self.origins)
        return copied


class _Misread:
    """Stands for text that is not of the type of its element: no model takes it."""

    def __repr__(self) -> str:
        return "MISREAD"


MISREAD = _Misread()

_NUMBER = re.compile(r"-?(\d+\.?\d*|\.\d+)")
_MOST_DIGITS = 18


@lru_cache(maxsize=4096)
def day(text: str) -> object:
    """CCYYMMDD."""
    if len(text) == 8 and text.isdecimal():
        try:
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
        except ValueError:
            pass
    return MISREAD


def number(text: str) -> object:
    """X12 type R or N0."""
    return Decimal(text) if len(text) <= _MOST_DIGITS and _NUMBER.fullmatch(text) else MISREAD


def whole(text: str) -> object:
    return int(text) if len(text) <= _MOST_DIGITS and text.isdecimal() else MISREAD


def yes_or_no(text: str) -> object:
    return {"Y": True, "N": False}.get(text, MISREAD)


class Element(NamedTuple):
    """One element and the field that it fills. `component` is 0 where the element is no composite."""

    field: str
    number: int
    component: int
    read: Callable[[str], object] | None
    name: str


def element(field: str, name: str, read: Callable[[str], object] | None = None) -> Element:
    """`name` as the guides write it: NM103, SV101-2."""
    whole_name, _, component = name.partition("-")
    return Element(field, int(whole_name[-2:]), int(component or 0), read, name)


def fill(part: Part, placed: Placed, elements: Sequence[Element]) -> None:
    """The fields of `elements` that the segment has a value for."""
    segment = placed.segment
    texts, origins = segment.elements, part.origins
    last = len(texts)
    for field, place, component, read, name in elements:
        if place <= last and (value := texts[place - 1]):
            if component and not (value := segment.component(place, component)):
                continue
            part[field] = read(value) if read is not None else value
            origins[field] = (placed, name)


def fields(*elements: Element) -> Take:
    """A segment whose elements are fields of the object."""

    def take(part: Part, placed: Placed) -> None:
        fill(part, placed, elements)

    return take


def within(path: str, take: Take) -> Take:
    """The same in an object within the object, given by the names of fields: `coverage.payer`."""
    steps = path.split(".")

    def take_within(part: Part, placed: Placed) -> None:
        for step in steps:
            part = part.child(step, placed)
        take(part, placed)

    return take_within


def each(field: str, *elements: Element) -> Take:
    """A segment that is one more object of a list."""

    def take(part: Part, placed: Placed) -> None:
        one = Part(placed)
        fill(one, placed, elements)
        part.add(field, one)

    return take


def each_value(field: str, name: str) -> Take:
    """A segment with one more value of a list."""
    place = element(field, name).number

    def take(part: Part, placed: Placed) -> None:
        part.add(field, placed.segment[place])

    return take


def reference(field: str) -> Take:
    """REF02."""
    return fields(element(field, "REF02"))


def amount(field: str) -> Take:
    """AMT02."""
    return fields(element(field, "AMT02", number))


def date_of(field: str) -> Take:
    """DTP03 of one day."""

    def take(part: Part, placed: Placed) -> None:
        value = day(placed.segment[3]) if placed.segment[2] == "D8" else MISREAD
        part.put(field, value, placed, "DTP03")

    return take


def span_of(begin: str, end: str) -> Take:
    """DTP03 of one day (D8), which is the begin, or of several (RD8)."""

    def take(part: Part, placed: Placed) -> None:
        segment = placed.segment
        if segment[2] == "RD8":
            first, dash, last = segment[3].partition("-")
            part.put(begin, day(first) if dash else MISREAD, placed, "DTP03")
            part.put(end, day(last), placed, "DTP03")
        else:
            part.put(begin, day(segment[3]) if segment[2] == "D8" else MISREAD, placed, "DTP03")

    return take
