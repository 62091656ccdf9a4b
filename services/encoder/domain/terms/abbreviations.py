"""Abbreviations: the short forms of clinical writing and what each may stand for."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, product
from types import MappingProxyType

_MARKS = ",;:()[]\"'"


class InvalidAbbreviation(ValueError):
    """Two entries contradict each other: stops the start."""


@dataclass(frozen=True, slots=True)
class Sense:
    """One thing that an abbreviation stands for."""

    expansion: str
    context: frozenset[str] = frozenset()
    """Words in lower case that speak for it where they stand near."""


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A short form and what it stands for; ambiguous where there is more than one sense."""

    surface: str
    senses: tuple[Sense, ...]
    exact: bool = False
    """Whether only the same upper and lower case is it: in lower case it is another word (ALL, AS, OR)."""

    @property
    def ambiguous(self) -> bool:
        return len(self.senses) > 1

    @property
    def expansions(self) -> tuple[str, ...]:
        """Every full form, the commonest first."""
        return tuple(sense.expansion for sense in self.senses)

    def in_context(self, words: Iterable[str]) -> tuple[str, ...]:
        """The expansions that lower-case words near it speak for most; all of them where none does."""
        near = frozenset(words)
        weights = [len(sense.context & near) for sense in self.senses]
        best = max(weights)
        return tuple(sense.expansion for sense, weight in zip(self.senses, weights, strict=True) if weight == best)


@dataclass(frozen=True, slots=True)
class Abbreviations:
    """All of them, by surface."""

    by_surface: Mapping[str, Abbreviation]
    _lower: Mapping[str, Abbreviation] = field(repr=False)
    """Those that may be written in any case."""

    @classmethod
    def of(cls, abbreviations: Iterable[Abbreviation]) -> Abbreviations:
        """Raises InvalidAbbreviation for a surface that stands twice, also in another case with other senses."""
        by_surface: dict[str, Abbreviation] = {}
        lower: dict[str, Abbreviation] = {}
        for each in abbreviations:
            if each.surface in by_surface:
                raise InvalidAbbreviation(f"{each.surface} stands twice")
            by_surface[each.surface] = each
            if each.exact:
                continue
            if lower.setdefault(each.surface.lower(), each).expansions != each.expansions:
                raise InvalidAbbreviation(f"{each.surface} has other senses in another case")
        return cls(MappingProxyType(by_surface), MappingProxyType(lower))

    def find(self, surface: str) -> Abbreviation | None:
        """The abbreviation written so; full stops count for nothing (C.H.F.)."""
        found = self.by_surface.get(surface) or self._lower.get(surface.lower())
        if found is None and "." in surface:
            plain = surface.replace(".", "")
            return self.by_surface.get(plain) or self._lower.get(plain.lower())
        return found

    def spelt(self, text: str, limit: int) -> Iterator[str]:
        """The text with its abbreviations spelt out, in at most `limit` ways; nothing where it has none."""
        surfaces = [surface.strip(_MARKS) for surface in text.split()]
        near = [_plain(surface) for surface in surfaces]
        slots = [self._choices(surface, near) for surface in surfaces]
        if any(slot != (surface,) for slot, surface in zip(slots, surfaces, strict=True)):
            yield from (" ".join(choice) for choice in islice(product(*slots), limit))

    def _choices(self, surface: str, near: Sequence[str]) -> tuple[str, ...]:
        found = self.find(surface)
        return found.in_context(near) if found else (surface,)


def _plain(surface: str) -> str:
    return unicodedata.normalize("NFKC", surface).lower()
