"""Sentences with the trait of each mention, as our own two files of them are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from services.encoder.domain.reading.traits import Section, Sentence, Trait

_MENTION = re.compile(r"\{([^|}]+)\|([a-z_]+)(?:\|([a-z_]+))?\}")
_SECTION = re.compile(r"([a-z_]+): (?=\S)")


@dataclass(frozen=True)
class LabelledMention:
    """A mention with what coding takes it for and what its words say."""

    sentence: Sentence
    start: int
    end: int
    trait: Trait
    wording: Trait


def labelled_mentions(half: str) -> Iterator[LabelledMention]:
    """Those of the `development` or the `held_out` half."""
    path = Path(__file__).with_name(f"assertion_sentences_{half}.txt")
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield from _mentions(line)


def _mentions(line: str) -> Iterator[LabelledMention]:
    section = Section.UNTITLED
    opened = _SECTION.match(line)
    if opened is not None and opened[1] in set(Section):
        section, line = Section(opened[1]), line[opened.end() :]
    text = _MENTION.sub(r"\1", line)
    sentence = Sentence(0, len(text), text, section)
    removed = 0
    for found in _MENTION.finditer(line):
        start = found.start() - removed
        removed += len(found[0]) - len(found[1])
        trait = Trait(found[2])
        yield LabelledMention(sentence, start, start + len(found[1]), trait, Trait(found[3]) if found[3] else trait)
