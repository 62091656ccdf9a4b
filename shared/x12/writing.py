"""Segments in the making. Their separators are chosen last, when the whole text is known and none can stand in it.

Until then four marks hold the text together: lone surrogates, which no JSON document and no pydantic model can hold.
"""

from __future__ import annotations

import re
from typing import Final

from shared.x12.characters import ALLOWED, CharacterSet, transliterate
from shared.x12.errors import X12Error
from shared.x12.separators import Separators

ELEMENT: Final = "\ud800"
COMPONENT: Final = "\ud801"
SEGMENT: Final = "\ud802"

_BLANKS_AT_ENDS = re.compile(f" +(?=[{ELEMENT}-{SEGMENT}])|(?<=[{ELEMENT}-{SEGMENT}]) +")
_EMPTY_AT_END = re.compile(f"[{ELEMENT}{COMPONENT}]+(?={SEGMENT})|{COMPONENT}+(?={ELEMENT})")
_FOREIGN = {name: re.compile(f"[^{allowed}{ELEMENT}-{SEGMENT}]") for name, allowed in ALLOWED.items()}
_PIECES = re.compile(f"([{ELEMENT}-{SEGMENT}])")


def segment(*elements: str) -> str:
    """One segment, its id first. Absent elements are "", and none are left standing at its end."""
    return ELEMENT.join(elements).rstrip(ELEMENT) + SEGMENT


def composite(*components: str) -> str:
    """One composite element. Absent components are "", and none are left standing at its end."""
    return COMPONENT.join(components).rstrip(COMPONENT)


def count_segments(text: str) -> int:
    return text.count(SEGMENT)


def normalised(text: str, character_set: CharacterSet) -> str:
    """`text` in the character set, without blanks at the ends of elements or empty elements at the ends of segments.

    Raises X12Error (`character`) for a character that has no counterpart; the message names the segment and element.
    """
    if _FOREIGN[character_set].search(text):
        text = "".join(_in_set(piece, character_set) for piece in _PIECES.split(text))
        _refuse_what_is_left(text, character_set)
    if _has_blanks_at_ends(text):
        text = _EMPTY_AT_END.sub("", _BLANKS_AT_ENDS.sub("", text))
    return text


def separated(text: str, separators: Separators) -> bytes:
    """The text with its real separators. Raises X12Error (`separators`) where one of them stands in the data."""
    if any(mark and mark in text for mark in separators):
        raise X12Error("separators", "a separator stands in the data")
    for mark, character in ((ELEMENT, separators.element), (COMPONENT, separators.component)):
        text = text.replace(mark, character)
    return text.replace(SEGMENT, separators.segment).encode("ascii")


def _has_blanks_at_ends(text: str) -> bool:
    return any(f" {mark}" in text or f"{mark} " in text for mark in (ELEMENT, COMPONENT, SEGMENT))


def _in_set(piece: str, character_set: CharacterSet) -> str:
    return piece if ELEMENT <= piece <= SEGMENT else transliterate(piece, character_set)


def _refuse_what_is_left(text: str, character_set: CharacterSet) -> None:
    found = _FOREIGN[character_set].search(text)
    if found:
        begin = text.rfind(SEGMENT, 0, found.start()) + 1
        name, *elements = text[begin : found.start()].split(ELEMENT)
        raise X12Error("character", f"{name}{len(elements):02d} holds a character outside the {character_set} set")
