"""The code index of a view of the tables: compiled once, kept as a folder, mapped by every process after."""

from __future__ import annotations

from pathlib import Path

from services.encoder.domain.search.code_index import CodeIndex
from shared.tables import Tables


def code_index_of(tables: Tables, folder: Path | None = None) -> CodeIndex:
    """The index of these tables, kept in `folder`, or beside the embedded tables where that can be written.

    One thread compiles; others wait for it. Raises UnreadableTable.
    """
    raise NotImplementedError
