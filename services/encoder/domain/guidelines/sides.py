"""Which side of the body a code says, and the codes that differ from it in nothing else.

Nothing publishes this, but the wording is regular: codes of a family differ in one character and in the word for the
side. A family is known by a pair whose descriptions are the same but for `right` and `left`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from services.encoder.domain.guidelines.tabular_list import title
from shared.tables import Tables, icd10

Side = Literal["right", "left", "bilateral", "unspecified"]

_KEPT = 8192
_NONE: Mapping[Side, str] = MappingProxyType({})
_SIDE_WORDS: tuple[Side, ...] = ("right", "left", "bilateral")
_WORD = re.compile(r"[a-z]+")
_PASSED_OVER = {
    "of",
    "and",
    "the",
    "unilateral",
    "unspecified",
    "bilateral",
    "right",
    "left",
    "side",
    "joint",
    "joints",
}
_MAY_BE_SIDED = re.compile(r"right|left|bilateral|unspecified", re.IGNORECASE)
_UNILATERAL = "unilateral"
_CATEGORY = 3
_BEFORE_SEVENTH = 6
_MOST_OF_CATEGORY = 200


@lru_cache(maxsize=_KEPT)
def side_of(tables: Tables, code: str, day: date) -> Side | None:
    """The side that a code says; `unspecified` where a code of its family says one; None where sides are no matter."""
    words = set(_WORD.findall(title(tables, code, day).lower()))
    for side in _SIDE_WORDS:
        if side in words:
            return side
    return "unspecified" if family(tables, code, day).get("unspecified") == code else None


@lru_cache(maxsize=_KEPT)
def family(tables: Tables, code: str, day: date) -> Mapping[Side, str]:
    """The codes of one condition by their side, the code itself among them; empty where the side is no matter."""
    if not _MAY_BE_SIDED.search(title(tables, code, day)):
        return _NONE
    for place in _places(code):
        titles = dict(_variants(tables, code, place, day))
        for right, wording in titles.items():
            mirrored = re.sub(r"\bright\b", "left", wording)
            left = next((one for one, other in titles.items() if other == mirrored and one != right), None)
            if left is not None:
                found = _complete(tables, right, left, titles, day)
                if code in found.values():
                    return MappingProxyType(found)
    return _NONE


def _places(code: str) -> range:
    """The characters that may say the side; the seventh does in eye diseases of diabetes, where it is a digit."""
    whole = len(code) > _BEFORE_SEVENTH and code[_BEFORE_SEVENTH].isdecimal()
    return range(_CATEGORY, len(code) if whole else min(len(code), _BEFORE_SEVENTH))


def on_opposite_sides(tables: Tables, first: str, second: str, day: date) -> bool:
    """Whether one code says right and the other left."""
    return {side_of(tables, first, day), side_of(tables, second, day)} == {"right", "left"}


def _variants(tables: Tables, code: str, place: int, day: date) -> Iterator[tuple[str, str]]:
    for character in "1234567890":
        variant = f"{code[:place]}{character}{code[place + 1 :]}"
        if wording := title(tables, variant, day):
            yield variant, wording


def _complete(tables: Tables, right: str, left: str, titles: Mapping[str, str], day: date) -> dict[Side, str]:
    """With the codes for both sides and for no side that say the same otherwise."""
    found: dict[Side, str] = {"right": right, "left": left}
    said = _said(titles[right])
    for code, wording in titles.items():
        words = wording.lower()
        if "bilateral" in words and _said(wording) <= said:
            found.setdefault("bilateral", code)
        elif "unspecified" in words and code not in (right, left) and _said(wording) == said:
            found.setdefault("unspecified", code)
    if "bilateral" not in found and _UNILATERAL in titles[right].lower():
        found.update(_bilateral(tables, right[:_CATEGORY], said, day))
    return found


def _bilateral(tables: Tables, category: str, said: frozenset[str], day: date) -> Iterator[tuple[Side, str]]:
    """Where one-sided codes are a subcategory of their own (M17.11), the bilateral code stands beside it (M17.0)."""
    for entry in icd10.starting_with(tables, "icd10cm", category, day, limit=_MOST_OF_CATEGORY):
        wording = entry.description or ""
        if wording.startswith("Bilateral") and _said(wording) == said:
            yield "bilateral", entry.code
            return


def _said(wording: str) -> frozenset[str]:
    """The words of a description but for sides and small words, without the plural that both sides ask for."""
    return frozenset(_singular(word) for word in _WORD.findall(wording.lower()) if word not in _PASSED_OVER)


def _singular(word: str) -> str:
    return f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s")
