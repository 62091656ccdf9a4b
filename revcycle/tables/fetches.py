"""`revcycle tables fetch` and `sources`: published files from their authorities' own sites."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib.metadata import metadata
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from revcycle.tables.catalogues import own_catalogue
from revcycle.tables.loads import loaded
from revcycle.tables.words import columns
from shared.runtime import Settings
from shared.tables import TableError
from shared.tables.exclusive import alone_in
from shared.tables.fetching.download import Downloader, Fetched
from shared.tables.fetching.errors import NotPublished, Unavailable
from shared.tables.fetching.sources import Source, Wanted, chosen
from shared.tables.formats import Asked

_HEADINGS = ("SOURCE", "AUTHORITY", "RELEASE", "LICENCE", "TABLES", "PAGE")
_LINK = re.compile(r"""href=["']([^"'#]+)["']""", re.IGNORECASE)
_GATE = re.compile(r"^/license/ama\?file=")
"""CMS leads over its licence page to the file that is named behind this."""


@dataclass
class Fetch:
    """One call of the command. `failed` says afterwards whether anything that was asked for is not here."""

    settings: Settings
    downloader: Downloader
    day: date
    """The day whose releases are fetched."""
    at: datetime
    accept_licence: bool = False
    """The operator has accepted the licence that an authority shows before it hands a file out."""
    load: bool = False
    failed: bool = field(default=False, init=False)
    _silent: set[str] = field(default_factory=set, init=False)
    """Authorities that did not answer: they are not asked for the next file too."""

    def lines(self, names: Iterable[str], among: Iterable[Source]) -> Iterator[str]:
        """Fetch the sources of these names or tables, or all that can be had; a line for each file and each obstacle.

        Raises UnknownSource, OSError.
        """
        names = tuple(names)
        for source in chosen(names, among):
            obstacle = self._obstacle(source)
            if obstacle is None:
                yield from self._fetched(source, source.on(self.day))
            elif names or source.authority.name in self._silent:
                self.failed = True
                yield f"{source.name}: {obstacle}"

    def _obstacle(self, source: Source) -> str | None:
        if source.by_hand is not None:
            return f"to be fetched by hand: {source.by_hand} See {source.page}"
        if source.consent is not None and not self.accept_licence:
            return f"{source.terms} If you do, say --accept-ama-licence. See {source.page}"
        if source.authority.name in self._silent:
            return f"not asked for, as {source.authority.name} does not answer"
        return None

    def _fetched(self, source: Source, wanted: Wanted) -> Iterator[str]:
        folder = self.settings.tables_folder / "fetched" / source.name / wanted.release
        try:
            files: list[Fetched] = []
            with alone_in(folder):
                for file in self._files(source, wanted, folder):
                    files.append(file)
                    yield f"{source.name} {wanted.release}: {_line(file)}"
            if self.load and not self._is_loaded(files):
                yield from loaded(self.settings, folder, Asked(), accept_shrunk=False)
        except TableError as error:
            self.failed = True
            if isinstance(error, Unavailable):
                self._silent.add(source.authority.name)
            yield f"{source.name} {wanted.release}: {error.detail}"

    def _is_loaded(self, files: Iterable[Fetched]) -> bool:
        """Whether the catalogue has releases read from every one of these files since it came."""
        came = {file.path.name: file.kept.fetched_at for file in files}
        read = {
            (name, release.loaded_at)
            for release in own_catalogue(self.settings).releases()
            for name in {source.name.partition("/")[0] for source in release.sources}
        }
        return all(any(name == file and at >= since for file, at in read) for name, since in came.items())

    def _files(self, source: Source, wanted: Wanted, folder: Path) -> Iterator[Fetched]:
        """Each file at the first of its addresses that it is at, or whatever the page links to."""
        found = []
        for addresses in wanted.files:
            if (file := self._first(source, addresses, folder)) is None:
                break
            found.append(file)
            yield file
        if len(found) < len(wanted.files) or not wanted.files:
            yield from self._linked(source, wanted, folder)

    def _first(self, source: Source, addresses: Iterable[str], folder: Path) -> Fetched | None:
        for address in addresses:
            try:
                return self._one(source, address, folder)
            except NotPublished:
                continue
        return None

    def _linked(self, source: Source, wanted: Wanted, folder: Path) -> Iterator[Fetched]:
        if wanted.link is None:
            raise NotPublished(f"not where it is expected; see {wanted.page}")
        page = self.downloader.page(wanted.page, source.authority.hosts)
        links = dict.fromkeys(_GATE.sub("", link) for link in _LINK.findall(page) if wanted.link.search(link))
        if not links:
            raise NotPublished(f"{wanted.page} leads to no file of this release")
        for link in links:
            yield self._one(source, urljoin(wanted.page, link), folder)

    def _one(self, source: Source, address: str, folder: Path) -> Fetched:
        name = unquote(Path(urlsplit(address).path).name)
        asked = f"{address}?{source.consent}" if source.consent else address
        return self.downloader.fetch(asked, source.authority.hosts, folder / name, self.at)


def listed_sources(among: Iterable[Source], day: date) -> list[str]:
    """What can be fetched and what must be fetched by hand, with the release of a day."""
    return list(columns([_HEADINGS, *(_cells(source, source.on(day)) for source in among)]))


def user_agent() -> str:
    """Names the product, and where it comes from as the package says it."""
    about = metadata("revcycle")
    homes = [home.partition(", ")[2] for home in about.get_all("Project-URL") or ()]
    return f"revcycle/{about['Version']}" + (f" (+{homes[0]})" if homes else "")


def _line(file: Fetched) -> str:
    return f"{file.outcome} {file.path.name}, {file.kept.bytes:,} bytes, sha256 {file.kept.sha256}"


def _cells(source: Source, wanted: Wanted) -> tuple[str, ...]:
    licence = f"{source.licence}, by hand" if source.by_hand else source.licence
    return source.name, source.authority.name, wanted.release, licence, " ".join(source.tables), wanted.page
