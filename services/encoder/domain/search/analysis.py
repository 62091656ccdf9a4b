"""What a text is found by: its words in the classification's wording, without their endings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from services.encoder.domain.terms.vocabulary import Vocabulary, fold

_NAMED_A = re.compile(r"\ba(?=\s*(?:$|[,;()\]]|(?:and|or|with|without|in|due|nos|nec)\b))", re.IGNORECASE)
"""The letter, which is no article where no word follows that it could be the article of: hepatitis A, acute."""
_WORD = re.compile(r"[a-z0-9]+(?:/[a-z]\b)?")
PASSED_OVER = frozenset(
    [
        "a",
        "an",
        "and",
        "as",
        "at",
        "be",
        "by",
        "classified",
        "due",
        "elsewhere",
        "for",
        "from",
        "in",
        "into",
        "is",
        "it",
        "its",
        "nec",
        "nos",
        "of",
        "on",
        "or",
        "other",
        "specified",
        "than",
        "that",
        "the",
        "their",
        "this",
        "to",
        "type",
        "types",
        "unspecified",
        "which",
        "with",
    ]
)
"""Words that say nothing of what a code is for. `Marks` reads those that say how far a name goes."""
_ENDINGS = {
    "it": "itides itis itic itions ition",
    "os": "oses osis otic",
    "ys": "yses ysis ytic",
    "as": "ases asis atic",
    "oma": "omata oma omatous omatosis omas",
    "em": "emias emia emic",
    "path": "pathies pathy pathic",
    "plas": "plasias plasia plastic",
    "pleg": "plegias plegia plegic",
    "troph": "trophies trophy trophic",
    "at": "ations ation ative ating ated ates ate",
    "t": "tions tion tive",
    "s": "sions sion sive",
    "m": "ments ment",
    "ur": "ures ure uring ured",
    "y": "ied ies",
    "": """ically ical icity ements ement nesses ness ional eal ial al ious eous ous ities ity ings ing ed ia ias ic ics
    is es um us ae ar ary a e i o s y""",
}
_BY_ENDING = {ending: kept for kept, endings in _ENDINGS.items() for ending in endings.split()}
_LONGEST_ENDING = max(map(len, _BY_ENDING))
_SHORTEST_STEM = 4
_LETTER_A = "a0"


def stem(word: str) -> str:
    """A word without its ending: arthritis and arthritic, fracture and fractured are one."""
    for length in range(min(_LONGEST_ENDING, len(word) - _SHORTEST_STEM), 0, -1):
        rest = _BY_ENDING.get(word[-length:])
        if rest is not None:
            return word[:-length] + rest
    return word


class Analyzer:
    """Reads texts by a vocabulary. Keeps what it has read of each word; safe to share between threads."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._stems: dict[str, str] = {}
        self._spelt: dict[str, str] = {}

    def surface(self, text: str) -> list[str]:
        """The folded words as they are written."""
        return _WORD.findall(text.lower() if text.isascii() and "'" not in text else fold(text))

    def terms(self, text: str) -> tuple[str, ...]:
        """What a text is found by, each once, in its order."""
        return tuple(dict.fromkeys(self._stem(word) for word in self._words(text) if word not in PASSED_OVER))

    def _words(self, text: str) -> Iterator[str]:
        return self._canonical([self._american(word) for word in self.surface(_NAMED_A.sub(_LETTER_A, text))])

    def _stem(self, word: str) -> str:
        known = self._stems.get(word)
        if known is None:
            known = self._stems[word] = stem(word)
        return known

    def _american(self, word: str) -> str:
        known = self._spelt.get(word)
        if known is None:
            known = self._spelt[word] = self.vocabulary.spelling.american(word)
        return known

    def _canonical(self, words: Sequence[str]) -> Iterator[str]:
        """As `Vocabulary.canonical`, which tries a phrase at every word; most begin none."""
        place, phrases, begins = 0, self.vocabulary.canonical_phrases, self._begins
        while place < len(words):
            word = words[place]
            for length in range(begins.get(word, 0), 0, -1):
                wording = phrases.get(tuple(words[place : place + length]))
                if wording is not None:
                    yield from wording
                    place += length
                    break
            else:
                yield word
                place += 1

    @cached_property
    def _begins(self) -> dict[str, int]:
        """How long the longest phrase is that a word begins."""
        longest: dict[str, int] = {}
        for phrase in self.vocabulary.canonical_phrases:
            longest[phrase[0]] = max(longest.get(phrase[0], 0), len(phrase))
        return longest
