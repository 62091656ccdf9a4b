"""Where each authority publishes which table: `sources.yaml`, read and its patterns filled in for a day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

import yaml

from shared.tables.fetching.errors import UnknownSource
from shared.tables.spans import calendar_year, fiscal_year, quarter

_MONTHS = ("january", "april", "july", "october")
_TAXONOMY_MONTHS = (4, 10)
"""In which the two issues of a year take effect: January's in April, July's in October."""


@dataclass(frozen=True, slots=True)
class Authority:
    name: str
    hosts: frozenset[str]
    """Its own. Nothing is fetched from any other."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One release of a source with its patterns filled in."""

    release: str
    """What its folder is called: `2026Q4`."""
    files: tuple[tuple[str, ...], ...]
    """For each file the addresses that it may be at, the likeliest first."""
    page: str
    """Where a person finds it."""
    link: re.Pattern[str] | None
    """What the addresses of its files look like among the links of the page."""


@dataclass(frozen=True, slots=True)
class Source:
    """What an authority publishes, and where."""

    name: str
    title: str
    authority: Authority
    licence: str
    """Its name in the file: `public`, `ama`, `nucc`, `owner`."""
    terms: str
    """What the licence says, in a sentence."""
    consent: str | None
    """What is added to an address by whoever accepts the licence; None where none is asked for."""
    tables: tuple[str, ...]
    by_hand: str | None
    """Why a person must fetch it; None where it can be fetched from here."""
    checked: date | None
    """When somebody last saw the addresses answer; None where they are known from references alone."""
    release: str
    page: str
    link: str | None
    parts: int
    files: tuple[tuple[str, ...], ...]

    def on(self, day: date) -> Wanted:
        """The release in effect on a day."""
        name, values = _release(self.release, day), _placeholders(day)
        return Wanted(
            name,
            tuple(
                tuple(pattern.format(**values, part=part) for pattern in addresses)
                for addresses in self.files
                for part in range(1, self.parts + 1)
            ),
            self.page.format(**values),
            re.compile(_filled(self.link, values)) if self.link else None,
        )


@cache
def sources() -> tuple[Source, ...]:
    """Every source, in the order of the file."""
    text = files("shared.tables.fetching").joinpath("sources.yaml").read_text(encoding="utf-8")
    return read_sources(yaml.safe_load(text))


def read_sources(content: Mapping[str, Any]) -> tuple[Source, ...]:
    """Raises ValueError for an address that is not HTTPS or not the authority's own, KeyError for a missing member."""
    authorities = {
        name: Authority(member["name"], frozenset(member["hosts"])) for name, member in content["authorities"].items()
    }
    return tuple(_source(member, authorities, content["licences"]) for member in content["sources"])


def chosen(names: Iterable[str], among: Iterable[Source]) -> tuple[Source, ...]:
    """Sources by their name, or by a table or family of tables that they bring; all where none is named.

    Raises UnknownSource.
    """
    among = tuple(among)
    wanted = list(names)
    for name in wanted:
        if not any(_is_called(source, name) for source in among):
            raise UnknownSource(f"no source is called {name} or brings a table of that name")
    return tuple(source for source in among if not wanted or any(_is_called(source, name) for name in wanted))


def _is_called(source: Source, name: str) -> bool:
    return source.name == name or any(table == name or table.startswith(f"{name}.") for table in source.tables)


def _source(member: Mapping[str, Any], authorities: Mapping[str, Authority], licences: Mapping[str, Any]) -> Source:
    licence = licences[member["licence"]]
    source = Source(
        name=member["name"],
        title=member["title"],
        authority=authorities[member["authority"]],
        licence=member["licence"],
        terms=licence["terms"],
        consent=licence.get("consent"),
        tables=tuple(member["tables"]),
        by_hand=member.get("by_hand"),
        checked=member["checked"],
        release=member["release"],
        page=member["page"],
        link=member.get("link"),
        parts=member.get("parts", 1),
        files=tuple(tuple(addresses) for addresses in member.get("files", ())),
    )
    for address in (source.page, *(address for addresses in source.files for address in addresses)):
        parts = urlsplit(address)
        if parts.scheme != "https" or parts.hostname not in source.authority.hosts:
            raise ValueError(f"{source.name}: {address} is not an HTTPS address of {source.authority.name}")
    return source


def _release(kind: str, day: date) -> str:
    match kind:
        case "quarter":
            return quarter(_quarter_begins(day)).name
        case "fiscal_year":
            return fiscal_year(date(day.year - (day.month < 10), 10, 1)).name
        case "calendar_year":
            return calendar_year(date(day.year, 1, 1)).name
        case "taxonomy":
            return str(_taxonomy(day))
        case "current":
            return "current"
    raise ValueError(f"there is no kind of release {kind}")


def _placeholders(day: date) -> dict[str, str | int]:
    number = (day.month - 1) // 3
    return {
        "year": day.year,
        "yy": f"{day.year % 100:02d}",
        "quarter": number + 1,
        "month": _MONTHS[number],
        "letter": "abcd"[number],
        "fy": day.year + (day.month >= 10),
        # The third edition of 2026 is 32.2: editions are counted from 1994, and the quarters of each from none.
        "ncci": (day.year - 1994) * 10 + number,
        "nucc": _taxonomy(day),
    }


def _taxonomy(day: date) -> int:
    """Of the issue in effect: 260 came out in January 2026 and took effect in April, 261 in July and in October."""
    year, issue = day.year % 100, sum(day.month >= month for month in _TAXONOMY_MONTHS)
    return (year - 1) * 10 + 1 if issue == 0 else year * 10 + issue - 1


def _quarter_begins(day: date) -> date:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def _filled(pattern: str, values: Mapping[str, str | int]) -> str:
    """A regular expression with its placeholders filled in; its own braces stay."""
    return re.sub(r"\{([a-z]+)\}", lambda match: re.escape(str(values[match[1]])), pattern)
