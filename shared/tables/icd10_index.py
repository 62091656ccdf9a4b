"""The alphabetic indexes: what a diagnosis, a cause, a neoplasm, a substance or a procedure is called, and its codes.

Five tables of one shape: main terms with subterms below them to any depth, each with the codes it leads to, or a word
to look under instead. The neoplasm table and the table of drugs have six columns of codes in place of one.

A term's place is three characters for its main term and two for each level below, digits before letters: the order of
places is that of the index, and a place begins with the place of the term above it. Beside its place a term is found by
words, by codes and, a main term, by its beginning, so that a release is one file:

    p PLACE         m BEGINNING PLACE         w WORD PLACE         c CODE PLACE
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import chain, islice
from typing import NamedTuple

import msgspec

from shared.tables.store import Store
from shared.tables.table import Table, TableRow
from shared.tables.tables import Tables

_LICENCE = "United States government work, public domain"
_KEY = "place of a term; also the beginning, a word or a code of a term with its place"


class ReferenceKind(StrEnum):
    """Where an index sends its reader (ICD-10-CM Official Guidelines, section I.A.16; ICD-10-PCS index)."""

    SEE = "see"
    """Look there instead."""
    SEE_ALSO = "see_also"
    """Look there too where the codes here do not fit."""
    SEE_CATEGORY = "see_category"
    SEE_SUBCATEGORY = "see_subcategory"
    USE = "use"
    """The term is this value of an ICD-10-PCS character."""


class Reference(msgspec.Struct, frozen=True, array_like=True, gc=False):
    kind: ReferenceKind
    text: str
    codes: tuple[str, ...] = ()
    """The codes, beginnings of codes or tables that the reference names."""


class TermRow(TableRow, frozen=True):
    """A term of an index."""

    title: str
    """Without nonessential modifiers. Empty for some ICD-10-PCS subterms that hold a code only."""
    modifiers: str
    """The nonessential modifiers as printed, in brackets: whether they are stated does not change the code."""
    codes: tuple[str, ...]
    """As printed: with a dot, and a dash where characters are missing. ICD-10-PCS: the beginning of a code, or all."""
    manifestation: str
    """The code in square brackets, which is coded after the first."""
    references: tuple[Reference, ...]
    cells: tuple[str, ...]
    """The six columns of the neoplasm table and the table of drugs, empty where the table has none."""
    subterms: int
    """How many terms stand directly below."""


def _index(name: str, title: str, authority: str) -> Table[TermRow]:
    return Table(name=name, title=title, row=TermRow, key=_KEY, authority=authority, licence=_LICENCE, coded=False)


DISEASES = _index("icd10cm.index", "ICD-10-CM index to diseases and injuries", "NCHS")
EXTERNAL_CAUSES = _index("icd10cm.external_cause_index", "ICD-10-CM index of external causes of injuries", "NCHS")
NEOPLASMS = _index("icd10cm.neoplasms", "ICD-10-CM table of neoplasms", "NCHS")
DRUGS = _index("icd10cm.drugs", "ICD-10-CM table of drugs and chemicals", "NCHS")
PROCEDURES = _index("icd10pcs.index", "ICD-10-PCS index", "CMS")
TABLES = (DISEASES, EXTERNAL_CAUSES, NEOPLASMS, DRUGS, PROCEDURES)


@dataclass(frozen=True, slots=True)
class Term:
    """A term with the way to it."""

    place: str
    path: tuple[str, ...]
    """The titles from the main term to this one."""
    row: TermRow


class NeoplasmLine(NamedTuple):
    """One line of the neoplasm table. Codes as printed; empty where the table has none."""

    site: tuple[str, ...]
    malignant_primary: str
    malignant_secondary: str
    in_situ: str
    benign: str
    uncertain_behavior: str
    unspecified_behavior: str
    references: tuple[Reference, ...]


class DrugLine(NamedTuple):
    """One line of the table of drugs. Codes as printed; empty where the table has none."""

    substance: tuple[str, ...]
    poisoning_accidental: str
    poisoning_self_harm: str
    poisoning_assault: str
    poisoning_undetermined: str
    adverse_effect: str
    underdosing: str
    references: tuple[Reference, ...]


def main_terms(tables: Tables, index: Table[TermRow], beginning: str, day: date, limit: int) -> tuple[Term, ...]:
    """Main terms that begin so, by the alphabet; case, accents and punctuation are passed over."""
    wanted = folded(beginning)
    found = (
        Term(_place_of(key), (rows[0].title,), rows[0])
        for key, rows in tables.on(index, day).store.items(f"m {wanted[:_BEGINNING]}")
        if folded(rows[0].title).startswith(wanted)
    )
    return tuple(islice(found, limit))


def term(tables: Tables, index: Table[TermRow], place: str, day: date) -> Term | None:
    """The term at a place; None where the index has none there."""
    return _term(tables.on(index, day).store, place)


def subterms(tables: Tables, index: Table[TermRow], place: str, day: date) -> tuple[Term, ...]:
    """The terms directly below one, in the order of the index."""
    store = tables.on(index, day).store
    above = _term(store, place)
    if above is None:
        return ()
    below = (place + numbered(number, _LEVEL) for number in range(above.row.subterms))
    return tuple(Term(at, (*above.path, row.title), row) for at in below for row in store.rows(f"p {at}"))


def find(tables: Tables, index: Table[TermRow], words: str, day: date, limit: int) -> tuple[Term, ...]:
    """Terms that every word is a word of, or of a term above: `klebsiella pneumonia` finds Pneumonia, in, Klebsiella.

    A word of three letters or more also finds the longer words that begin with it. In the order of the index; what
    stands below a found term and adds no word is left out.
    """
    store, wanted = tables.on(index, day).store, frozenset(words_of(words))
    places = [list(islice(_with_word(store, word), _MANY)) for word in wanted]
    if not places or not all(places):
        return ()
    scarce = min(places, key=len)
    if len(scarce) == _MANY:
        scarce = list(_with_word(store, max(wanted, key=len)))
    return tuple(islice(_with_all(store, _topmost(scarce), wanted), limit))


def terms_for(tables: Tables, code: str, day: date, index: Table[TermRow] = DISEASES) -> tuple[Term, ...]:
    """The terms that lead to a code, in the order of the index, each with its way.

    Also those that lead to it by what begins it: an entry with a dash, a code that takes a seventh character, or in the
    index of procedures the table and the first characters of a code.
    """
    store, code = tables.on(index, day).store, bare(code)
    found = {
        _place_of(key)
        for end in range(len(code), _SHORTEST - 1, -1)
        for key, rows in store.items(f"c {code[:end]} ")
        if index is PROCEDURES or any(_leads(printed, code, end) for printed in codes_of(rows[0]))
    }
    return tuple(named for place in sorted(found) if (named := _term(store, place)) is not None)


def neoplasm(tables: Tables, site: str, day: date, limit: int = 50) -> tuple[NeoplasmLine, ...]:
    """The lines of the neoplasm table for a site, found by its words as `find` does."""
    lines = find(tables, NEOPLASMS, site, day, limit)
    return tuple(NeoplasmLine(line.path[1:], *_six(line.row), line.row.references) for line in lines)


def drug(tables: Tables, substance: str, day: date, limit: int = 50) -> tuple[DrugLine, ...]:
    """The lines of the table of drugs for a substance, found by its words as `find` does."""
    lines = find(tables, DRUGS, substance, day, limit)
    return tuple(DrugLine(line.path, *_six(line.row), line.row.references) for line in lines)


def term_keys(place: str, row: TermRow) -> Iterator[str]:
    """Every key that a term is found by."""
    yield f"p {place}"
    if len(place) == _MAIN:
        yield f"m {folded(row.title)[:_BEGINNING]} {place}"
    for word in sorted(set(words_of(f"{row.title} {row.modifiers}"))):
        yield f"w {word} {place}"
    for code in sorted({bare(printed) for printed in codes_of(row)}):
        yield f"c {code} {place}"


def codes_of(row: TermRow) -> Iterator[str]:
    """Every code that a term leads to, as printed."""
    yield from row.codes
    yield from filter(None, (row.manifestation, *row.cells))
    for reference in row.references:
        yield from reference.codes


def place_of_main(number: int) -> str:
    """The place of a main term by its number in the index, counted from 0."""
    return numbered(number, _MAIN)


def place_below(place: str, number: int) -> str:
    """The place of a subterm by its number under the term above, counted from 0."""
    return place + numbered(number, _LEVEL)


def words_of(text: str) -> list[str]:
    """The words of a text as keys have them: small letters, no accents, at most `_WORD` characters."""
    return [word[:_WORD] for word in folded(text).split()]


def folded(text: str) -> str:
    """A text in small letters, without accents, every other character a blank, blanks made one."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _NO_WORD.sub(" ", plain).strip()


