"""ICD-10-CM tabular list as NCHS publishes it in XML: `icd10cm-tabular-2026.xml`, `icd10cm-tabular-April-2026.xml`.

Layout: NCHS schema `icd10cm-tabular.xsd` (version 1.0 of 2011-02-07). Root `ICD10CM.tabular` with a version (the fiscal
year), an introduction, and chapters of sections of nested `diag`; sections of sections stand side by side, the outer
one without any `diag`. The file of an April update has the version of its year, and April in its name only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, ClassVar

from shared.tables.documents import Document
from shared.tables.formats.classification import ClassificationFormat
from shared.tables.formats.elements import Element
from shared.tables.formats.format import Reading
from shared.tables.icd10cm_references import CodeRange, named_codes
from shared.tables.icd10cm_tabular import (
    INSTRUCTING,
    INSTRUCTIONS,
    PLACES,
    InstructionRow,
    Note,
    NoteKind,
    PlaceKind,
    PlaceRow,
    SeventhCharacter,
)
from shared.tables.spans import Span

_NOTES = {
    "inclusionTerm": NoteKind.INCLUSION_TERM,
    "includes": NoteKind.INCLUDES,
    "excludes1": NoteKind.EXCLUDES1,
    "excludes2": NoteKind.EXCLUDES2,
    "codeFirst": NoteKind.CODE_FIRST,
    "useAdditionalCode": NoteKind.USE_ADDITIONAL_CODE,
    "codeAlso": NoteKind.CODE_ALSO,
    "notes": NoteKind.NOTE,
    "sevenChrNote": NoteKind.SEVENTH_CHARACTER,
}
_POINTING = (*INSTRUCTING, NoteKind.EXCLUDES2)
_ALSO_THERE = {"name", "desc", "sectionIndex", "section", "diag", "deactivated", "sevenChrDef", "visualImpairment"}
_CODE = re.compile(r"[A-Z][0-9A-Z]{2}(?:\.[0-9A-Z]{1,4})?$")
_SECTION = re.compile(r"[A-Z][0-9A-Z]{2}(?:-[A-Z][0-9A-Z]{2})?$")
_CATEGORY = 3
_DELETED = frozenset({"old"})


class Icd10cmTabular(ClassificationFormat):
    name: ClassVar[str] = "ICD-10-CM tabular list, XML (NCHS)"
    root: ClassVar[str] = "ICD10CM.tabular"
    tables = (PLACES, INSTRUCTIONS)

    def readings(self, root: Element, span: Span, document: Document) -> Iterator[Reading[Any]]:
        tree = _read_tree(root)
        yield Reading(PLACES, span, tree.rows(), [document.source])
        yield Reading(INSTRUCTIONS, span, tree.instructions(), [document.source])


@dataclass
class _Tree:
    """The places in the order of the file."""

    places: dict[str, PlaceRow] = field(default_factory=dict)
    children: dict[str, list[str]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def rows(self) -> Iterator[tuple[str, PlaceRow]]:
        order = _FileOrder(self.places)
        for key, row in self.places.items():
            notes = tuple(Note(note.kind, note.text, order.split(note.ranges)) for note in row.notes)
            yield key, PlaceRow(row.kind, row.title, row.parent, tuple(self.children[key]), notes, row.sevenths)

    def instructions(self) -> Iterator[tuple[str, InstructionRow]]:
        """The notes in force at each category and code. A place stands behind the one above it."""
        in_force: dict[str, tuple[tuple[NoteKind, InstructionRow], ...]] = {"": ()}
        for key, row in self.rows():
            own = tuple(
                (note.kind, InstructionRow(key, note.text, note.ranges))
                for note in row.notes
                if note.kind in INSTRUCTING
            )
            in_force[key] = (*own, *in_force[row.parent])
            if row.kind in (PlaceKind.CATEGORY, PlaceKind.SUBCATEGORY):
                for kind, instruction in in_force[key]:
                    yield f"{key} {kind.value}", instruction

    def add(self, element: Element, key: str, kind: PlaceKind, title: str, parent: str) -> None:
        if key in self.places:
            raise element.refused(f"{key} stands here and on line {self.lines[key]}")
        self.places[key] = PlaceRow(kind, title, parent, (), tuple(_notes(element)), tuple(_sevenths(element)))
        self.children[key], self.lines[key] = [], element.line
        if parent:
            self.children[parent].append(key)


class _FileOrder:
    """The order of the categories in the list, which is not the alphabet's: C7A and C7B follow C80."""

    def __init__(self, places: dict[str, PlaceRow]) -> None:
        self._categories = [key for key, row in places.items() if row.kind is PlaceKind.CATEGORY]
        self._number = {key: number for number, key in enumerate(self._categories)}

    def split(self, ranges: tuple[CodeRange, ...]) -> tuple[CodeRange, ...]:
        """The same codes in ranges that hold by the alphabet."""
        return tuple(part for whole in ranges for part in self._parts(whole))

    def _parts(self, whole: CodeRange) -> list[CodeRange]:
        first, last = self._number.get(whole.first[:_CATEGORY]), self._number.get(whole.last[:_CATEGORY])
        if first is None or last is None or last <= first:
            return [whole]
        members = self._categories[first : last + 1]
        alphabet = sorted(key for key in self._categories if members[0] <= key <= members[-1])
        if alphabet == members:
            return [whole]
        runs = _runs(sorted(members), sorted(self._categories))
        parts = [CodeRange(run[0], run[-1], whole.endings) for run in runs]
        exact = {members[0]: whole.first, members[-1]: whole.last}
        return [
            CodeRange(exact.get(part.first, part.first), exact.get(part.last, part.last), part.endings)
            for part in parts
        ]


