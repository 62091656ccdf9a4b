"""Reads the conditions by which MS-DRG separates one DRG from another, and says which of their terms a stay fulfils.

A condition is made of terms joined by `&`, `|`, `~` and parentheses, as `shared.tables.msdrg.Formula` has them. Some
terms (clusters of procedures, counts of vessels) are decided inside the engine: they are neither true nor false here,
so a condition is judged in three values, after Kleene.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(r"\s*(?:([&|~()])|((?:PDX:|SDX:|ANY:|ONLY:)?\w+))")

Judge = Callable[[str], bool | None]
"""Whether a stay fulfils a term; None where only the engine knows."""


class UnreadableCondition(ValueError):
    """A condition is not made as conditions are."""


@dataclass(frozen=True, slots=True)
class Term:
    """One fact about a stay: `MCC`, `bypass`, `PDX:dxc0505`."""

    name: str

    def judged(self, judge: Judge) -> bool | None:
        return judge(self.name)

    def terms(self) -> Iterator[str]:
        yield self.name


@dataclass(frozen=True, slots=True)
class Not:
    """True where its condition is false. Its terms speak against the DRG, so they are none of its terms."""

    condition: Condition

    def judged(self, judge: Judge) -> bool | None:
        judged = self.condition.judged(judge)
        return None if judged is None else not judged

    def terms(self) -> Iterator[str]:
        yield from ()


@dataclass(frozen=True, slots=True)
class All:
    """True where every condition is."""

    conditions: tuple[Condition, ...]

    def judged(self, judge: Judge) -> bool | None:
        judged = [condition.judged(judge) for condition in self.conditions]
        return False if False in judged else None if None in judged else True

    def terms(self) -> Iterator[str]:
        for condition in self.conditions:
            yield from condition.terms()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True where at least one condition is."""

    conditions: tuple[Condition, ...]

    def judged(self, judge: Judge) -> bool | None:
        judged = [condition.judged(judge) for condition in self.conditions]
        return True if True in judged else None if None in judged else False

    def terms(self) -> Iterator[str]:
        for condition in self.conditions:
            yield from condition.terms()


Condition = Term | Not | All | AnyOf


@lru_cache(maxsize=8_192)  # every condition of two versions; reading one takes as long as a fifth of an explanation
def read_condition(text: str) -> Condition:
    """The condition that a formula writes; `~` binds more than `&`, `&` more than `|`. Raises UnreadableCondition."""
    reader = _Reader(text)
    condition = reader.any_of()
    if reader.next is not None:
        raise UnreadableCondition(f"{reader.next!r} is left over in {text!r}")
    return condition


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = self._tokenized()
        self.next = next(self._tokens, None)

    def any_of(self) -> Condition:
        conditions = [self._all()]
        while self.next == "|":
            self._take()
            conditions.append(self._all())
        return conditions[0] if len(conditions) == 1 else AnyOf(tuple(conditions))

    def _all(self) -> Condition:
        conditions = [self._single()]
        while self.next == "&":
            self._take()
            conditions.append(self._single())
        return conditions[0] if len(conditions) == 1 else All(tuple(conditions))

    def _single(self) -> Condition:
        word = self._take()
        if word == "~":
            return Not(self._single())
        if word == "(":
            condition = self.any_of()
            if self._take() != ")":
                raise UnreadableCondition(f"a parenthesis is open in {self._text!r}")
            return condition
        if word is None or word in "&|)":
            raise UnreadableCondition(f"a term is missing in {self._text!r}")
        return Term(word)

    def _take(self) -> str | None:
        token, self.next = self.next, next(self._tokens, None)
        return token

    def _tokenized(self) -> Iterator[str]:
        place, text = 0, self._text.rstrip()
        while place < len(text):
            found = _TOKEN.match(text, place)
            if found is None:
                raise UnreadableCondition(f"{text[place:]!r} is no part of a condition")
            place = found.end()
            yield found[1] or found[2]
