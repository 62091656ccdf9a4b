"""`revcycle tables load`: official files into the customer's catalogue, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from revcycle.tables.building import compile_names
from revcycle.tables.catalogues import own_catalogue
from shared.runtime import Settings, open_tables, system_clock
from shared.tables import Release
from shared.tables.exclusive import alone_in
from shared.tables.formats import Asked
from shared.tables.loading import load

_NAMING = frozenset({"icd10cm.tabular", "icd10cm.index", "icd10cm.neoplasms"})
"""Tables of names alone: compiled when they are loaded, so that no question waits for it."""


def loaded(settings: Settings, path: Path, asked: Asked, *, accept_shrunk: bool) -> Iterator[str]:
    """Load and activate; a line for each release, and one for what was passed over.

    Raises RefusedFile, UnknownFormat, OSError; nothing has changed then.
    """
    catalogue = own_catalogue(settings)
    with alone_in(catalogue.folder):
        outcome = load(path, catalogue, asked, system_clock(), accept_shrunk=accept_shrunk)
    for release in outcome.releases:
        yield _line(release)
    if any(release.table in _NAMING for release in outcome.releases):
        yield "the names that the encoder reads and searches with are compiled anew"
        compile_names(open_tables(settings).current())
    if outcome.unknown:
        yield f"passed over, of no known format: {', '.join(outcome.unknown)}"


def _line(release: Release) -> str:
    return (
        f"{release.table} {release.name}: {release.rows:,} rows, "
        f"answers from {release.covers_from} through {release.covers_through}, {release.format}"
    )
