"""What the XML files of the alphabetic indexes have in common: letters of main terms, and terms in terms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from shared.tables.formats.elements import Element
from shared.tables.icd10_index import TermRow, place_below, place_of_main, term_keys

ReadTerm = Callable[[Element], TermRow]


def keyed_terms(root: Element, read: ReadTerm) -> Iterator[tuple[str, TermRow]]:
    """Every term under each of its keys, in the order of the index. Raises RefusedFile where it is not a tree."""
    mains = [main for letter in root.all("letter") for main in letter.all("mainTerm")]
    if not mains:
        raise root.refused("it has no main term")
    for number, main in enumerate(mains):
        yield from _term(main, _placed(main, place_of_main, number), 0, read)


def _term(element: Element, place: str, level: int, read: ReadTerm) -> Iterator[tuple[str, TermRow]]:
    if level and element.number("level") != level:
        raise element.refused(f"a term of level {element.attributes['level']} stands where level {level} belongs")
    row = read(element)
    for key in term_keys(place, row):
        yield key, row
    for number, below in enumerate(element.all("term")):
        yield from _term(below, _placed(below, partial(place_below, place), number), level + 1, read)


def _placed(element: Element, place: Callable[[int], str], number: int) -> str:
    try:
        return place(number)
    except ValueError as error:
        raise element.refused(str(error)) from error


def subterms(element: Element) -> int:
    """How many terms stand directly in one."""
    return sum(1 for _ in element.all("term"))
