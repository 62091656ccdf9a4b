"""Tables inside web pages, for what an authority publishes as a page alone."""

from __future__ import annotations

from html.parser import HTMLParser

from shared.tables.documents import Document
from shared.tables.errors import RefusedFile


def is_page(document: Document) -> bool:
    """Whether a document is a web page, or the piece of one with its table."""
    return document.head.lstrip()[:1] == "<" and "<table" in document.text.lower()


def tables_of(document: Document) -> list[list[list[str]]]:
    """The tables of a page as rows of cells, as text.

    Raises RefusedFile where one has no end: the page is cut off.
    """
    page = _Tables()
    page.feed(document.text)
    page.close()
    if page.open_tables:
        raise RefusedFile(document.name, "a table of the page has no end: the page is cut off")
    return page.tables


class _Tables(HTMLParser):
    """Gathers cells. A table inside a cell is read as one more table."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.open_tables = 0
        self._in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.open_tables += 1
            self.tables.append([])
        elif tag == "tr" and self.open_tables:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.open_tables and self.tables[-1]:
            self.tables[-1][-1].append("")
            self._in_cell = True
        elif tag in ("br", "p", "li"):
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self.open_tables -= 1
        if tag in ("td", "th", "tr", "table"):
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.tables[-1][-1][-1] += data
