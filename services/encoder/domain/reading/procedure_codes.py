"""From the words of a procedure to the ICD-10-PCS codes that they leave: one, or several with what is open.

A code is never made up: only codes of the classification on the day are looked at (ICD-10-PCS Official Guidelines, A10:
valid characters of one row of a table), and a character that the words leave open is settled where all of them agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import product
from typing import Final

from services.encoder.domain.reading.procedure_words import Kind, Procedure, Said, procedure_words
from services.encoder.domain.reading.suggestions import Specification
from shared.tables import Tables, icd10, icd10pcs_tables

_SYSTEM: Final = "icd10pcs"
_TABLE = 3
_MOST = 5_000
"""More codes than any table has."""
_SHOWN = 24


@dataclass(frozen=True, slots=True)
class Partial:
    """A code as far as words settle it."""

    pattern: str
    """With ? for an open character."""
    codes: tuple[str, ...]
    """Those of the classification that it leaves."""
    assumed: bool = False
    """Whether a value stands that is had where nothing is said."""

    @property
    def code(self) -> str | None:
        """The one that is left."""
        return self.codes[0] if len(self.codes) == 1 else None


def partials(procedure: Procedure, said: Said, tables: Tables, day: date) -> Iterator[Partial]:
    """What a sentence says of a procedure: a partial for each code that it asks for."""
    for kind in procedure.kinds_said(said.text):
        for written in kind.codes:
            for pattern in _patterns(written, kind, said):
                yield _settled(pattern, kind.unsaid, tables, day)


def open_axes(partial: Partial, tables: Tables, day: date) -> tuple[Specification, ...]:
    """The characters that the codes of a partial differ in, each with the values that it may have."""
    return tuple(_specification(place, partial, tables, day) for place in _open(partial.pattern, partial.codes))


def _patterns(written: str, kind: Kind, said: Said) -> Iterator[str]:
    """The written code with what the words settle, one for each of the values where several are meant."""
    named = kind.named.get(said.name, {})
    places = [place for place, letter in enumerate(written, 1) if letter == "?"]
    choices = [_choices(place, kind, named, said) for place in places]
    for chosen in product(*choices):
        letters = list(written)
        for place, value in zip(places, chosen, strict=True):
            letters[place - 1] = value
        yield "".join(letters)


def _choices(place: int, kind: Kind, named: Mapping[int, str], said: Said) -> tuple[str, ...]:
    words = kind.axes.get(place)
    values = words.said(said) if words is not None else ()
    return values or tuple(named.get(place, "?"))


def _settled(pattern: str, unsaid: Mapping[int, str], tables: Tables, day: date) -> Partial:
    codes = _fitting(pattern, tables, day)
    assumed = False
    for place in _open(pattern, codes):
        usual = tuple(code for code in codes if code[place - 1] == unsaid.get(place))
        if usual:
            codes, assumed = usual, True
    return Partial(pattern, codes, assumed)


def _fitting(pattern: str, tables: Tables, day: date) -> tuple[str, ...]:
    """The codes of a day that a pattern leaves; none where it does not name a table."""
    if "?" in pattern[:_TABLE]:
        return ()
    return tuple(code for code in _codes_of(tables, pattern[:_TABLE], day) if _fits(code, pattern))


@lru_cache(maxsize=512)
def _codes_of(tables: Tables, table: str, day: date) -> tuple[str, ...]:
    return tuple(entry.code for entry in icd10.starting_with(tables, _SYSTEM, table, day, limit=_MOST))


def _fits(code: str, pattern: str) -> bool:
    return all(wanted in ("?", letter) for wanted, letter in zip(pattern, code, strict=True))


def _open(pattern: str, codes: tuple[str, ...]) -> list[int]:
    """From 1: the characters in which the codes differ; where there are none, those that the pattern leaves open."""
    if not codes:
        return [place for place, letter in enumerate(pattern, 1) if letter == "?" and place > _TABLE]
    return [place for place in range(1, len(pattern) + 1) if len({code[place - 1] for code in codes}) > 1]


def _specification(place: int, partial: Partial, tables: Tables, day: date) -> Specification:
    asks = procedure_words().titles[partial.pattern[0]][place - _TABLE - 1]
    labels = {code[place - 1]: _label(code, place, tables, day) for code in partial.codes}
    values = tuple(f"{value} {label}".strip() for value, label in sorted(labels.items()))
    return Specification(asks=asks, codes=partial.codes[:_SHOWN], values=values)


def _label(code: str, place: int, tables: Tables, day: date) -> str:
    """What a character says, where a release has the table."""
    meanings = path_of(code, tables, day)
    return meanings[place - 1] if len(meanings) >= place else ""


def path_of(code: str, tables: Tables, day: date) -> tuple[str, ...]:
    """What the characters of a code say from the section down; empty where no release has its table."""
    nearest = tables.nearest_day(icd10pcs_tables.TABLE, day)
    if nearest is None:
        return ()
    return tuple(meaning.label for meaning in icd10pcs_tables.meaning(tables, code, nearest))
