"""What is loaded: every release of every table, where it came from, and whether it answers.

A catalogue is a folder: one compiled file for each release and `catalogue.json`, which alone says what counts. A change
replaces that file in one step, so that a reader sees the state before or after it and never one between.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from hashlib import file_digest
from pathlib import Path

import msgspec

from shared.tables.errors import UnknownRelease, UnreadableTable

_INDEX = "catalogue.json"
_KEPT_SECONDS = 3600
_WRITTEN = frozenset({".store", ".compiling", ".partial"})
"""Compiled files, and what a process that was killed leaves of one."""


class SourceFile(msgspec.Struct, frozen=True):
    """A file as it was given."""

    name: str
    """Its own name, with the path inside a zip file or folder; never a path of the machine."""
    sha256: str
    bytes: int


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """One release of one table, as compiled."""

    table: str
    name: str
    """As the authority calls it: `FY2027`, `2026Q3`, `v44`."""
    effective: date
    """The day on which the release took effect. Of two that cover a day, the later one answers."""
    covers_from: date
    covers_through: date
    """The days that the release can answer for, both included. A table that keeps its history covers years."""
    keys: int
    rows: int
    format: str
    """The official format that it was read from."""
    sources: tuple[SourceFile, ...]
    licence: str
    loaded_at: datetime
    store: str
    """Name of the compiled file in the catalogue's folder."""
    store_sha256: str
    active: bool = True
    embedded: bool = False
    """Compiled from a package of the installation, not loaded by the customer, whose own releases go before."""

    def covers(self, day: date) -> bool:
        return self.covers_from <= day <= self.covers_through


class Fault(msgspec.Struct, frozen=True):
    """Something in a catalogue that is not as it was written."""

    table: str
    release: str
    reason: str


class Catalogue:
    """One folder of releases. Reading needs no lock; changes of several processes wait for each other."""

    def __init__(self, folder: Path) -> None:
        """`folder` need not exist before something is added."""
        self.folder = folder

    def releases(self) -> tuple[Release, ...]:
        """Every release, by table and day of effect. Raises UnreadableTable."""
        try:
            content = (self.folder / _INDEX).read_bytes()
            return msgspec.json.decode(content, type=tuple[Release, ...])
        except FileNotFoundError:
            return ()
        except (OSError, msgspec.MsgspecError) as error:
            raise UnreadableTable(f"{_INDEX} cannot be read") from error

    def stamp(self) -> tuple[int, int, int] | None:
        """Changes whenever the catalogue does; None while there is none."""
        try:
            status = (self.folder / _INDEX).stat()
        except FileNotFoundError:
            return None
        return status.st_ino, status.st_mtime_ns, status.st_size

    def path(self, release: Release) -> Path:
        """Where the compiled file of a release is."""
        return self.folder / release.store

    def release(self, table: str, name: str) -> Release:
        """Raises UnknownRelease."""
        for release in self.releases():
            if (release.table, release.name) == (table, name):
                return release
        raise UnknownRelease(f"{table} has no release {name}")

    def add(self, added: Sequence[Release]) -> None:
        """Take these releases, all in one step. A release of the same table and name is replaced."""
        self.exchange((), added)

    def exchange(self, gone: Collection[tuple[str, str]], added: Sequence[Release]) -> None:
        """Give up releases by table and name, and take others, all in one step."""
        replaced = {*gone, *((release.table, release.name) for release in added)}
        with self._change() as releases:
            kept = [release for release in releases if (release.table, release.name) not in replaced]
            self._replace([*kept, *added])
            self._remove_strangers(releases)

    def activate(self, table: str, name: str, *, active: bool = True) -> Release:
        """Let a release answer, or with `active=False` no longer. Raises UnknownRelease."""
        with self._change() as releases:
            changed = msgspec.structs.replace(self.release(table, name), active=active)
            self._replace([changed if (r.table, r.name) == (table, name) else r for r in releases])
        return changed

    def verify(self) -> list[Fault]:
        """Compiled files that are gone or not as written, by reading every byte of them."""
        return [
            Fault(release.table, release.name, reason)
            for release in self.releases()
            if (reason := self._fault_of(release)) is not None
        ]

    def _fault_of(self, release: Release) -> str | None:
        try:
            with self.path(release).open("rb") as file:
                digest = file_digest(file, "sha256").hexdigest()
        except OSError:
            return "the compiled file cannot be read"
        return None if digest == release.store_sha256 else "the compiled file has changed since it was written"

    @contextmanager
    def _change(self) -> Iterator[tuple[Release, ...]]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield self.releases()

    def _replace(self, releases: Sequence[Release]) -> None:
        ordered = sorted(releases, key=lambda release: (release.table, release.effective, release.name))
        written = self.folder / f"{_INDEX}.{os.getpid()}.partial"
        with written.open("wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(ordered)))
            file.flush()
            os.fsync(file.fileno())
        written.replace(self.folder / _INDEX)

    def _remove_strangers(self, before: Sequence[Release]) -> None:
        """Take away files that no release names any more, an hour after: a view taken before may open one still."""
        named = {release.store for release in self.releases()}
        for release in before:
            path = self.path(release)
            if release.store not in named and path.exists():
                path.touch()
        for path in self.folder.iterdir():
            if path.suffix in _WRITTEN and path.name not in named:
                self._remove_old(path)

    def _remove_old(self, path: Path) -> None:
        try:
            if time.time() - path.stat().st_mtime > _KEPT_SECONDS:
                path.unlink()
        except FileNotFoundError:
            pass  # whoever wrote it has moved it into its place
