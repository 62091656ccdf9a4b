"""The codes that a note of the ICD-10-CM tabular list names, as ranges that a code can be tested against.

Notes name codes in brackets behind what they mean: `(E08-E13)`, `(F17.-)`, `(I69.01-I69.11-, I69.8-)`, and with a
condition on characters: `(T36-T50 with fifth or sixth character 5)`, `(E08-E13 with .51-.52)`. A few notes name them in
the sentence: `as classified in M75-M77`. The conventions of the classification (ICD-10-CM Official Guidelines, section
I.A.6 and I.A.7: dashes, brackets) say that a code stands for everything below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

LAST = 0
"""For `Ending.at`: the last character before the seventh, placeholders X passed over."""
_FINAL = 6
_OPEN_FRACTURE = ("B", "C", "E", "F", "H", "J", "M", "N", "Q", "R")
"""The seventh characters of encounters for an open fracture, as S52 and its like define them."""


class Ending(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A condition on the characters of a code."""

    at: int
    """The character that `text` begins at, counted from 1 without the dot; `LAST`: `text` ends the code."""
    text: str

    def holds_for(self, code: str) -> bool:
        """`code` without its dot."""
        if self.at == LAST:
            return code[:_FINAL].rstrip("X").endswith(self.text)
        return code.startswith(self.text, self.at - 1)


class CodeRange(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Codes from `first` to `last` with all below both, without dots. Where they are equal, one code and all below."""

    first: str
    last: str
    endings: tuple[Ending, ...] = ()
    """Where there are any, one of them must hold."""

    def covers(self, code: str) -> bool:
        """Whether the range takes in a code, given in capitals without its dot."""
        if self.first <= code and code[: len(self.last)] <= self.last:
            return not self.endings or any(ending.holds_for(code) for ending in self.endings)
        return False


_CODE = r"(?<![A-Za-z0-9.])(?:[A-Z]\d[0-9A-Z]|[A-Z]A\d(?=\.))(?:\.[0-9A-Z]{1,4})?(?![0-9A-Za-z])"
_DASH = r"(?:\.?-|\.(?!\d))?"
_ITEM = re.compile(rf"(?P<first>{_CODE})(?:(?:\.?-)?\s*(?:-|to\s)\s*(?P<last>{_CODE}))?{_DASH}")
_BETWEEN = re.compile(r"i\.e\.\s*|(?:\s*[,;.]|\s+and\b|\s+or\b)*\s*")
_CONDITION = re.compile(r",?\s*with\s+(?P<condition>.+)$")
_GROUP = re.compile(r"\(([^()]*)\)")
_CODE_ANYWHERE = re.compile(_CODE)

_PLACES = {
    "fifth or sixth": (LAST,),
    "fifth or six": (LAST,),
    "final": (LAST,),
    "fifth to sixth": (5,),
    "fifth": (5,),
    "5th": (5,),
    "sixth": (6,),
    "6th": (6,),
    "seventh": (7,),
    "7th": (7,),
}
_AT_PLACE = re.compile(rf"(?P<place>{'|'.join(_PLACES)})[ -]characters?\s+(?P<values>.+)$")
_AFTER_CATEGORY = re.compile(r"(?:final characters\s+)?(?P<values>\.\d.*)$")
_ANY_INTENT = re.compile(r"fifth or sixth character to indicate intent$")
_VALUES_APART = re.compile(r"\s*(?:,|\.\s|\bor\b|\s)\s*")
_VALUE = re.compile(r"[.-]?(?P<first>[0-9A-Z]+)(?:-\.?(?P<last>[0-9A-Z]*))?$")

_IN_A_SENTENCE = re.compile(
    rf"(?P<lead>\b(?:in|to|from|categor(?:y|ies)|codes?|and|or)\s|,\s)?(?P<item>{_ITEM.pattern})"
)


def groups_naming_codes(text: str) -> list[str]:
    """What stands in brackets in a note and holds something of the shape of a code."""
    return [group for group in _GROUP.findall(text) if _CODE_ANYWHERE.search(group)]


def named_codes(text: str, *, in_sentences: bool = False) -> tuple[CodeRange, ...]:
    """The codes that a note names in brackets, in their order; none where it names none or in words only.

    With `in_sentences`, a note without any in brackets is read for codes in its sentence, as notes that point to other
    codes (excludes, code first, use additional code) have them.
    """
    groups = groups_naming_codes(text)
    if not groups and in_sentences and "for codes" not in text:
        return tuple(_in_sentence(_GROUP.sub("", text)))
    return tuple(found for group in groups for found in ranges_in(group) or ())


def ranges_in(group: str) -> tuple[CodeRange, ...] | None:
    """The ranges of one bracket; None where it says something else or more than ranges and a known condition."""
    condition = _CONDITION.search(group)
    items = _items(group[: condition.start()] if condition else group)
    endings = _endings(condition["condition"].strip()) if condition else ()
    if not items or endings is None:
        return None
    return tuple(CodeRange(first, last, endings) for first, last in items)


def _items(text: str) -> list[tuple[str, str]] | None:
    """First and last code of each range; None where the text is not a list of ranges."""
    found: list[tuple[str, str]] = []
    at = 0
    text = text.strip()
    while at < len(text):
        gap = _BETWEEN.match(text, at)
        item = _ITEM.match(text, gap.end() if gap else at)
        if item is None:
            return found if gap and gap.end() == len(text) and found else None
        found.append(_ends(item))
        at = item.end()
    return found


def _ends(item: re.Match[str]) -> tuple[str, str]:
    first = item["first"].replace(".", "")
    return first, (item["last"] or first).replace(".", "")


def _endings(condition: str) -> tuple[Ending, ...] | None:
    """What a condition asks of a code; empty for one that every code fulfils, None for one that is not understood."""
    if _ANY_INTENT.match(condition):
        return ()
    if condition == "open fracture 7th character":
        return tuple(Ending(7, character) for character in _OPEN_FRACTURE)
    if after := _AFTER_CATEGORY.match(condition):
        return _at((4,), after["values"])
    if placed := _AT_PLACE.match(condition):
        return _at(_PLACES[placed["place"]], placed["values"])
    return None


def _at(places: tuple[int, ...], values: str) -> tuple[Ending, ...] | None:
    endings: list[Ending] = []
    for value in _VALUES_APART.split(values.strip()):
        read = _VALUE.match(value)
        if read is None:
            return None
        first, last = read["first"], read["last"] or read["first"]
        texts = _counted(first, last) if first != last else [first]
        endings += [Ending(place, text) for place in places for text in texts]
    return tuple(endings)


def _counted(first: str, last: str) -> list[str]:
    """Every number from `first` to `last`, as wide as they are written."""
    if not (first.isdecimal() and last.isdecimal()):
        return [first, last]
    return [str(number).zfill(len(first)) for number in range(int(first), int(last) + 1)]


def _in_sentence(text: str) -> Iterator[CodeRange]:
    """Codes with a dot or dash, or behind a word that leads to codes: `vitamin B12` is none of them."""
    for match in _IN_A_SENTENCE.finditer(text):
        written = match["item"]
        if match["lead"] or "." in written or "-" in written:
            if " with " in text[match.end() :]:
                yield from ranges_in(text[match.start("item") :]) or ()
                return
            yield CodeRange(*_ends(match))
