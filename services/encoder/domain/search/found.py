"""From the codes that a question found to what is shown of them: those of the day that fit, each once, with reasons."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from services.encoder.domain.search.hits import Filters, Hit, Reason
from services.encoder.domain.search.names import Names
from services.encoder.domain.search.ranking import Ranked
from services.encoder.domain.search.readings import Reading
from services.encoder.domain.search.retrieval import Question
from services.encoder.domain.search.standing import Standing, default_of, standing
from services.encoder.domain.terms.vocabulary import words_of
from shared.tables import Tables


class Found(NamedTuple):
    """A code that a reading of the question found."""

    names: Names
    question: Question
    reading: Reading
    ranked: Ranked
    likelihood: float
    """Its logarithm, but for a constant."""

    @property
    def exact(self) -> bool:
        return bool(self.ranked.figures.exact) and not self.reading.wider

    @property
    def order(self) -> tuple[int, float, str]:
        """What the question leads to by default first, then exact matches, whatever else is likely: of the question's
        own words, then of another reading."""
        if not self.exact:
            tier = 3
        elif self.reading.by_default and self._is_literal:
            tier = 0
        else:
            tier = 1 if self.reading.reason is None else 2
        return tier, -self.likelihood, self.names.codes[self.ranked.code]

    @property
    def _is_literal(self) -> bool:
        """Whether the name says it in the same words: no `with` for a `without`."""
        return words_of(self.names.name(self.ranked.name).text) == words_of(self.reading.text)


def hits_of(found: Sequence[Found], tables: Tables, filters: Filters) -> Iterator[Hit]:
    """The hits that they make, in their order. A heading makes one for the code that stands for it, or, where the
    filters ask for headings, for itself, followed by that code where it is just what was asked for."""
    total = math.fsum(math.exp(each.likelihood) for each in found)
    shown: set[tuple[str, str]] = set()
    for each in found:
        for stands, led_from in _standing(each, tables, filters):
            key = each.names.system, stands.code
            if key not in shown and filters.admits(tables, each.names.system, stands.code):
                shown.add(key)
                yield _hit(each, stands, led_from, math.exp(each.likelihood) / total)


def _standing(found: Found, tables: Tables, filters: Filters) -> Iterator[tuple[Standing, str]]:
    """What is shown of a code that was found, each with the heading that led to it."""
    code = found.names.codes[found.ranked.code]
    stands = standing(tables, found.names.system, code, filters.day)
    if stands is None:
        return
    if stands.billable or filters.headings:
        yield stands, ""
    if not stands.billable and (found.exact or not filters.headings):
        default = default_of(tables, found.names, code, filters.day)
        if default is not None:
            yield default, code


def _hit(found: Found, stands: Standing, led_from: str, score: float) -> Hit:
    name = found.names.name(found.ranked.name)
    matched = tuple(slot.word for place, slot in enumerate(found.question.slots) if found.ranked.mask >> place & 1)
    reason = found.reading.reason or (Reason(name.kind) if found.ranked.mask else Reason.MEANING)
    return Hit(
        system=found.names.system,
        code=stands.code,
        billable=stands.billable,
        title=stands.title,
        reason=reason,
        text=name.text,
        path=name.path,
        source=name.source,
        led_from=led_from,
        read_as=found.reading.read_as,
        matched=matched,
        unmatched=tuple(slot.word for slot in found.question.slots if slot.word not in matched),
        exact=found.exact,
        score=round(score, 4),
    )
