"""`revcycle tables load`: official files into the customer's catalogue, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from revcycle.tables.catalogues import own_catalogue
from shared.runtime import Settings, system_clock
from shared.tables import Release
from shared.tables.exclusive import alone_in
from shared.tables.formats import Asked
from shared.tables.loading import load


def loaded(settings: Settings, path: Path, asked: Asked, *, accept_shrunk: bool) -> Iterator[str]:
    """Load and activate; a line for each release, and one for what was passed over.

    Raises RefusedFile, UnknownFormat, OSError; nothing has changed then.
    """
    catalogue = own_catalogue(settings)
    with alone_in(catalogue.folder):
        outcome = load(path, catalogue, asked, system_clock(), accept_shrunk=accept_shrunk)
    for release in outcome.releases:
        yield _line(release)
    if outcome.unknown:
        yield f"passed over, of no known format: {', '.join(outcome.unknown)}"


def _line(release: Release) -> str:
    return (
        f"{release.table} {release.name}: {release.rows:,} rows, "
        f"answers from {release.covers_from} through {release.covers_through}, {release.format}"
    )
