"""How a condition is meant where a sentence mentions it."""

from __future__ import annotations

from bisect import bisect_right
from functools import cache

from services.encoder.domain.reading.cues import Says, find_cues, one_of, plain, word_list
from services.encoder.domain.reading.scopes import Scope, ScopeFinder
from services.encoder.domain.reading.traits import Assertion, Cue, Section, Sentence, Trait

_ORDER = (
    (Says.RULED_OUT, Trait.RULED_OUT),
    (Says.ABSENT, Trait.ABSENT),
    (Says.FAMILY, Trait.FAMILY),
    (Says.PLANNED, Trait.PLANNED),
    (Says.HISTORICAL, Trait.HISTORICAL),
    (Says.HISTORY, Trait.HISTORICAL),
    (Says.RESOLVED, Trait.ABSENT),
    (Says.POSSIBLE, Trait.POSSIBLE),
)
"""Which cue decides where several speak of one mention: no family history of cancer is an absent family history."""

_CHRONIC = one_of(word_list("chronic_conditions"), beginnings=True)
_REPORTED = one_of(word_list("reported_though_resolved"), beginnings=True)


class Assertions:
    """The cues of one sentence, found once, for all of its mentions."""

    __slots__ = ("_scopes", "_sentence", "_shifts", "_text")

    def __init__(self, sentence: Sentence) -> None:
        self._sentence = sentence
        text = plain(sentence.text)
        self._shifts: list[int] = []
        if "  " in text:
            text = self._without_runs(text)
        self._text = text
        cues = find_cues(text)
        self._scopes = ScopeFinder(text, cues).scopes() if cues else []

    def of(self, start: int, end: int) -> Assertion:
        """The assertion of the mention at these offsets into the document, the end exclusive.

        Cues within the mention are part of its name and say nothing of it.
        """
        low, high = self._at(start - self._sentence.start), self._at(end - self._sentence.start)
        over = [scope for scope in self._scopes if _speaks_of(scope, low, high)]
        section = _section_says().get(self._sentence.section)
        if not over and section is None:
            return _PRESENT
        said = {scope.says for scope in over}
        if section is not None and said.isdisjoint(_SPEAK_FOR_THEMSELVES):
            said.add(section)
        return self._decided(said, over, self._text[low:high])

    def _decided(self, said: set[Says], over: list[Scope], mention: str) -> Assertion:
        wording = _first(said)
        taken = said - {Says.ONGOING}
        if Says.HISTORY in said and (Says.ONGOING in said or _CHRONIC.search(mention)):
            taken.discard(Says.HISTORY)
        if Says.RESOLVED in said and _REPORTED.search(mention):
            taken.discard(Says.RESOLVED)
        trait = _first(taken)
        cues = [scope for scope in over if _TRAITS.get(scope.says) in (trait, wording)]
        return Assertion(trait, tuple(self._cue(scope) for scope in cues), wording)

    def _cue(self, scope: Scope) -> Cue:
        at = self._sentence.start
        start, end = self._back(scope.cue.start), self._back(scope.cue.end - 1) + 1
        return Cue(at + start, at + end, self._sentence.text[start:end])

    def _without_runs(self, text: str) -> str:
        """With one space for each run; `_shifts` keeps where each space that is gone stood."""
        kept: list[str] = []
        before = ""
        for place, letter in enumerate(text):
            if letter == " " == before:
                self._shifts.append(place)
            else:
                kept.append(letter)
            before = letter
        return "".join(kept)

    def _at(self, offset: int) -> int:
        """From an offset into the sentence to one into its text without runs of blanks."""
        return offset - bisect_right(self._shifts, offset - 1) if self._shifts else offset

    def _back(self, offset: int) -> int:
        for shift in self._shifts:
            if shift > offset:
                break
            offset += 1
        return offset


def assertion(sentence: Sentence, start: int, end: int) -> Assertion:
    """The assertion of one mention; offsets into the document, the end exclusive."""
    return Assertions(sentence).of(start, end)


_PRESENT = Assertion()
_TRAITS = dict(_ORDER)
_SPEAK_FOR_THEMSELVES = frozenset({Says.ABSENT, Says.RULED_OUT, Says.FAMILY, Says.PLANNED, Says.HISTORICAL})
"""Cues beside which the section has nothing to say."""


def _speaks_of(scope: Scope, low: int, high: int) -> bool:
    """A cue within the mention is part of its name; one that only reaches into it, such as `no history of`, is not."""
    if scope.cue.start < low < scope.cue.end < high:
        return scope.low <= scope.cue.end < scope.high
    if scope.cue.start < high and scope.cue.end > low:
        return False
    return scope.low <= low < scope.high if scope.cue.end <= low else scope.low < high <= scope.high


def _first(said: set[Says]) -> Trait:
    return next((trait for says, trait in _ORDER if says in said), Trait.PRESENT)


@cache
def _section_says() -> dict[Section, Says]:
    """What a section says of the conditions in it."""
    traits = word_list("sections")["traits"]
    return {Section(section): Says(says) for section, says in traits.items()}
