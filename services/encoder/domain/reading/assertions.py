"""How a condition is meant where a sentence mentions it."""

from __future__ import annotations

from services.encoder.domain.reading.traits import Assertion, Sentence


class Assertions:
    """The cues of one sentence, found once, for all of its mentions."""

    def __init__(self, sentence: Sentence) -> None:
        self._sentence = sentence

    def of(self, start: int, end: int) -> Assertion:
        """The assertion of the mention at these offsets into the document."""
        return Assertion()


def assertion(sentence: Sentence, start: int, end: int) -> Assertion:
    """The assertion of one mention; offsets into the document, the end exclusive."""
    return Assertions(sentence).of(start, end)
