"""Mentions: where the documents name a condition, how it is meant there, and which code the words lead to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.encoder.domain.reading.assertions import Assertions
from services.encoder.domain.reading.facts import ChartFacts
from services.encoder.domain.reading.lexicon import Choice, Entry, Lexicon
from services.encoder.domain.reading.naming import Naming, namings
from services.encoder.domain.reading.passages import sentences
from services.encoder.domain.reading.suggestions import Evidence, ReadDocument
from services.encoder.domain.reading.traits import Assertion, Sentence
from services.encoder.domain.reading.words import Word

SIDES = {"right": "right", "left": "left", "bilater": "bilateral", "both": "bilateral"}
_OF_NEWBORN = re.compile(r"newborn|neonat", re.IGNORECASE)
"""Of a name: it says by itself of whom it speaks."""
_NEAR = 4
"""A side counts for a condition where no more words than this stand between them."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A condition where a document names it."""

    document: ReadDocument
    sentence: Sentence
    naming: Naming
    choice: Choice
    side: str
    """As the sentence says; empty where it does not."""
    assertion: Assertion
    words: tuple[Word, ...] = ()
    """Of the sentence."""

    @property
    def entry(self) -> Entry:
        return self.naming.entry

    @property
    def code(self) -> str:
        """What the name leads to: a code, or a heading to be completed."""
        return self.choice.code

    @property
    def text(self) -> str:
        return self.document.text[self.naming.start : self.naming.end]

    @property
    def evidence(self) -> Evidence:
        return Evidence(
            document=self.document.id,
            start=self.naming.start,
            end=self.naming.end,
            text=self.text,
            section=self.sentence.section,
        )


def mentions(document: ReadDocument, lexicon: Lexicon, facts: ChartFacts) -> Iterator[Mention]:
    """The conditions that a document names, in the order of its text."""
    for sentence in sentences(document.text, document.kind):
        words = lexicon.reader.read(sentence.text, sentence.start)
        found = namings(words, lexicon, sentence.text, sentence.start)
        if not found:
            continue
        asserted = Assertions(sentence)
        numbers, said = _numbers(words, lexicon), tuple(words)
        for naming in found:
            others = [each.places for each in found if each.places.isdisjoint(naming.places)]
            side = _side_of(naming, words, frozenset[int]().union(*others))
            choice = choose(naming.entry, side, numbers, facts)
            if choice is not None:
                yield Mention(document, sentence, naming, choice, side, asserted.of(naming.start, naming.end), said)


def choose(entry: Entry, side: str, said: frozenset[int], facts: ChartFacts) -> Choice | None:
    """The code of a name that side, sex, trimester and the words that may be there speak for. None where none fits."""
    fitting = [choice for choice in entry.choices if _fits(choice, side, facts)]
    if not fitting:
        return None
    return max(fitting, key=lambda choice: _preference(choice, side, said, facts))


def _fits(choice: Choice, side: str, facts: ChartFacts) -> bool:
    if choice.side and choice.side != side:
        return False
    if choice.trimester and choice.trimester != facts.trimester:
        return False
    if choice.code[0] == "O" or choice.code.startswith(("Z3A", "Z37")):
        return facts.pregnant
    if choice.code.startswith("Z38"):
        return facts.newborn
    return facts.newborn or choice.code[0] != "P" or bool(_OF_NEWBORN.search(choice.text))


def _preference(choice: Choice, side: str, said: frozenset[int], facts: ChartFacts) -> tuple[int, ...]:
    return (
        facts.pregnant and choice.code[0] == "O",
        bool(choice.side) and choice.side == side,
        bool(choice.trimester),
        choice.sex == (facts.sex or "F"),
        sum(number in said for number in choice.optional),
        -choice.rank,
        len(choice.code),
        -len(choice.optional),
    )


def _numbers(words: Sequence[Word], lexicon: Lexicon) -> frozenset[int]:
    """The words of a sentence by the lexicon's numbers, what is denied as such."""
    stems = (f"~{word.stem}" if word.denied else word.stem for word in words)
    return frozenset(number for stem in stems if (number := lexicon.numbers.get(stem)) is not None)


def _side_of(naming: Naming, words: Sequence[Word], others: frozenset[int]) -> str:
    """The side nearest to a name, before it rather than after it; not over a word of another name (`others`)."""
    low, high = naming.words[0].place, max(word.place for word in naming.words)
    best, found = _NEAR + 1, ""
    for word in words:
        side = SIDES.get(word.stem)
        if side is not None:
            distance = low - word.place if word.place < low else max(0, word.place - high) + (word.place > high)
            between = range(min(word.place, low) + 1, max(word.place, high))
            if distance < best and others.isdisjoint(between):
                best, found = distance, side
    return found
