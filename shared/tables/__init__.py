"""Reference tables: what an authority published, as of a date. There is no "current": every lookup names its day."""

from shared.tables.catalogue import Catalogue, Release
from shared.tables.code_sets import CodeSets
from shared.tables.errors import NoRelease, RefusedFile, TableError, UnknownFormat, UnknownRelease, UnreadableTable
from shared.tables.icd10 import CodeEntry, CodeSystem
from shared.tables.table import Table, TableRow
from shared.tables.tables import ReferenceTables, Tables

__all__ = [
    "Catalogue",
    "CodeEntry",
    "CodeSets",
    "CodeSystem",
    "NoRelease",
    "ReferenceTables",
    "RefusedFile",
    "Release",
    "Table",
    "TableError",
    "TableRow",
    "Tables",
    "UnknownFormat",
    "UnknownRelease",
    "UnreadableTable",
]
