"""The lexicon of a view of the tables: compiled once, kept as a file, read by every process after.

Compiling takes seconds, reading the file some tenths of one.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from threading import Lock

from services.encoder.artifacts import Sources, keep, read_kept
from services.encoder.domain.reading.lexicon import Artifact, Lexicon, compile_lexicon
from services.encoder.domain.reading.phrases import phrase_points
from services.encoder.domain.reading.words import WordReader
from services.encoder.domain.terms.points import numbered_points, points
from services.encoder.parameters.terms import vocabulary
from shared.tables import TableError, Tables
from shared.tables.folders import embedded_folder

_SOURCES = Sources(
    tables=("icd10cm.codes", "icd10cm.tabular", "icd10cm.index", "icd10cm.neoplasms"),
    own=("parameters/terms", "parameters/reading"),
    version=17,
)
_lock = Lock()
_IN_MEMORY: dict[str, Lexicon] = {}


def lexicon_of(tables: Tables, folder: Path | None = None) -> Lexicon:
    """The lexicon of these tables, kept in `folder`, or beside the embedded tables where that can be written.

    One thread compiles; others wait for it. Raises UnreadableTable.
    """
    with _lock:
        fingerprint = _SOURCES.fingerprint(tables)
        known = _IN_MEMORY.get(fingerprint)
        if known is None:
            places = [place for place in (folder, embedded_folder().parent / "reading") if place is not None]
            artifact = read_kept(places, f"{fingerprint}.lexicon", Artifact)
            if artifact is None:
                artifact = _compiled(tables)
                keep(places, f"{fingerprint}.lexicon", artifact)
            _IN_MEMORY.clear()  # a view of the tables replaces the one before
            known = _IN_MEMORY[fingerprint] = Lexicon.of(artifact, WordReader(vocabulary()))
        return known


def open_ahead(tables: Tables) -> None:
    """Reads the lexicon, or compiles it, before the first chart asks. What is at fault then is said to who asks."""
    with suppress(TableError):
        lexicon_of(tables)


def _compiled(tables: Tables) -> Artifact:
    day = _SOURCES.newest_day(tables)
    return compile_lexicon(
        [*points(tables, day), *numbered_points(tables, day), *phrase_points(day)], WordReader(vocabulary())
    )
