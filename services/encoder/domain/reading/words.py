"""Words as reading compares them: folded, spelt one way, abbreviations spelt out, stemmed, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import msgspec
import snowballstemmer

from services.encoder.domain.terms.abbreviations import Abbreviation
from services.encoder.domain.terms.vocabulary import Vocabulary, fold

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?(?:\.\d+)?|[,;:()]|[-–](?=\s)")
_BREAK = frozenset(";:")
_MARKS = frozenset(",;:()-–")
_POSSESSIVE = re.compile(r"['’].*$")
_DIGRAPH = re.compile(r"(?<=[bcdfghlmnprst])(?:ae|oe)|^oe(?=[ds])|^ae(?=t)")
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "iiia": "3a", "iiib": "3b"}
_NUMBERED = frozenset({"type", "stage", "grade", "class"})
_NUMBERS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5"}
PASSED_OVER = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "in",
        "at",
        "by",
        "to",
        "for",
        "from",
        "with",
        "and",
        "or",
        "due",
        "as",
        "is",
        "was",
        "were",
        "are",
        "be",
        "been",
        "has",
        "have",
        "had",
        "his",
        "her",
        "their",
        "its",
        "this",
        "that",
        "these",
        "those",
        "which",
        "who",
        "he",
        "she",
        "it",
        "they",
        "we",
        "post",
        "associated",
        "related",
        "type",
        "without",
        "mellitus",
        "region",
    ]
)
"""Words that join and say nothing of the condition. `type` comes back with its number: type 2 is one word."""
_WITHOUT_PLACE = frozenset({"on", "status"})
"""Words that names may ask for and that keep no others apart: who is on dialysis has it lastingly, not who had one."""
_ENDS_DENIAL = frozenset(",;:()") | frozenset(["with", "but", "who", "which", "that", "except"])
_DENIALS = {"without": 5, "no": 5, "not": 2}
"""How far they reach, in words that say something."""
_WANTING = frozenset(
    {"evidence", "sign", "signs", "symptoms", "history", "presence", "mention", "complaints", "use", "loss"}
)
"""Words whose `of` leads to what is denied; after others it leads on: without foreign body of the finger."""
_OWN_CODES = frozenset({("asthenia",), ("adenopathy",), ("adenopathies",), ("alcoholism",)})
"""Wordings that a search may take for others, and that tabular list or index code by themselves (R53.1, R59.9)."""
_STAGE = re.compile(r"[1-5]|3[ab]|i{1,3}|iii[ab]|iv|v", re.IGNORECASE)
_GLUED_STAGE = re.compile(r"(CKD)([1-5][ab]?)", re.IGNORECASE)
_LETTERED = frozenset({"hepatitis", "vitamin", "influenza", "hemophilia", "haemophilia"})
_WORDS_OF_THEIR_OWN = frozenset({"ST", "st"})
"""No abbreviations where a heart is spoken of: ST elevation."""
_JOINING = frozenset(("and", "or", ",", "(", ")"))
_stemmer = snowballstemmer.stemmer("english")


class Word(msgspec.Struct, frozen=True, gc=False):
    """A word of a text: its stem, and the offsets of the surface that it was read from."""

    stem: str
    start: int
    end: int
    place: int
    """Counts the words that say something; commas and joining words add distance, a strong stop adds much."""
    denied: bool = False
    """Said to be wanting: `aura` of `migraine without aura`."""


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of a folded word."""
    plain = _singular(_DIGRAPH.sub("e", word)) if len(word) > 4 else word
    known = _KNOWN_STEMS.get(plain)
    if known is None and plain.endswith(_KEPT_ENDINGS):
        return plain
    return known or str(_stemmer.stemWord(plain))


def _singular(word: str) -> str:
    for ending, one in _PLURALS:
        if ending.search(word):
            return ending.sub(one, word)
    return word


_KNOWN_STEMS = {
    "diabetic": "diabet",
    "diabetes": "diabet",
    "metastatic": "metastasis",
    "metastases": "metastasis",
    "alcoholism": "alcoholism",
    "colonization": "colonization",
    "irritation": "irritation",
    "irritative": "irritation",
    "burning": "burning",
}
_PLURALS = (
    (re.compile(r"pathies$"), "pathy"),
    (re.compile(r"(?<=[bhmnrt])oses$"), "osis"),
    (re.compile(r"tases$"), "tasis"),
    (re.compile(r"(?<=[mr]ia|oma)s$"), ""),
    (re.compile(r"omata$"), "oma"),
    (re.compile(r"itides$"), "itis"),
)
"""Of Greek and Latin endings, which a stemmer does not know."""
_KEPT_ENDINGS = ("itis", "osis", "oma", "emia", "uria", "asis", "iasis", "pathy")
"""An inflammation of the liver is not the liver: hepatitis and hepatic keep apart, which a stemmer does not."""
_ASIDE = 5
"""An opening bracket: what stands in it explains the name before it, or is another."""
_FAR = 9
"""A semicolon or a colon: nothing is read across, save where a name is all but complete. A line that ends within a
sentence was broken by the width of the page (`passages`) and divides nothing."""


class _Piece(msgspec.Struct, frozen=True, gc=False):
    text: str
    start: int
    end: int


