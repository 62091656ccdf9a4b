"""The code index of a view of the tables: compiled once, kept as a file, read by every process after.

Compiling takes half a minute, reading the file less than a second.
"""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from threading import Lock
from typing import Any

from services.encoder.artifacts import Sources, keep, read_kept
from services.encoder.domain.search.analysis import Analyzer
from services.encoder.domain.search.code_index import CodeIndex, CompiledIndex, compile_index
from services.encoder.domain.search.retired import retired_points
from services.encoder.domain.terms.points import points
from services.encoder.parameters.terms import search_vocabulary
from shared.tables import Tables, hcpcs, icd10, icd10_index, icd10cm_tabular, ioce
from shared.tables.folders import embedded_folder
from shared.tables.table import Table

_NAMING: tuple[Table[Any], ...] = (
    *icd10.CODES.values(),
    icd10cm_tabular.PLACES,
    *icd10_index.TABLES,
    hcpcs.CODES,
    hcpcs.CPT_CODES,
    ioce.PROCEDURES,
)
_SOURCES = Sources(
    tuple(table.name for table in _NAMING), ("parameters/terms", "domain/terms", "domain/search"), version=1
)
_lock = Lock()
_IN_MEMORY: dict[str, CodeIndex] = {}


def code_index_of(tables: Tables, folder: Path | None = None) -> CodeIndex:
    """The index of these tables, kept in `folder`, or beside the embedded tables where that can be written.

    One thread compiles; others wait for it. Raises UnreadableTable.
    """
    with _lock:
        fingerprint = _SOURCES.fingerprint(tables)
        known = _IN_MEMORY.get(fingerprint)
        if known is None:
            places = [place for place in (folder, embedded_folder().parent / "search") if place is not None]
            name, analyzer = f"{fingerprint}.names", Analyzer(search_vocabulary())
            compiled = read_kept(places, name, CompiledIndex)
            if compiled is None:
                compiled = _compiled(tables, analyzer)
                keep(places, name, compiled)
            _IN_MEMORY.clear()  # a view of the tables replaces the one before
            known = _IN_MEMORY[fingerprint] = CodeIndex(compiled, analyzer)
        return known


def _compiled(tables: Tables, analyzer: Analyzer) -> CompiledIndex:
    day = _SOURCES.newest_day(tables)
    return compile_index(chain(points(tables, day), retired_points(tables, day)), analyzer)
