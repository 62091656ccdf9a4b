"""The two catalogues of an installation: what the customer loaded, and below it what is embedded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from revcycle.failures import Failure
from shared.runtime import Settings
from shared.tables import Catalogue, Release, Tables, UnknownRelease
from shared.tables.folders import embedded_folder


@dataclass(frozen=True)
class Kept:
    """A release and the catalogue that keeps it."""

    release: Release
    catalogue: Catalogue


def own_catalogue(settings: Settings) -> Catalogue:
    """The customer's."""
    return Catalogue(settings.tables_folder)


def both_catalogues(settings: Settings) -> tuple[Catalogue, Catalogue]:
    """The customer's, which goes before, and the embedded."""
    return own_catalogue(settings), Catalogue(embedded_folder())


def kept_releases(settings: Settings, table: str | None = None) -> Iterator[Kept]:
    """Every release, active or not, by table; of one table or family where it is named. Raises UnreadableTable."""
    kept = (Kept(release, catalogue) for catalogue in both_catalogues(settings) for release in catalogue.releases())
    for one in sorted(kept, key=lambda one: one.release.table):
        if table is None or one.release.table == table or one.release.table.startswith(f"{table}."):
            yield one


def kept_release(settings: Settings, table: str, name: str) -> Kept:
    """One release, the customer's before the embedded of the same name. Raises UnknownRelease."""
    for kept in kept_releases(settings, table):
        if (kept.release.table, kept.release.name) == (table, name):
            return kept
    names = ", ".join(kept.release.name for kept in kept_releases(settings, table))
    raise UnknownRelease(f"{table} has no release {name}; it has {names or 'none'}")


def tables_now(settings: Settings) -> Tables:
    """Every active release, as a service sees them. Raises UnreadableTable."""
    return Tables([(kept.release, kept.catalogue.path(kept.release)) for kept in kept_releases(settings)])


def switch(settings: Settings, table: str, name: str, *, active: bool) -> Release:
    """Let a release of the customer's answer, or no longer. Raises UnknownRelease; Failure where it is embedded."""
    kept = kept_release(settings, table, name)
    if kept.release.embedded:
        raise Failure(f"{table} {name} belongs to the installation; load a release of your own, which goes before it")
    return kept.catalogue.activate(table, name, active=active)
