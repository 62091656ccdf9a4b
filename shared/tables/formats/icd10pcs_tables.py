"""ICD-10-PCS tables as CMS publishes them in XML: `icd10pcs_tables_2026.xml` of "ICD-10-PCS Code Tables and Index".

Layout: CMS schema `icd10pcs_tables.xsd`. Root `ICD10PCS.tabular`. Each `pcsTable` has an axis for characters one, two
and three (`pos`, `values`), with a title and one label, the third with the definition of the operation, and rows
(`pcsRow`) with the axes of characters four to seven. `codes` and `values` count what a row and an axis have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import prod
from typing import Any, ClassVar

from shared.tables.documents import Document
from shared.tables.formats.classification import ClassificationFormat
from shared.tables.formats.elements import Element
from shared.tables.formats.format import Reading
from shared.tables.icd10pcs_tables import CODE_LENGTH, TABLE, TABLE_LENGTH, Axis, BuildRow, PcsTableRow, Value, axis_of
from shared.tables.spans import Span

_CHARACTER = re.compile(r"[0-9A-HJ-NP-Z]$")
"""ICD-10-PCS uses neither I nor O (Official Guidelines, A2)."""


class Icd10pcsTables(ClassificationFormat):
    name: ClassVar[str] = "ICD-10-PCS tables, XML (CMS)"
    root: ClassVar[str] = "ICD10PCS.tabular"
    tables = (TABLE,)

    def readings(self, root: Element, span: Span, document: Document) -> Iterator[Reading[Any]]:
        yield Reading(TABLE, span, _tables(root), [document.source])


def _tables(root: Element) -> Iterator[tuple[str, PcsTableRow]]:
    """Raises RefusedFile for a table that is not whole or stands twice."""
    lines: dict[str, int] = {}
    for element in root.all("pcsTable"):
        section, system, operation = _axes(element, 1, TABLE_LENGTH)
        key = section.characters + system.characters + operation.characters
        if len(key) != TABLE_LENGTH:
            raise element.refused(f"a table has one value for each of its first characters, not {key!r}")
        if key in lines:
            raise element.refused(f"table {key} stands here and on line {lines[key]}")
        lines[key] = element.line
        rows = tuple(_row(row) for row in element.all("pcsRow"))
        if not rows:
            raise element.refused(f"table {key} has no row")
        yield key, PcsTableRow((section, system, operation), _definition(element), rows)
    if not lines:
        raise root.refused("it has no table")


def _definition(table: Element) -> str:
    return next((text for axis in table.all("axis") if (text := axis.text_of("definition"))), "")


def _row(element: Element) -> BuildRow:
    body, approach, device, qualifier = _axes(element, TABLE_LENGTH + 1, CODE_LENGTH)
    stated, counted = element.number("codes"), prod(len(axis.values) for axis in (body, approach, device, qualifier))
    if stated != counted:
        raise element.refused(f"the row says that it makes {stated} codes and makes {counted}")
    return BuildRow((body, approach, device, qualifier))


def _axes(element: Element, first: int, last: int) -> list[Axis]:
    """The axes of the characters from `first` to `last`, each once and in order."""
    axes = list(element.all("axis"))
    positions = [axis.number("pos") for axis in axes]
    if positions != list(range(first, last + 1)):
        raise element.refused(f"<{element.tag}> has axes {positions} where {first} to {last} belong")
    return [_axis(axis) for axis in axes]


def _axis(element: Element) -> Axis:
    labels = list(element.all("label"))
    values = tuple(Value(_character(label), label.text()) for label in labels)
    axis = axis_of(element.required("title"), values)
    if len(set(axis.characters)) != len(values):
        raise element.refused(f"a character stands twice in {axis.characters}")
    if element.number("values") != len(values):
        raise element.refused(f"the axis says that it has {element.attribute('values')} values and has {len(values)}")
    return axis


def _character(label: Element) -> str:
    character = label.attribute("code")
    if not _CHARACTER.match(character):
        raise label.refused(f"{character!r} is no character of ICD-10-PCS")
    return character
