"""Assertions measured: `python -m bench.assertions [--file SENTENCES.ndjson]`.

F1 of negation, history and the other traits on our own labelled sentences, of which one half was never looked at while
rules were made; sentences per second, one mention asserted in each; notes per second to divide and assert. A file
gives other sentences: a JSON object a line with `text`, `start` and `end` of the mention (or `mention`, its words), and
`trait`; a trait that we do not tell apart, such as `negated`, is read as its like.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from services.encoder.domain.reading.assertions import Assertions
from services.encoder.domain.reading.passages import sentences
from services.encoder.domain.reading.traits import Assertion, Section, Sentence, Trait

OWN = Path("tests/services/encoder/domain/reading")
LIKE = {
    "negated": Trait.ABSENT,
    "affirmed": Trait.PRESENT,
    "recent": Trait.PRESENT,
    "hypothetical": Trait.PLANNED,
    "conditional": Trait.PLANNED,
    "uncertain": Trait.POSSIBLE,
    "other": Trait.FAMILY,
}
GROUPS = {
    "negation": (Trait.ABSENT, Trait.RULED_OUT),
    "historical": (Trait.HISTORICAL,),
    "possible": (Trait.POSSIBLE,),
    "family": (Trait.FAMILY,),
    "planned": (Trait.PLANNED,),
}
ROUNDS = 5
_MENTION = re.compile(r"\{([^|}]+)\|([a-z_]+)(?:\|([a-z_]+))?\}")
_SECTION = re.compile(r"([a-z_]+): (?=\S)")


class Labelled(NamedTuple):
    sentence: Sentence
    start: int
    end: int
    trait: Trait
    """As coding takes the mention."""
    wording: Trait
    """As its words say it: what published sets of sentences label."""


def own_sentences(half: str) -> Iterator[Labelled]:
    """Those of the `development` or the `held_out` half; their file says how they are written."""
    for line in (OWN / f"assertion_sentences_{half}.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield from _mentions(line)


def _mentions(line: str) -> Iterator[Labelled]:
    section, opened = Section.UNTITLED, _SECTION.match(line)
    if opened is not None and opened[1] in set(Section):
        section, line = Section(opened[1]), line[opened.end() :]
    text = _MENTION.sub(r"\1", line)
    sentence, removed = Sentence(0, len(text), text, section), 0
    for found in _MENTION.finditer(line):
        start = found.start() - removed
        removed += len(found[0]) - len(found[1])
        yield Labelled(sentence, start, start + len(found[1]), Trait(found[2]), Trait(found[3] or found[2]))


def given_sentences(path: Path) -> Iterator[Labelled]:
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        text, trait = entry["text"], str(entry["trait"]).lower()
        start = entry["start"] if "start" in entry else text.lower().index(entry["mention"].lower())
        end = entry["end"] if "end" in entry else start + len(entry["mention"])
        meant = LIKE.get(trait) or Trait(trait)
        at = next((each for each in sentences(text) if each.start <= start < each.end), None)
        yield Labelled(at or Sentence(0, len(text), text, Section.UNTITLED), start, end, meant, meant)


def f1(cases: Iterable[tuple[bool, bool]]) -> tuple[float, int]:
    """F1 of (found, wanted) pairs, and how many were wanted."""
    counted = list(cases)
    both = sum(found and wanted for found, wanted in counted)
    either = sum(found + wanted for found, wanted in counted)
    return (2 * both / either if either else 1.0), sum(wanted for _found, wanted in counted)


def print_scores(name: str, labelled: list[Labelled]) -> None:
    found = [Assertions(each.sentence).of(each.start, each.end) for each in labelled]
    right = sum(one.trait is each.trait for one, each in zip(found, labelled, strict=True))
    print(f"{name}: {len(labelled)} mentions, {right / len(labelled):.1%} asserted as labelled")
    views: tuple[tuple[str, Callable[[Assertion | Labelled], Trait]], ...] = (
        ("as coded", lambda each: each.trait),
        ("as worded", lambda each: each.wording),
    )
    for group, traits in GROUPS.items():
        told = []
        for view, of in views:
            pairs = [(of(one) in traits, of(each) in traits) for one, each in zip(found, labelled, strict=True)]
            score, wanted = f1(pairs)
            told.append(f"F1 {score:.3f} of {wanted} {view}")
        print(f"  {group:<11} {', '.join(told)}")


def print_pace(labelled: list[Labelled]) -> None:
    """Each sentence alone, its cues found anew; and a note of all of them, divided first."""
    once = min(_seconds(lambda: [Assertions(each.sentence).of(each.start, each.end) for each in labelled], ROUNDS))
    print(f"assertion: {len(labelled) / once:,.0f} sentences/s")
    note = "\n".join(["HPI:", *(each.sentence.text for each in labelled[:60]), "Assessment:"])

    def read_note() -> None:
        for sentence in sentences(note):
            Assertions(sentence).of(sentence.start, sentence.start + 1)

    once = min(_seconds(read_note, ROUNDS * 10))
    size = f"{len(note):,} characters, {len(sentences(note))} sentences"
    print(f"divided and asserted: {1 / once:,.0f} notes/s of {size}")


def _seconds(work: Callable[[], object], rounds: int) -> Iterator[float]:
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        yield time.perf_counter() - began


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--file", type=Path, help="labelled sentences, an NDJSON file")
    given = arguments.parse_args()
    development, held_out = list(own_sentences("development")), list(own_sentences("held_out"))
    print_scores("own sentences, development", development)
    print_scores("own sentences, held out", held_out)
    if given.file is not None:
        print_scores(given.file.name, list(given_sentences(given.file)))
    print_pace(development + held_out)


if __name__ == "__main__":
    main()
