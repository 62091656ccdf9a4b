"""Which words of a sentence a cue speaks of."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import msgspec

from services.encoder.domain.reading.cues import FoundCue, Meaning, Reach, Says, one_of, word_list


class Scope(msgspec.Struct, frozen=True, gc=False):
    """The stretch of a sentence that a cue speaks of; offsets into the sentence, the end exclusive."""

    low: int
    high: int
    says: Says
    cue: FoundCue


_HARD = re.compile(r";|[.!?] (?=\S)|(?<=\S):(?= )")
"""What no cue speaks across."""
_SENTENCE_END = re.compile(r";|[.!?] (?=\S)")
_NEAR = re.compile(r",|/(?= )| (?:for|with|after|before|during|from|until|and now|and is|and was|and has) ")
"""Where the phrase ends that an adjective such as `possible` or `prior` belongs to."""
_ELSE = re.compile(r"(?:^|[\s,(])[+](?=[a-z])|, with ")
"""What follows a denial or a history and is there: `+rales`, or what comes with the whole."""
_NEW_FINDING = re.compile(
    r", (?:\d\+|(?:mild|moderate|severe|trace|some|small|mildly|there) "
    r"|(?:\w+ ){1,2}(?:with|is|are|was|were|clear|soft)\b)"
)
"""After a comma, another finding rather than the next item of what is denied."""
_NOTHING_FOLLOWS = re.compile(
    r"\s*(?:$|[.,;)\]]|(?:by|on|via|after|at|per|during|and|or|but|today|this|x|to|given|because|due|as|based|since|in)\b)"
)
_END = re.compile(r"\s*[.;,)]*\s*$")
_NAMED_LAST = re.compile(r"\s*(?:$|[.,;)\]])")
_PRESENTED = re.compile(r"\b(?:present(?:s|ed)|admitted|seen|referred|consulted|came)\b")
_LAST_OF_LIST = re.compile(r"\s*(?:and|or|and/or|&)\b")
_CLAUSE = re.compile(r"\b(?:has|had|have|is|was|are|were|with|shows?|showed|revealed|complains|for|reports)\b")
_IN_WHOM = (" in", " in his", " in her", " in the", " in their", " in both", " in a", " of his", " of her", " of the")
"""Before a relative who has what was named."""
_NO = frozenset({"no", "without"})
_DENIALS = frozenset({Says.ABSENT, Says.RULED_OUT})
_PASTS = frozenset({Says.HISTORY, Says.HISTORICAL})

_relation_words = word_list("relation_words")
_TELLS = one_of(_relation_words["after"])
_TOLD_BY = re.compile(one_of(_relation_words["before"]).pattern + r"\s*$")


class ScopeFinder:
    """The scopes of the cues of one sentence, in `plain` form."""

    def __init__(self, text: str, cues: Sequence[FoundCue]) -> None:
        self._text = text
        self._cues = cues
        self._stops = [cue for cue in cues if cue.meanings[0].says is Says.STOP]

    def scopes(self) -> list[Scope]:
        return [
            scope
            for cue in self._cues
            for meaning in cue.meanings
            if meaning.says is not Says.STOP and meaning.says is not Says.NOTHING
            if (scope := self._scope(cue, meaning)) is not None
        ]

    def _scope(self, cue: FoundCue, meaning: Meaning) -> Scope | None:
        span = _SPANS[meaning.reach](self, cue, meaning.says)
        return None if span is None or span[0] >= span[1] else Scope(span[0], span[1], meaning.says, cue)

    def forward(self, cue: FoundCue, says: Says) -> tuple[int, int]:
        if says is Says.ABSENT and _END.match(self._text, cue.end):
            return self.backward(cue, says)
        high = self._hard_end(cue.end)
        for stop in self._cues:
            if stop.start < cue.end:
                continue
            if stop.start >= high:
                break
            if says is Says.FAMILY and stop.start <= cue.end + 3 and stop.meanings[0].reach is Reach.CLAUSE:
                continue  # the verb whose subject the relative is
            if self._ends(stop, says):
                high = stop.start
                break
        there = _ELSE.search(self._text, cue.end, high)
        if there is not None:
            high = there.start()
        if cue.words in _NO and " or " not in self._text[cue.end :]:
            finding = _NEW_FINDING.search(self._text, cue.end, high)
            high = high if finding is None else finding.start()
        return cue.end, high

    def near(self, cue: FoundCue, says: Says) -> tuple[int, int]:
        low, high = self.forward(cue, says)
        end = _NEAR.search(self._text, low, high)
        return low, high if end is None else end.start()

    def condition(self, cue: FoundCue, says: Says) -> tuple[int, int]:
        """Into the next clause, whose subject and verb do not end it, and over a colon: what a condition lists."""
        high = self._hard_end(cue.end, _SENTENCE_END)
        stops = (stop.start for stop in self._stops if stop.meanings[0].reach is Reach.ALWAYS)
        return cue.end, min((start for start in stops if cue.end <= start < high), default=high)

    def backward(self, cue: FoundCue, says: Says) -> tuple[int, int]:
        low = self._hard_start(cue.start)
        clause = low
        stop = next((stop for stop in reversed(self._stops) if low < stop.end <= cue.start), None)
        if stop is not None:
            low = stop.end
            clause = stop.start
        comma = self._text.rfind(",", low, cue.start - 2)
        if comma >= 0 and not self._is_list(clause, comma, cue.start):
            low = comma + 1
        return low, cue.start

    def near_before(self, cue: FoundCue, says: Says) -> tuple[int, int]:
        low, high = self.backward(cue, says)
        comma = self._text.rfind(",", low, high - 2)
        if comma >= 0 and not _LAST_OF_LIST.match(self._text, comma + 1):
            low = comma + 1
        return low, high

    def either(self, cue: FoundCue, says: Says) -> tuple[int, int]:
        before = _NOTHING_FOLLOWS.match(self._text, cue.end)
        return self.backward(cue, says) if before else self.forward(cue, says)

    def relation(self, cue: FoundCue, says: Says) -> tuple[int, int] | None:
        """Of a relative; None where the relative only tells of the patient or comes along."""
        text = self._text
        end = cue.end + 2 if text.startswith("'s", cue.end) else cue.end
        before = text[: cue.start].rstrip()
        if _TELLS.match(text, end + 1) or _TOLD_BY.search(before + " "):
            return None
        if before.endswith(_IN_WHOM) or (_NAMED_LAST.match(text, end) and before.endswith(("-", "–", ",", "("))):
            return self.near_before(cue, says)
        return self.forward(cue, says)

    def next(self, cue: FoundCue, says: Says) -> tuple[int, int]:
        return cue.end, cue.end + 2

    def last(self, cue: FoundCue, says: Says) -> tuple[int, int]:
        return cue.start - 2, cue.start

    def around(self, cue: FoundCue, says: Says) -> tuple[int, int] | None:
        """Of a time: `in 2015 he had …`, not that of the visit itself: `in 2015 a man presented with …`."""
        opening = self._text[self._hard_start(cue.start) : cue.start].rpartition(",")[2].strip()
        if opening not in ("", "and"):
            return self.near_before(cue, says)
        low, high = self.condition(cue, says)
        return None if _PRESENTED.search(self._text, low, high) else (low, high)

    def _ends(self, stop: FoundCue, says: Says) -> bool:
        """Whether a cue that follows ends the scope before it."""
        other = stop.meanings[0]
        if other.says is Says.STOP:
            return True
        if other.says is Says.NOTHING or other.says is says or other.reach in _LOOKS_BACK:
            return False
        if other.says in _PASTS and says in _PASTS:
            return False
        before = self._text[: stop.start].rstrip()
        if other.says in _DENIALS and says not in _DENIALS:
            return before.endswith((",", "and", "with"))
        return before.endswith(",")

    def _is_list(self, low: int, comma: int, high: int) -> bool:
        """Whether the words before a cue are one list that it speaks of all through."""
        if _LAST_OF_LIST.match(self._text, comma + 1):
            return True
        cued = any(low <= cue.start < comma for cue in self._cues)
        return not cued and not _CLAUSE.search(self._text, low, high)

    def _hard_end(self, start: int, ends: re.Pattern[str] = _HARD) -> int:
        text = self._text
        mark = ends.search(text, start + 1 if text[start : start + 1] == ":" else start)
        high = mark.start() if mark else len(text)
        closing = text.find(")", start, high)
        if closing >= 0 and text.find("(", start, closing) < 0:
            high = closing
        return high

    def _hard_start(self, end: int) -> int:
        text = self._text
        low = 0
        for mark in _HARD.finditer(text, 0, max(end - 2, 0)):
            low = mark.end()
        opening = text.rfind("(", low, end)
        if opening >= 0 and text.find(")", opening, end) < 0 and text[opening + 1 : end].strip():
            low = opening + 1
        return low


_LOOKS_BACK = frozenset({Reach.BACKWARD, Reach.NEAR_BEFORE})
_SPANS: dict[Reach, Callable[[ScopeFinder, FoundCue, Says], tuple[int, int] | None]] = {
    Reach.FORWARD: ScopeFinder.forward,
    Reach.NEAR: ScopeFinder.near,
    Reach.NEXT: ScopeFinder.next,
    Reach.LAST: ScopeFinder.last,
    Reach.CONDITION: ScopeFinder.condition,
    Reach.BACKWARD: ScopeFinder.backward,
    Reach.NEAR_BEFORE: ScopeFinder.near_before,
    Reach.EITHER: ScopeFinder.either,
    Reach.RELATION: ScopeFinder.relation,
    Reach.AROUND: ScopeFinder.around,
}
