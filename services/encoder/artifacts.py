"""What is compiled from the tables and our own words once, and kept as a file that every process after reads.

A file is named for everything that went into it, so that another release of a table, or another word in our own lists,
makes another file and none is ever stale.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import msgspec

from shared.tables import Tables
from shared.tables.catalogue import Release

Artifact = TypeVar("Artifact")
_FOR_ALL_TO_READ = 0o644
"""A temporary file is its owner's alone; a service may run as another user than who compiled."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What an artifact is compiled from."""

    tables: tuple[str, ...]
    """Names; the first is the code set whose newest release says on which day the names are read."""
    own: tuple[str, ...]
    """Folders of this package: our own lists, perhaps the code that compiles."""
    version: int
    """Raised when the shape of the file or the way it is compiled changes."""

    def fingerprint(self, tables: Tables) -> str:
        """The same for the same releases, words and version; other for others."""
        digest = hashlib.sha256(f"{self.version}".encode())
        for release in self.releases(tables):
            digest.update(release.store_sha256.encode())
        for folder in self.own:
            digest.update(_content(folder))
        return digest.hexdigest()[:24]

    def newest_day(self, tables: Tables) -> date:
        """The first day of the newest release of the code set, and of what any of the tables covers: names are for
        all days, what may be reported is asked for the day."""
        releases = self.releases(tables)
        effective = [release.effective for release in releases if release.table == self.tables[0]]
        return max((*effective, *(release.covers_from for release in releases)), default=date.max)

    def releases(self, tables: Tables) -> list[Release]:
        return [release for release in tables.releases() if release.table in self.tables]


def read_kept(places: Sequence[Path], name: str, kind: type[Artifact]) -> Artifact | None:
    """The artifact from the first place that has it whole."""
    for place in places:
        try:
            return msgspec.msgpack.decode((place / name).read_bytes(), type=kind)
        except (OSError, msgspec.DecodeError):
            continue
    return None


def keep(places: Sequence[Path], name: str, artifact: object) -> None:
    """Writes the artifact to the first place that can be written. In a read-only installation none can: then this
    process alone has it."""
    content = msgspec.msgpack.encode(artifact)
    for place in places:
        try:
            _write(place, name, content)
        except OSError:
            continue
        return


def _write(place: Path, name: str, content: bytes) -> None:
    """In one step, so that another process reads all of it or nothing."""
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=place, delete=False) as file:
        file.write(content)
    Path(file.name).chmod(_FOR_ALL_TO_READ)
    Path(file.name).replace(place / name)


@cache
def _content(folder: str) -> bytes:
    digest = hashlib.sha256()
    for content in _contents(folder):
        digest.update(content)
    return digest.digest()


def _contents(folder: str) -> Iterator[bytes]:
    for file in sorted(files("services.encoder").joinpath(folder).iterdir(), key=lambda each: each.name):
        if file.is_file() and not file.name.endswith(".pyc"):
            yield file.read_bytes()
