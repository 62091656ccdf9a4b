"""The lexicon of a view of the tables: compiled once, kept as a file, read by every process after.

Compiling takes seconds, reading the file some tenths of one. A file is named for everything that went into it, so that
another release of a table, or another word in our own lists, makes another file and none is ever stale.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import Lock

import msgspec

from services.encoder.domain.reading.lexicon import Artifact, Lexicon, compile_lexicon
from services.encoder.domain.reading.phrases import phrase_points
from services.encoder.domain.reading.words import WordReader
from services.encoder.domain.terms.points import points
from services.encoder.parameters.terms import vocabulary
from shared.tables import Tables
from shared.tables.catalogue import Release
from shared.tables.folders import embedded_folder

_FORMAT = 4
"""Raised when the shape of the file or the way it is compiled changes."""
_NAMING = ("icd10cm.codes", "icd10cm.tabular", "icd10cm.index", "icd10cm.neoplasms")
_WORDS = ("parameters/terms", "parameters/reading")
_lock = Lock()


def lexicon_of(tables: Tables, folder: Path | None = None) -> Lexicon:
    """The lexicon of these tables, kept in `folder`, or beside the embedded tables where that can be written.

    One thread compiles; others wait for it. Raises UnreadableTable.
    """
    with _lock:
        return _kept(_fingerprint(tables), tables, folder)


def _kept(fingerprint: str, tables: Tables, folder: Path | None) -> Lexicon:
    known = _IN_MEMORY.get(fingerprint)
    if known is None:
        places = [place for place in (folder, embedded_folder().parent / "reading") if place is not None]
        artifact = _read(places, fingerprint) or _compiled(tables, places, fingerprint)
        _IN_MEMORY.clear()  # a view of the tables replaces the one before
        known = _IN_MEMORY[fingerprint] = Lexicon.of(artifact, WordReader(vocabulary()))
    return known


_IN_MEMORY: dict[str, Lexicon] = {}


def _read(places: Sequence[Path], fingerprint: str) -> Artifact | None:
    for place in places:
        try:
            return msgspec.msgpack.decode((place / f"{fingerprint}.lexicon").read_bytes(), type=Artifact)
        except (OSError, msgspec.DecodeError):
            continue
    return None


def _compiled(tables: Tables, places: Sequence[Path], fingerprint: str) -> Artifact:
    newest = max((release.covers_from for release in _releases(tables)), default=date.max)
    day = max(newest, _last_release(tables))
    artifact = compile_lexicon([*points(tables, day), *phrase_points(day)], WordReader(vocabulary()))
    content = msgspec.msgpack.encode(artifact)
    for place in places:
        try:
            _write(place, f"{fingerprint}.lexicon", content)
            break
        except OSError:  # a read-only installation: the next place, else this process alone has it
            continue
    return artifact


def _write(place: Path, name: str, content: bytes) -> None:
    """In one step, so that another process reads all of it or nothing."""
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=place, delete=False) as file:
        file.write(content)
    Path(file.name).replace(place / name)


def _last_release(tables: Tables) -> date:
    """The first day of the newest code set: its names are for all days, what may be reported is asked for the day."""
    return max((release.effective for release in _releases(tables) if release.table == _NAMING[0]), default=date.max)


def _releases(tables: Tables) -> list[Release]:
    return [release for release in tables.releases() if release.table in _NAMING]


def _fingerprint(tables: Tables) -> str:
    digest = hashlib.sha256(f"{_FORMAT}".encode())
    for release in _releases(tables):
        digest.update(release.store_sha256.encode())
    digest.update(_own_words())
    return digest.hexdigest()[:24]


@cache
def _own_words() -> bytes:
    digest = hashlib.sha256()
    for content in _contents():
        digest.update(content)
    return digest.digest()


def _contents() -> Iterator[bytes]:
    for folder in _WORDS:
        for file in sorted(files("services.encoder").joinpath(folder).iterdir(), key=lambda each: each.name):
            if file.is_file() and not file.name.endswith(".pyc"):
                yield file.read_bytes()