def _runs(members: list[str], alphabet: list[str]) -> list[list[str]]:
    """`members` in groups that are neighbours in the alphabet."""
    number = {key: position for position, key in enumerate(alphabet)}
    runs = [[members[0]]]
    for before, member in pairwise(members):
        if number[member] == number[before] + 1:
            runs[-1].append(member)
        else:
            runs.append([member])
    return runs


def _read_tree(root: Element) -> _Tree:
    tree = _Tree()
    for chapter in root.all("chapter"):
        number = chapter.required("name")
        if not number.isdecimal():
            raise chapter.refused(f"{number!r} is not the number of a chapter")
        tree.add(chapter, number, PlaceKind.CHAPTER, chapter.required("desc"), "")
        _read_sections(tree, chapter, number)
    if not tree.places:
        raise root.refused("it has no chapter")
    return tree


def _read_sections(tree: _Tree, chapter: Element, number: str) -> None:
    """Sections stand side by side in the file, an outer one (C00-C75) before those that it takes in (C00-C14)."""
    outer: list[str] = []
    for section in chapter.all("section"):
        named = section.attribute("id")
        if not _SECTION.match(named):
            raise section.refused(f"{named!r} is not a range of categories")
        key = named if "-" in named else f"{named}-{named}"
        while outer and not _takes_in(outer[-1], key):
            outer.pop()
        parent = outer[-1] if outer else number
        tree.add(section, key, PlaceKind.SECTION, section.required("desc"), parent)
        if section.one("diag") is None:
            outer.append(key)
        for diagnosis in section.all("diag"):
            _read_diagnosis(tree, diagnosis, key)


def _takes_in(outer: str, inner: str) -> bool:
    return outer[:_CATEGORY] <= inner[:_CATEGORY] and inner[-_CATEGORY:] <= outer[-_CATEGORY:]


def _read_diagnosis(tree: _Tree, element: Element, parent: str) -> None:
    name = element.required("name")
    code = name.replace(".", "")
    if not _CODE.match(name):
        raise element.refused(f"{name!r} is not a code")
    in_category = len(code) > _CATEGORY
    if in_category and not code.startswith(parent):
        raise element.refused(f"{name} stands under {parent}")
    kind = PlaceKind.SUBCATEGORY if in_category else PlaceKind.CATEGORY
    tree.add(element, code, kind, element.required("desc"), parent)
    for inner in element.all("diag"):
        _read_diagnosis(tree, inner, code)


def _notes(element: Element) -> Iterator[Note]:
    for part in element:
        kind = _NOTES.get(part.tag)
        if kind is not None:
            for note in part.all("note"):
                if text := note.text(without=_DELETED):
                    yield Note(kind, text, named_codes(text, in_sentences=kind in _POINTING))
        elif part.tag == "visualImpairment":
            yield from _visual_impairment(part)
        elif part.tag not in _ALSO_THERE:
            raise part.refused(f"<{part.tag}> is not known in <{element.tag}>")


def _visual_impairment(table: Element) -> Iterator[Note]:
    """The table of visual impairment at H54, a note for each of its lines."""
    for category in table.all("visCategory"):
        cells = [category.text_of("value") or category.text_of("heading")]
        cells += [
            bound.text() for span in category.all("visRange") for bound in span if bound.tag in ("visMax", "visMin")
        ]
        yield Note(NoteKind.NOTE, " | ".join(cells))


def _sevenths(element: Element) -> list[SeventhCharacter]:
    """The seventh characters defined at a place. A note behind one goes on with its meaning."""
    found: list[SeventhCharacter] = []
    for part in (part for definition in element.all("sevenChrDef") for part in definition):
        if part.tag == "extension":
            character = part.attribute("char")
            if any(known.character == character for known in found):
                raise part.refused(f"the seventh character {character} is defined twice")
            found.append(SeventhCharacter(character, part.text(without=_DELETED)))
        elif part.tag == "note" and found:
            found[-1] = SeventhCharacter(found[-1].character, f"{found[-1].meaning}; {part.text(without=_DELETED)}")
        else:
            raise part.refused(f"<{part.tag}> is out of place among seventh characters")
    return found