def bare(code: str) -> str:
    """A code as printed, without dots and dashes."""
    return _NO_CODE.sub("", code.upper())


def numbered(number: int, width: int) -> str:
    """A number in base 36: the order of the texts is that of the numbers. Raises ValueError where it is too wide."""
    digits = ""
    for _ in range(width):
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    if number:
        raise ValueError("an index has more terms than its places have room for")
    return digits


_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MAIN, _LEVEL = 3, 2
_BEGINNING, _WORD, _PREFIX = 20, 20, 3
_SHORTEST = 3
_MANY = 500
"""Of the places of a word no more are read where another word has fewer."""
_SEVENTH = 6
_NO_WORD = re.compile(r"[^a-z0-9]+")
_NO_CODE = re.compile(r"[^A-Z0-9]+")


def _term(store: Store[TermRow], place: str) -> Term | None:
    rows = [row for at in _way(place) for row in store.rows(f"p {at}")]
    if not rows or len(rows) != _depth(place):
        return None
    return Term(place, tuple(row.title for row in rows), rows[-1])


def _way(place: str) -> list[str]:
    """The places from the main term to this one."""
    return [place[:end] for end in range(_MAIN, len(place) + 1, _LEVEL)]


def _depth(place: str) -> int:
    return 1 + max(0, len(place) - _MAIN + _LEVEL - 1) // _LEVEL


