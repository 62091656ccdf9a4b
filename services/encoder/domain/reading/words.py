"""Words as reading compares them: folded, spelt one way, abbreviations spelt out, stemmed, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import msgspec
import snowballstemmer

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
_LONGEST_ABBREVIATION = 12
_TELLING = _LETTERED | _NUMBERED
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
    "boiling": "boiling",
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


_DISTANCES = {
    **dict.fromkeys(PASSED_OVER, 0),
    **dict.fromkeys(_JOINING, 1),
    **dict.fromkeys("-–", 1),
    "(": _ASIDE,
    **dict.fromkeys(_BREAK, _FAR),
}
"""How far apart what says nothing puts the words on its sides."""


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
        self._known: dict[str, tuple[str, ...]] = {}
        """The words of each surface that means the same wherever it stands."""

    def read(self, text: str, offset: int = 0) -> list[Word]:
        """The words of a text that say something. `offset` is added to every place in the text."""
        pieces = self._canonical(self._pieces(text))
        words: list[Word] = []
        place = denied = 0
        for number, piece in enumerate(pieces):
            word = piece.text
            if denied or word in _DENIALS:
                denied = _DENIALS.get(word, 0 if _ends_denial(pieces, number) else denied)
            distance = _DISTANCES.get(word)
            if distance is not None:
                place += distance
            elif word in _WITHOUT_PLACE:
                words.append(Word(word, offset + piece.start, offset + piece.end, place, denied > 0))
            elif word != "secondary" or not _joins(pieces, number):
                words.append(Word(stem(word), offset + piece.start, offset + piece.end, place, denied > 0))
                place, denied = place + 1, denied - 1
        return words

    def stems(self, text: str) -> list[str]:
        """The stems alone; what is denied has a tilde before it."""
        return [f"~{word.stem}" if word.denied else word.stem for word in self.read(text)]

    def readings(self) -> Iterator[tuple[list[str], list[list[str]]]]:
        """The stems of what the vocabulary knows to be said, and of what it may mean, the likeliest first."""
        for said, meanings in self._vocabulary.readings_by_phrase.items():
            yield self.stems(" ".join(said)), [self.stems(" ".join(meaning)) for meaning in meanings]

    def _pieces(self, text: str) -> list[_Piece]:
        pieces: list[_Piece] = []
        before = last = ""
        for surface, start, end in _surfaces(text):
            if surface in _MARKS:
                pieces.append(_Piece(surface, start, end))
                continue
            if last == "CKD" and _STAGE.fullmatch(surface):  # as charts write it: CKD 3b, CKD IV
                before = "stage"
                pieces.append(_Piece(before, start, end))
            last = surface
            words = self._words(surface, text)
            if before in _TELLING and words == (folded := (_folded(surface),)):
                words = (_told(folded[0], before),)
            pieces.extend([_Piece(word, start, end) for word in words])
            before = words[-1] if words else before
        return pieces

    def _words(self, surface: str, text: str) -> tuple[str, ...]:
        """The folded words that a surface stands for here: an abbreviation's own, else itself."""
        known = self._known.get(surface)
        if known is not None:
            return known
        meaning = self._vocabulary.abbreviation(surface) if _may_be_short(surface) else None
        if meaning is None or not meaning.ambiguous:
            words = (_folded(surface),) if meaning is None else _words_of(meaning.expansions[0])
            self._known[surface] = words
            return words
        meant = meaning.in_context(fold(text).split())
        # where nothing near speaks for a sense, it has none
        return _words_of(meant[0]) if len(meant) < len(meaning.senses) else (_folded(surface),)

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


def _may_be_short(surface: str) -> bool:
    return 1 < len(surface) < _LONGEST_ABBREVIATION and surface not in _WORDS_OF_THEIR_OWN


def _told(word: str, before: str) -> str:
    """A word after one that numbers or letters what it names: hepatitis A, type II, stage three."""
    if word == "a" and before in _LETTERED:
        word = "type-a"
    if before in _NUMBERED:
        word = _ROMAN.get(word, _NUMBERS.get(word, word))
        if before == "type":
            word = f"type{word}"
    return word


def _surfaces(text: str) -> Iterable[tuple[str, int, int]]:
    found = [(match[0], match.start(), match.end()) for match in _WORD.finditer(text)]
    return _without_glue(found) if "CKD" in text.upper() else found


def _without_glue(found: Iterable[tuple[str, int, int]]) -> Iterator[tuple[str, int, int]]:
    """With a stage apart from its abbreviation: CKD3b."""
    for surface, start, end in found:
        glued = _GLUED_STAGE.fullmatch(surface)
        if glued is None:
            yield surface, start, end
        else:
            yield "CKD", start, start + glued.end(1)
            yield glued[2], start + glued.start(2), end


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
