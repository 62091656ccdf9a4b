"""Where the cross-references of an alphabetic index lead."""

from __future__ import annotations

from datetime import date
from itertools import chain

from shared.tables import Tables, icd10_index
from shared.tables.icd10_index import Term, TermRow
from shared.tables.table import Table

_MAINS = 50


def target(tables: Tables, index: Table[TermRow], reference: str, day: date) -> Term | None:
    """The term that a see or see also names: `Malposition, congenital`. None where the index has no such main term.

    The way is followed as far as it is printed; a step may name several levels or a part of a title. Raises NoRelease.
    """
    steps = [icd10_index.folded(step) for step in reference.split(",")]
    for length in range(len(steps), 0, -1):
        main = _main(tables, index, " ".join(steps[:length]), day)
        if main is not None:
            return _down(tables, index, main, steps[length:], day)
    return None


def _main(tables: Tables, index: Table[TermRow], title: str, day: date) -> Term | None:
    """By its beginning, or where that is another of its words (Ectasia, ectasis), by all its words."""
    if not title:
        return None
    found = chain(
        icd10_index.main_terms(tables, index, title, day, _MAINS),
        icd10_index.find(tables, index, title, day, _MAINS),
    )
    return next((term for term in found if len(term.path) == 1 and title in _titles(term)), None)


def _down(tables: Tables, index: Table[TermRow], term: Term, steps: list[str], day: date) -> Term:
    for step in steps:
        below = icd10_index.subterms(tables, index, term.place, day)
        term = next((one for one in below if step in _titles(one)), term)
    return term


def _titles(term: Term) -> set[str]:
    """All that a term is called: its title and each of the words that it lists with commas (Ectasia, ectasis)."""
    return {icd10_index.folded(title) for title in (term.row.title, *term.row.title.split(","))}
