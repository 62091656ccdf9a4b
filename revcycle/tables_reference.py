"""The lists in `docs/tables.md`, made from what the product knows: `python -m revcycle.tables_reference`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from shared.tables.fetching.sources import Source, sources
from shared.tables.formats import FORMATS
from shared.tables.registry import TABLES

PAGE = Path(__file__).parents[1] / "docs" / "tables.md"
_BEGIN, _END = "<!-- {}: made by `make generate` -->", "<!-- end of {} -->"


def page_with_lists(page: str) -> str:
    """The page with each list between its marks."""
    for name, made in _LISTS.items():
        head, rest = page.split(_BEGIN.format(name))
        _, tail = rest.split(_END.format(name))
        rows = "\n".join(made())
        page = f"{head}{_BEGIN.format(name)}\n\n{rows}\n\n{_END.format(name)}{tail}"
    return page


def _tables() -> Iterator[str]:
    yield "| table | what it holds | key | authority | licence |"
    yield "|---|---|---|---|---|"
    for table in sorted(TABLES.values(), key=lambda table: table.name):
        yield _row(f"`{table.name}`", table.title, table.key, table.authority, table.licence)


def _formats() -> Iterator[str]:
    yield "| format | tables |"
    yield "|---|---|"
    for known in sorted(FORMATS, key=lambda known: known.name):
        yield _row(known.name, ", ".join(f"`{table.name}`" for table in known.tables))


def _sources() -> Iterator[str]:
    yield "| source | what it is | authority | licence | where it is |"
    yield "|---|---|---|---|---|"
    for source in sources():
        yield _row(f"`{source.name}`", source.title, source.authority.name, source.terms, _where(source))


def _where(source: Source) -> str:
    if source.by_hand is not None:
        return f"By hand: {source.by_hand} {source.page}"
    checked = f"seen {source.checked}" if source.checked else "address not yet seen to answer by us"
    return f"{source.page} ({checked})"


def _row(*cells: str) -> str:
    return f"| {' | '.join(' '.join(cell.split()).replace('|', '/') for cell in cells)} |"


_LISTS: Mapping[str, Callable[[], Iterator[str]]] = {"tables": _tables, "formats": _formats, "sources": _sources}


if __name__ == "__main__":
    PAGE.write_text(page_with_lists(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
