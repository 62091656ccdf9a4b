"""Segments in the making. Their separators are chosen last, when the whole text is known and none can stand in it.

Until then three marks hold the text together: lone surrogates, which no JSON document and no pydantic model can hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from shared.x12.characters import ALLOWED, CharacterSet, in_set, transliterate
from shared.x12.errors import X12Error
from shared.x12.separators import Separators

ELEMENT: Final = "\ud800"
COMPONENT: Final = "\ud801"
SEGMENT: Final = "\ud802"

_PRINTED = str.maketrans({"*": ELEMENT, ":": COMPONENT, "~": SEGMENT})

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


def form(printed: str) -> Callable[..., str]:
    """Segments as the guides print them, `{}` where a value goes: `ref_line = form("REF*6R*{}~")`, `ref_line(number)`.

    The quick way to a segment whose last element is there: unlike `segment`, it leaves no element out. What comes back
    takes as many values as there are places.
    """
    values = [f"value{place}" for place in range(printed.count("{}"))]
    text = marked(printed).format(*[f"{{{value}}}" for value in values])
    # Compiled as an f-string, which is twice as quick as `%` and `format`; `printed` is a constant of the program.
    function: Callable[..., str] = eval(f"lambda {', '.join(values)}: f{text!r}")  # noqa: S307
    return function


def marked(printed: str) -> str:
    """Text as the guides print it, with the marks in the place of its separators."""
    return printed.translate(_PRINTED)


def count_segments(text: str) -> int:
    return text.count(SEGMENT)


def separated(text: str, character_set: CharacterSet) -> tuple[bytes, Separators]:
    """The text with real separators, which do not stand in it, and in its character set; and the separators.

    No blanks stand at the ends of elements, no empty elements at the ends of segments. Raises X12Error: `character` for
    a character that has no counterpart in the set, the message naming segment and element; `separators` where the text
    holds every character that could be one.
    """
    separators = Separators.absent_from(text)
    content = _with_separators(text, separators)
    if in_set(content, character_set, "".join(separators)) and not _has_blanks_at_ends(content, separators):
        return content, separators
    text = _normalised(text, character_set)
    separators = Separators.absent_from(text)
    return _with_separators(text, separators), separators


def _with_separators(text: str, separators: Separators) -> bytes:
    plain = text.replace(ELEMENT, separators.element)
    return plain.replace(COMPONENT, separators.component).replace(SEGMENT, separators.segment).encode()


def _has_blanks_at_ends(content: bytes, separators: Separators) -> bool:
    marks = re.escape(separators.element + separators.component + separators.segment)
    # It begins with the blank, for which the regular expression engine has a loop of its own; blanks are few.
    return re.search(f" (?:[{marks}]|(?<=[{marks}] ))".encode(), content) is not None


def _normalised(text: str, character_set: CharacterSet) -> str:
    spelt = "".join(_in_set(piece, character_set) for piece in _PIECES.split(text))
    if found := _FOREIGN[character_set].search(spelt):
        begin = spelt.rfind(SEGMENT, 0, found.start()) + 1
        name, *elements = spelt[begin : found.start()].split(ELEMENT)
        raise X12Error("character", f"{name}{len(elements):02d} holds a character outside the {character_set} set")
    return _EMPTY_AT_END.sub("", _BLANKS_AT_ENDS.sub("", spelt))


def _in_set(piece: str, character_set: CharacterSet) -> str:
    return piece if ELEMENT <= piece <= SEGMENT else transliterate(piece, character_set)