def _with_word(store: Store[TermRow], word: str) -> Iterator[str]:
    """The places of the terms that have a word. The same place comes again where two words of a term begin so."""
    prefix = f"w {word}" if len(word) >= _PREFIX else f"w {word} "
    return (_place_of(key) for key, _rows in store.items(prefix))


def _topmost(places: Iterable[str]) -> Iterator[str]:
    """The places that are not below another, in order."""
    last = None
    for place in sorted(set(places)):
        if last is None or not place.startswith(last):
            last = place
            yield place


def _with_all(store: Store[TermRow], places: Iterable[str], wanted: frozenset[str]) -> Iterator[Term]:
    """The terms at these places and below them that have every word on their way, and one of the words themselves."""
    for place in places:
        path: dict[str, tuple[str, ...]] = {"": ()}
        said: dict[str, frozenset[str]] = {"": frozenset()}
        above = ((at, row) for at in _way(place)[:-1] for row in store.rows(f"p {at}"))
        below = ((_place_of(key), row) for key, rows in store.items(f"p {place}") for row in rows)
        for at, row in chain(above, below):
            parent = at[:-_LEVEL] if len(at) > _MAIN else ""
            own = _said_by(row, wanted)
            path[at], said[at] = (*path[parent], row.title), said[parent] | own
            if own and said[at] == wanted and at.startswith(place):
                yield Term(at, path[at], row)


def _said_by(row: TermRow, wanted: frozenset[str]) -> frozenset[str]:
    words = words_of(f"{row.title} {row.modifiers}")
    beginnings = [word for word in wanted if len(word) >= _PREFIX and any(own.startswith(word) for own in words)]
    return frozenset(beginnings) | wanted.intersection(words)


def _place_of(key: str) -> str:
    return key.rpartition(" ")[2]


def _leads(printed: str, code: str, end: int) -> bool:
    """Whether an entry for the first `end` characters of a code leads to all of it."""
    if bare(printed) != code[:end]:
        return False
    by_seventh = len(code) > _SEVENTH and not code[end:_SEVENTH].strip("X")
    return end == len(code) or printed.endswith("-") or by_seventh


def _six(row: TermRow) -> tuple[str, str, str, str, str, str]:
    first, second, third, fourth, fifth, sixth = row.cells or ("",) * 6
    return first, second, third, fourth, fifth, sixth
