"""The words that say how a condition is meant, and where they stand in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

import ahocorasick
import msgspec

from shared.tables.dated import read_yaml

_PACKAGE = "services.encoder.parameters"


class Says(StrEnum):
    """What a cue says of the conditions in its scope."""

    ABSENT = "absent"
    RULED_OUT = "ruled_out"
    RESOLVED = "resolved"
    FAMILY = "family"
    PLANNED = "planned"
    HISTORICAL = "historical"
    HISTORY = "history"
    """Past, unless the condition is chronic."""
    POSSIBLE = "possible"
    ONGOING = "ongoing"
    """A history that is not past."""
    STOP = "stop"
    NOTHING = "nothing"


class Reach(StrEnum):
    """How far a cue's scope goes; `assertion_cues.yaml` explains each."""

    FORWARD = "forward"
    NEAR = "near"
    NEXT = "next"
    LAST = "last"
    BACKWARD = "backward"
    NEAR_BEFORE = "near_before"
    EITHER = "either"
    CONDITION = "condition"
    RELATION = "relation"
    AROUND = "around"
    ALWAYS = "always"
    CLAUSE = "clause"


@dataclass(frozen=True, slots=True)
class Meaning:
    """One meaning of the words of a cue; a few have two, such as `versus`."""

    says: Says
    reach: Reach


class FoundCue(msgspec.Struct, frozen=True, gc=False):
    """A cue in a sentence; offsets into it, the end exclusive."""

    start: int
    end: int
    words: str
    meanings: tuple[Meaning, ...]


_PAST_YEAR = Meaning(Says.HISTORY, Reach.AROUND)
_YEARS = tuple(range(1920, 2100))
_MARKS = str.maketrans("’‘“”\xa0", "''\"\" ")


@cache
def word_list(name: str) -> Any:
    """What `parameters/reading/<name>.yaml` holds."""
    return read_yaml(_PACKAGE, f"reading/{name}.yaml")


def plain(text: str) -> str:
    """The text in small letters, every blank a space, quotation marks simple; character by character: offsets hold."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)
    if not lowered.isascii():
        lowered = lowered.translate(_MARKS)
    return lowered.replace("\n", " ").replace("\t", " ").replace("\r", " ")


def find_cues(text: str) -> list[FoundCue]:
    """The cues of a sentence in `plain` form without runs of blanks, in their order, the longest at each place."""
    padded = f" {text} "
    hits = [
        (last - length, -length, words, meanings)
        for last, (length, opens, closes, words, meanings) in _lexicon().iter(padded)
        if not (closes and padded[last + 1].isalnum()) and not (opens and padded[last - length].isalnum())
    ]
    if len(hits) > 1:
        hits.sort(key=_place)
    found: list[FoundCue] = []
    reached = 0
    for start, length, words, meanings in hits:
        if start >= reached:
            reached = start - length
            found.append(FoundCue(start, reached, words, meanings))
    return found


def _place(hit: tuple[int, int, str, tuple[Meaning, ...]]) -> tuple[int, int]:
    return hit[0], hit[1]


@cache
def _lexicon() -> ahocorasick.Automaton:
    """Finds the words of every cue; each with its length, whether letters may not stand around it, and its meanings."""
    meanings: dict[str, tuple[Meaning, ...]] = {}
    for group in word_list("assertion_cues"):
        meaning = Meaning(Says(group["says"]), Reach(group["reach"]))
        for words in group["cues"]:
            meanings[words] = (*meanings.get(words, ()), meaning)
    for year in _YEARS:
        meanings |= dict.fromkeys((f"in {year}", f"back in {year}", f"({year})", f"in the {year}s"), (_PAST_YEAR,))
    automaton = ahocorasick.Automaton()
    for words, means in meanings.items():
        automaton.add_word(words, (len(words), words[0].isalnum(), words[-1].isalnum(), words, means))
    automaton.make_automaton()
    return automaton


def one_of(phrases: Iterable[str], *, beginnings: bool = False) -> re.Pattern[str]:
    """A pattern for any of these phrases in `plain` text, the longest; whole words, or beginnings of words."""
    edge = "" if beginnings else r"(?!\w)"
    return re.compile(rf"(?<!\w)(?:{_alternatives(phrases)}){edge}")


def _alternatives(phrases: Iterable[str]) -> str:
    """A pattern of the phrases' common beginnings: tried letter by letter, it is quick however many there are."""
    root: dict[str, Any] = {}
    for phrase in phrases:
        branch = root
        for letter in phrase:
            branch = branch.setdefault(r"\s+" if letter == " " else re.escape(letter), {})
        branch[""] = {}
    return _branches(root)


def _branches(branch: dict[str, Any]) -> str:
    ways = [letter + _branches(rest) for letter, rest in branch.items() if letter]
    if not ways:
        return ""
    pattern = ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"
    return f"(?:{pattern})?" if "" in branch else pattern
