"""Reference tables: what an authority published, as of a date. There is no "current": every lookup names its day."""

from shared.tables.code_sets import CodeEntry, CodeSets, CodeSystem
from shared.tables.errors import NoRelease, TableError, UnreadableTable
from shared.tables.msdrg_code_sets import MsdrgCodeSets

__all__ = ["CodeEntry", "CodeSets", "CodeSystem", "MsdrgCodeSets", "NoRelease", "TableError", "UnreadableTable"]