class WordReader:
    """Reads texts with a vocabulary. Keeps what it knows of each surface."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._phrases: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
        for phrase, wording in vocabulary.canonical_phrases.items():
            if phrase in _OWN_CODES:
                continue
            self._phrases.setdefault(phrase[0], []).append((phrase, wording))
        for known in self._phrases.values():
            known.sort(key=lambda item: -len(item[0]))
        self._spelt: dict[str, Abbreviation | None] = {}

    def read(self, text: str, offset: int = 0) -> list[Word]:
        """The words of a text that say something. `offset` is added to every place in the text."""
        pieces = self._canonical(list(self._pieces(text)))
        words: list[Word] = []
        place = denied = 0
        for number, piece in enumerate(pieces):
            denied = _DENIALS.get(piece.text, 0 if denied and _ends_denial(pieces, number) else denied)
            if piece.text in _BREAK:
                place += _FAR
            elif piece.text == "(":
                place += _ASIDE
            elif piece.text in _JOINING or piece.text in "-–":
                place += 1
            elif piece.text in _WITHOUT_PLACE:
                words.append(Word(piece.text, offset + piece.start, offset + piece.end, place, denied > 0))
            elif piece.text not in PASSED_OVER and not _joins(pieces, number):
                start, end = offset + piece.start, offset + piece.end
                words.append(Word(stem(piece.text), start, end, place, denied > 0))
                place, denied = place + 1, denied - 1
        return words

    def stems(self, text: str) -> list[str]:
        """The stems alone; what is denied has a tilde before it."""
        return [f"~{word.stem}" if word.denied else word.stem for word in self.read(text)]

    def readings(self) -> Iterator[tuple[list[str], list[list[str]]]]:
        """The stems of what the vocabulary knows to be said, and of what it may mean, the likeliest first."""
        for said, meanings in self._vocabulary.readings_by_phrase.items():
            yield self.stems(" ".join(said)), [self.stems(" ".join(meaning)) for meaning in meanings]

    def _pieces(self, text: str) -> Iterator[_Piece]:
        before = last = ""
        for surface, start, end in _surfaces(text):
            if surface in _MARKS:
                yield _Piece(surface, start, end)
                continue
            if last == "CKD" and _STAGE.fullmatch(surface):  # as charts write it: CKD 3b, CKD IV
                before = "stage"
                yield _Piece(before, start, end)
            last = surface
            expansion = self._expansion(surface, text)
            if expansion is None:
                word = _folded(surface)
                if word == "a" and before in _LETTERED:
                    word = "type-a"
                if before in _NUMBERED:
                    word = _ROMAN.get(word, _NUMBERS.get(word, word))
                    if before == "type":
                        word = f"type{word}"
                before = word
                yield _Piece(word, start, end)
            else:
                for word in expansion:
                    before = word
                    yield _Piece(word, start, end)

    def _expansion(self, surface: str, text: str) -> tuple[str, ...] | None:
        """What an abbreviation stands for here; None where the surface is no abbreviation."""
        try:
            known = self._spelt[surface]
        except KeyError:
            may_be = 1 < len(surface) < 12 and surface not in _WORDS_OF_THEIR_OWN
            known = self._spelt[surface] = self._vocabulary.abbreviation(surface) if may_be else None
        if known is None:
            return None
        if not known.ambiguous:
            return _words_of(known.expansions[0])
        meant = known.in_context(fold(text).split())
        return _words_of(meant[0]) if len(meant) < len(known.senses) else None  # nothing near speaks for a sense

    def _canonical(self, pieces: list[_Piece]) -> list[_Piece]:
        done: list[_Piece] = []
        place = 0
        while place < len(pieces):
            here = pieces[place]
            for phrase, wording in self._phrases.get(here.text, ()):
                if _stands(phrase, pieces, place):
                    end = pieces[place + len(phrase) - 1].end
                    done += [_Piece(word, here.start, end) for word in wording]
                    place += len(phrase)
                    break
            else:
                done.append(here)
                place += 1
        return done


def _surfaces(text: str) -> Iterator[tuple[str, int, int]]:
    for match in _WORD.finditer(text):
        surface = match[0]
        glued = _GLUED_STAGE.fullmatch(surface) if surface[:1] in "Cc" else None
        if glued is None:
            yield surface, *match.span()
        else:
            yield "CKD", match.start(), match.start(2)
            yield glued.group(2), match.start(2), match.end()


@lru_cache(maxsize=100_000)
def _folded(surface: str) -> str:
    return _POSSESSIVE.sub("", fold(surface))


@lru_cache(maxsize=10_000)
def _words_of(text: str) -> tuple[str, ...]:
    words: list[str] = []
    for word in re.findall(r"[^\W_]+", fold(text)):
        numbered = bool(words) and words[-1] == "type"
        words.append(f"type{_ROMAN.get(word, word)}" if numbered else word)
    return tuple(words)


def _joins(pieces: Sequence[_Piece], place: int) -> bool:
    """Whether `secondary` is of `secondary to`; in secondary hyperparathyroidism it says what kind it is."""
    return pieces[place].text == "secondary" and place + 1 < len(pieces) and pieces[place + 1].text == "to"


def _ends_denial(pieces: Sequence[_Piece], place: int) -> bool:
    """Whether what is denied ends at this word."""
    word = pieces[place].text
    return word in _ENDS_DENIAL or (word == "of" and pieces[place - 1].text not in _WANTING)


def _stands(phrase: Sequence[str], pieces: Sequence[_Piece], place: int) -> bool:
    return len(pieces) - place >= len(phrase) and all(
        pieces[place + number].text == word for number, word in enumerate(phrase)
    )
