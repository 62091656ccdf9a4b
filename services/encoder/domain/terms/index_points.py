"""The points of the alphabetic indexes: each entry with the codes it leads to, cross-references followed.

The neoplasm table names a behaviour for each column, the table of drugs an intent; their points are said as a coder
says them: malignant primary neoplasm of colon, adverse effect of digoxin.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from services.encoder.domain.terms.point import NamedSystem, Point, PointKind
from shared.tables import Tables, icd10_index
from shared.tables.icd10_index import ReferenceKind, Term, TermRow
from shared.tables.table import Table

_LABELS: dict[Table[TermRow], str] = {
    icd10_index.DISEASES: "ICD-10-CM index",
    icd10_index.EXTERNAL_CAUSES: "ICD-10-CM external cause index",
    icd10_index.NEOPLASMS: "ICD-10-CM neoplasm table",
    icd10_index.DRUGS: "ICD-10-CM table of drugs",
    icd10_index.PROCEDURES: "ICD-10-PCS index",
}
_NEOPLASM_COLUMNS = (
    "malignant primary neoplasm of",
    "malignant secondary neoplasm of",
    "carcinoma in situ of",
    "benign neoplasm of",
    "neoplasm of uncertain behavior of",
    "neoplasm of unspecified behavior of",
)
_DRUG_COLUMNS = (
    "accidental poisoning by",
    "intentional self-harm poisoning by",
    "assault poisoning by",
    "undetermined poisoning by",
    "adverse effect of",
    "underdosing of",
)
_COLUMNS = {icd10_index.NEOPLASMS: _NEOPLASM_COLUMNS, icd10_index.DRUGS: _DRUG_COLUMNS}
_SHORTEST_CODE = 3
_ASIDE = re.compile(r"[(),]+")
_MAIN, _LEVEL = 3, 2


def index_points(tables: Tables, day: date) -> Iterator[Point]:
    """The points of every index that is loaded, each of the edition nearest to the day."""
    for table in icd10_index.TABLES:
        nearest = tables.nearest_day(table, day)
        if nearest is not None:
            edition = tables.on(table, nearest)
            index = _Index.of(walk(edition.store.items("p ")), f"{_LABELS[table]} {edition.release.name}")
            yield from _table_points(index, _COLUMNS[table]) if table in _COLUMNS else _term_points(index, table)


def walk(keyed: Iterable[tuple[str, tuple[TermRow, ...]]]) -> Iterator[tuple[Term, tuple[str, ...]]]:
    """Every term in the order of the index, with its nonessential modifiers and those of the terms above it.

    `keyed`: the rows under the keys `p PLACE`, in order.
    """
    titles: list[str] = []
    modifiers: list[str] = []
    for key, rows in keyed:
        place, row = key[2:], rows[0]
        depth = (len(place) - _MAIN) // _LEVEL
        titles[depth:] = [row.title]
        modifiers[depth:] = [row.modifiers]
        optional = tuple(word for text in modifiers if text for word in _ASIDE.sub(" ", text).split())
        yield Term(place, tuple(titles), row), optional


@dataclass(frozen=True, slots=True)
class _Index:
    """An index at hand for following its cross-references."""

    terms: list[tuple[Term, tuple[str, ...]]]
    source: str
    mains: dict[str, list[Term]] = field(default_factory=dict)
    """Main terms by each of the words that their title gives (Ectasia, ectasis)."""
    below: dict[str, list[Term]] = field(default_factory=dict)
    """By place of the term above."""

    @classmethod
    def of(cls, terms: Iterable[tuple[Term, tuple[str, ...]]], source: str) -> _Index:
        index = cls(list(terms), source)
        for term, _optional in index.terms:
            if len(term.place) == _MAIN:
                for title in (term.row.title, *term.row.title.split(",")):
                    index.mains.setdefault(icd10_index.folded(title), []).append(term)
            else:
                index.below.setdefault(term.place[:-_LEVEL], []).append(term)
        return index

    def target(self, reference: str) -> Term | None:
        """The term that a reference names by its way, as far as the way can be followed; None where it begins nowhere.

        A step may name several levels at once (`Disorder, brain, specified type NEC`), or none that is printed.
        """
        steps = [icd10_index.folded(step) for step in reference.split(",")]
        for length in range(len(steps), 0, -1):
            found = self.mains.get(" ".join(steps[:length]))
            if found:
                return self._down(found[0], steps[length:])
        return None

    def _down(self, term: Term, steps: list[str]) -> Term:
        for step in steps:
            term = next((below for below in self.below.get(term.place, ()) if _is_step(below, step)), term)
        return term


def _is_step(term: Term, step: str) -> bool:
    title = icd10_index.folded(term.row.title)
    return title == step or title.startswith(f"{step} ") or f" {step}" == title[-len(step) - 1 :]


def _term_points(index: _Index, table: Table[TermRow]) -> Iterator[Point]:
    system: NamedSystem = "icd10pcs" if table is icd10_index.PROCEDURES else "icd10cm"
    for term, optional in index.terms:
        said = ", ".join(filter(None, term.path))
        for path, code in _leads(index, term):
            yield Point(said, PointKind.INDEX_PATH, system, code, path, optional, index.source)


def _leads(index: _Index, term: Term) -> Iterator[tuple[tuple[str, ...], str]]:
    """The codes of a term with the way to each: its own, then those of the terms that it refers to."""
    for code in _bare(term.row.codes):
        yield term.path, code
    for reference in term.row.references:
        named = f"{reference.kind.replace('_', ' ')} {reference.text}".strip()
        for code in _bare(reference.codes):
            yield (*term.path, named), code
        if reference.kind in (ReferenceKind.SEE, ReferenceKind.SEE_ALSO):
            target = index.target(reference.text)
            if target is not None and target.place != term.place:
                for code in _bare(target.row.codes):
                    yield (*term.path, named), code


def _bare(printed: Iterable[str]) -> Iterator[str]:
    """Codes as printed without dots and dashes; what is no code left out."""
    return (code for one in printed if len(code := icd10_index.bare(one)) >= _SHORTEST_CODE)


def _table_points(index: _Index, columns: tuple[str, ...]) -> Iterator[Point]:
    """A line of a table of six columns: a point for each that has a code."""
    for term, optional in index.terms:
        named = term.path[1:] if columns is _NEOPLASM_COLUMNS else term.path
        for column, printed in zip(columns, term.row.cells, strict=False):
            for code in _bare((printed,)):
                said = f"{column} {', '.join(named)}" if named else column.removesuffix(" of")
                yield Point(said, PointKind.INDEX_PATH, "icd10cm", code, (*term.path, column), optional, index.source)
