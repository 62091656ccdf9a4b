"""From a path to active releases: recognise, read, compile, enter into the catalogue. All of it, or nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from shared.tables.catalogue import Catalogue, Release
from shared.tables.compiler import compile_store
from shared.tables.documents import Document, read_documents
from shared.tables.errors import RefusedFile, UnknownFormat
from shared.tables.formats import FORMATS, Asked, Format, Reading

_LEAST_SHARE = 0.9
"""A release with fewer rows than this share of the one before is taken for a truncated file."""


@dataclass(frozen=True)
class Loaded:
    """What a load did. `unknown` names the files that no format recognised: terms of use, read-me files."""

    releases: tuple[Release, ...]
    unknown: tuple[str, ...]


def load(
    path: Path,
    catalogue: Catalogue,
    asked: Asked,
    at: datetime,
    *,
    formats: Sequence[Format] = FORMATS,
    accept_shrunk: bool = False,
) -> Loaded:
    """Load the official files at `path` and activate what they hold, from `at` on, all in one step.

    Raises UnknownFormat where no file is of a known format, and RefusedFile where one is not as published, or holds
    less than nine tenths of the rows of the release before and `accept_shrunk` does not say that this is right.
    Nothing is changed then.
    """
    by_format, unknown = _recognised(read_documents(path), formats)
    if not by_format:
        raise UnknownFormat(f"{path.name} holds no file of a known format")
    compiled: list[Release] = []
    try:
        for chosen, documents in by_format.items():
            for reading in chosen.read(documents, asked):
                release = compiled_release(catalogue, reading, chosen.name, at)
                compiled.append(release)
                _refuse_double(compiled)
                if not accept_shrunk:
                    _refuse_shrunk(catalogue, release)
    except BaseException:
        discard(catalogue, compiled)
        raise
    catalogue.add(compiled)
    return Loaded(tuple(compiled), tuple(unknown))


def compiled_release(
    catalogue: Catalogue, reading: Reading[Any], format_name: str, at: datetime, *, embedded: bool = False
) -> Release:
    """Compile a reading into the catalogue's folder. The release answers only once it is added to the catalogue."""
    table, span = reading.table, reading.span
    catalogue.folder.mkdir(parents=True, exist_ok=True)
    fresh = catalogue.folder / f"{table.name}.{os.getpid()}.compiling"
    try:
        compiled = compile_store(fresh, table, span.name, reading.rows)
        named = re.sub(r"[^\w.-]", "_", span.name)
        store = f"{table.name}@{named}-{compiled.sha256[:12]}.store"
        fresh.replace(catalogue.folder / store)
    finally:
        fresh.unlink(missing_ok=True)
    return Release(
        table=table.name,
        name=span.name,
        effective=span.first,
        covers_from=reading.history_from or span.first,
        covers_through=span.last,
        keys=compiled.keys,
        rows=compiled.rows,
        format=format_name,
        sources=tuple(reading.sources),
        licence=table.licence,
        loaded_at=at,
        store=store,
        store_sha256=compiled.sha256,
        embedded=embedded,
    )


def discard(catalogue: Catalogue, compiled: Iterable[Release]) -> None:
    """Take away the compiled files of a load that is given up, except those that the catalogue names already."""
    named = {release.store for release in catalogue.releases()}
    for release in compiled:
        if release.store not in named:
            catalogue.path(release).unlink(missing_ok=True)


def _recognised(
    documents: Iterable[Document], formats: Sequence[Format]
) -> tuple[dict[Format, list[Document]], list[str]]:
    by_format: dict[Format, list[Document]] = {}
    unknown: list[str] = []
    for document in documents:
        chosen = next((candidate for candidate in formats if candidate.recognises(document)), None)
        if chosen is None:
            unknown.append(document.name)
        else:
            by_format.setdefault(chosen, []).append(document)
    return by_format, unknown


def _refuse_double(compiled: Sequence[Release]) -> None:
    last = compiled[-1]
    for release in compiled[:-1]:
        if (release.table, release.name) == (last.table, last.name):
            reason = f"{release.sources[0].name} holds release {last.name} of {last.table} already"
            raise RefusedFile(last.sources[0].name, reason)


def _refuse_shrunk(catalogue: Catalogue, release: Release) -> None:
    before = [
        known for known in catalogue.releases() if known.table == release.table and known.effective <= release.effective
    ]
    if before and release.rows < before[-1].rows * _LEAST_SHARE:
        raise RefusedFile(
            release.sources[0].name,
            f"{release.rows:,} rows of {release.table} where {before[-1].name} has {before[-1].rows:,}: the file "
            "may be cut off; where it is whole, say --accept-shrunk",
        )
