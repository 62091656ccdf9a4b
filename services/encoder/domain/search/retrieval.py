"""Which codes may be meant: those that say most of what is asked, found by the lists of the words' codes.

Rare words first. Once their lists have filled the budget, the common words that are left only tell the found codes
apart: nobody who asks for a fracture of the hamate needs every fracture.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import NamedTuple

from services.encoder.domain.search.names import Names

_BUDGET = 4_000
"""Entries of the words' lists that are read for a question before common words only tell apart."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A word of the question: the terms that it may be, any of which answers it."""

    word: str
    terms: tuple[int, ...]
    """None where no name of the code set says it."""
    weight: float
    """Its rarity as a share of that of all the words."""


class Question:
    """What is asked of one code set. Which slots something answers is a mask: slot 0 is bit 1, slot 1 bit 2 …"""

    def __init__(self, slots: Sequence[Slot], total: float) -> None:
        self.slots = slots
        self.total = total
        """The rarity of its words together."""
        self.bits: dict[int, int] = {}
        """The slot that a term answers, as a mask."""
        for place, slot in enumerate(slots):
            for term in slot.terms:
                self.bits.setdefault(term, 1 << place)
        self._weights: dict[int, float] = {}

    @classmethod
    def of(cls, names: Names, words: Sequence[str], meant: Sequence[Iterable[str]]) -> Question:
        """`meant`: for each word the terms that it may be."""
        terms = [tuple(number for term in each if (number := names.numbers.get(term)) is not None) for each in meant]
        rarities = [min((names.rarity[term] for term in each), default=names.unknown_rarity) for each in terms]
        total = sum(rarities)
        return cls([Slot(*slot) for slot in zip(words, terms, (each / total for each in rarities), strict=True)], total)

    def weight(self, mask: int) -> float:
        """The share of the question that these slots are."""
        known = self._weights.get(mask)
        if known is None:
            known = sum(slot.weight for place, slot in enumerate(self.slots) if mask >> place & 1)
            self._weights[mask] = known
        return known


def retrieve(names: Names, question: Question, limit: int) -> dict[int, int]:
    """At most `limit` codes that say something of what is asked, the most of it, with the mask of what each says."""
    order = sorted(range(len(question.slots)), key=lambda place: _length(names, question.slots[place].terms))
    masks: dict[int, int] = {}
    spent = 0
    late: list[int] = []
    for place in order:
        slot = question.slots[place]
        length = _length(names, slot.terms)
        if masks and spent + length > _BUDGET:
            late.append(place)
            continue
        spent += length
        bit = 1 << place
        for term in slot.terms:
            for code in names.term_codes[names.codes_of[term] : names.codes_of[term + 1]]:
                masks[code] = masks.get(code, 0) | bit
    found = _preselected(names, question, masks, limit)
    for place in late:
        _add_late(names, question.slots[place].terms, 1 << place, found)
    return found


def mask_of(names: Names, question: Question, first: int, end: int) -> int:
    """What the codes from `first` up to but not `end` say of the question between them."""
    mask, codes = 0, names.term_codes
    for term, bit in question.bits.items():
        if not mask & bit:
            high = names.codes_of[term + 1]
            place = bisect_left(codes, first, names.codes_of[term], high)
            if place < high and codes[place] < end:
                mask |= bit
    return mask


class Below(NamedTuple):
    """What the codes of one beginning say of the question between them, each word by its weight."""

    said: float
    share: float
    """How much of the codes that say a word are among them."""
    mass: float
    """The more of them say a word, the more, up to the word's weight."""


def said_below(names: Names, question: Question, first: int, end: int) -> Below:
    """What the codes from `first` up to but not `end` say of the question."""
    said = shared = mass = 0.0
    codes_of, term_codes = names.codes_of, names.term_codes
    for slot in question.slots:
        inside = total = 0
        for term in slot.terms:
            low, high = codes_of[term], codes_of[term + 1]
            begin = bisect_left(term_codes, first, low, high)
            inside += bisect_left(term_codes, end, begin, high) - begin
            total += high - low
        if inside:
            said += slot.weight
            shared += slot.weight * inside / (total + _FEW)
            mass += slot.weight * inside / (inside + _SOME)
    return Below(said, shared, mass)


_FEW = 2
"""A word that only one or two codes say proves less."""
_SOME = 4
"""So many codes of a beginning that say a word prove half of what all could."""


def _length(names: Names, terms: Iterable[int]) -> int:
    return sum(names.codes_of[term + 1] - names.codes_of[term] for term in terms)


def _preselected(names: Names, question: Question, masks: Mapping[int, int], limit: int) -> dict[int, int]:
    """Those that say most; of those that say the same, the ones with the shortest name."""
    by_mask: defaultdict[int, list[int]] = defaultdict(list)
    for code, mask in masks.items():
        by_mask[mask].append(code)
    found: dict[int, int] = {}
    for mask in sorted(by_mask, key=lambda mask: (-question.weight(mask), mask)):
        codes, room = by_mask[mask], limit - len(found)
        if len(codes) > room:
            codes = nsmallest(room, codes, key=names.lightest.__getitem__)
        found.update(dict.fromkeys(codes, mask))
        if len(found) >= limit:
            break
    return found


def _add_late(names: Names, terms: Iterable[int], bit: int, found: dict[int, int]) -> None:
    for term in terms:
        low, high = names.codes_of[term], names.codes_of[term + 1]
        for code in found:
            place = bisect_right(names.term_codes, code, low, high)
            if place > low and names.term_codes[place - 1] == code:
                found[code] |= bit
