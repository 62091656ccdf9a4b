"""Compiles the embedded catalogue: what has changed and nothing else, once however many ask at the same time.

A source is compiled again when a package that it reads has another version, or the code that reads it has changed.
`built.json` beside the catalogue keeps, for each source, of what its releases were made. Nothing is written where
nothing has changed, so that a read-only installation starts.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from multiprocessing import get_context
from pathlib import Path
from typing import Literal

import msgspec

from shared.tables.catalogue import Catalogue, Release
from shared.tables.embedded import SOURCES
from shared.tables.embedded.source import EmbeddedSource
from shared.tables.embedded.stamp import code_digest
from shared.tables.errors import TableError, UnreadableTable
from shared.tables.exclusive import alone_in
from shared.tables.folders import wheels_folder
from shared.tables.loading import compiled_release, discard

_PROCESSES = 2
_RECORD = "built.json"


@dataclass(frozen=True, slots=True)
class Built:
    """What became of one source."""

    source: str
    """Name of the class that reads it."""
    packages: tuple[str, ...]
    outcome: Literal["built", "unchanged", "left out"]
    tables: tuple[str, ...] = ()
    """Which tables have releases from it."""
    reason: str | None = None
    """Why it was left out. Releases that it had before stay."""


class _Made(msgspec.Struct, frozen=True):
    """Of what a source's releases were made, and which they are."""

    stamp: str
    releases: tuple[tuple[str, str], ...]
    """Table and name."""


def build(
    folder: Path, at: datetime, *, sources: Sequence[EmbeddedSource] = SOURCES, processes: int = _PROCESSES
) -> tuple[Built, ...]:
    """Bring the embedded catalogue in `folder` up to date; an outcome for each source, in their order.

    A source whose package is missing is left out and the others are built. Readers see the catalogue before or after.
    Raises OSError where something must be written and cannot, ValueError where two sources bring one release.
    """
    if not _changed(folder, sources) and not _vanished(folder, sources):
        return _outcomes(folder, sources, {})
    with alone_in(folder):
        for left in folder.glob("*.compiling*"):  # by a build that was killed
            left.unlink()
        changed = _changed(folder, sources)
        compiled = dict(zip(changed, _compile(folder, at, changed, processes), strict=True))
        _enter(folder, compiled, _vanished(folder, sources))
    return _outcomes(folder, sources, compiled)


def _changed(folder: Path, sources: Iterable[EmbeddedSource]) -> list[EmbeddedSource]:
    """The sources that are there and not compiled as they are now."""
    made = _made(folder)
    changed = []
    for source in sources:
        before = made.get(_name(source))
        if _missing(source) is None and (before is None or before.stamp != _stamp(source)):
            changed.append(source)
    return changed


def _vanished(folder: Path, sources: Iterable[EmbeddedSource]) -> set[str]:
    """Sources that an earlier version of the product had."""
    return _made(folder).keys() - {_name(source) for source in sources}


def _compile(
    folder: Path, at: datetime, sources: Sequence[EmbeddedSource], processes: int
) -> list[list[Release] | TableError]:
    """The releases of each source, or what it cannot be read for."""
    workers = min(processes, len(sources))
    if workers < 2:
        return [_compiled(source, folder, at) for source in sources]
    # Spawned, not forked: the process that builds may have threads.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return list(pool.map(_compiled, sources, [folder] * len(sources), [at] * len(sources)))


def _compiled(source: EmbeddedSource, folder: Path, at: datetime) -> list[Release] | TableError:
    catalogue, releases = Catalogue(folder), list[Release]()
    try:
        for reading in source.read():
            releases.append(compiled_release(catalogue, reading, reading.sources[0].name, at, embedded=True))
    except BaseException as error:
        discard(catalogue, releases)
        if isinstance(error, TableError):
            return UnreadableTable(error.detail)
        raise
    return releases


def _enter(folder: Path, compiled: dict[EmbeddedSource, list[Release] | TableError], vanished: set[str]) -> None:
    made = _made(folder)
    added: list[Release] = []
    gone = {release for name in vanished for release in made.pop(name).releases}
    for source, releases in compiled.items():
        if isinstance(releases, list):
            before = made.get(_name(source))
            gone |= set(before.releases) if before else set()
            made[_name(source)] = _Made(_stamp(source), tuple((r.table, r.name) for r in releases))
            added += releases
    _refuse_doubles(made)
    Catalogue(folder).exchange(gone, added)
    written = folder / f"{_RECORD}.{os.getpid()}.partial"
    written.write_bytes(msgspec.json.format(msgspec.json.encode(made)))
    written.replace(folder / _RECORD)


def _refuse_doubles(made: dict[str, _Made]) -> None:
    owner: dict[tuple[str, str], str] = {}
    for name, of_source in made.items():
        for release in of_source.releases:
            if owner.setdefault(release, name) != name:
                raise ValueError(f"{name} and {owner[release]} both bring {release[0]} {release[1]}")


def _outcomes(
    folder: Path, sources: Iterable[EmbeddedSource], compiled: dict[EmbeddedSource, list[Release] | TableError]
) -> tuple[Built, ...]:
    made = _made(folder)
    return tuple(_outcome(source, compiled.get(source), made.get(_name(source))) for source in sources)


def _outcome(source: EmbeddedSource, compiled: list[Release] | TableError | None, made: _Made | None) -> Built:
    shown, packages = type(source).__name__, tuple(source.packages)
    reason = compiled.detail if isinstance(compiled, TableError) else _missing(source)
    if reason is not None:
        return Built(shown, packages, "left out", reason=reason)
    tables = tuple(sorted({table for table, _release in made.releases})) if made else ()
    return Built(shown, packages, "unchanged" if compiled is None else "built", tables)


def _made(folder: Path) -> dict[str, _Made]:
    """What was built; nothing where the record cannot be read, or the catalogue that it speaks of is gone."""
    if Catalogue(folder).stamp() is None:
        return {}
    try:
        return msgspec.json.decode((folder / _RECORD).read_bytes(), type=dict[str, _Made])
    except (OSError, msgspec.MsgspecError):
        return {}


def _name(source: EmbeddedSource) -> str:
    return f"{type(source).__module__}.{type(source).__qualname__}"


def _stamp(source: EmbeddedSource) -> str:
    versions = ", ".join(_version(package) or "" for package in source.packages)
    # A source that reads no package reads what the product itself keeps.
    return f"{versions}; {code_digest(type(source).__module__, own_data=not source.packages)}"


def _missing(source: EmbeddedSource) -> str | None:
    for package in source.packages:
        if _version(package) is None:
            return f"package {package} is not in this installation"
    return None


def _version(package: str) -> str | None:
    """Of an installed distribution, or of the wheel that stands for one which cannot be installed."""
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        wheels = sorted(wheels_folder().glob(f"{package.replace('-', '_')}-*.whl"))
        return wheels[-1].name if wheels else None
