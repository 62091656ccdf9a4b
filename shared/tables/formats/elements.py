"""XML documents of the authorities as elements that know the line they stand on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from shared.tables.documents import Document
from shared.tables.errors import RefusedFile

_DEEPEST = 64
"""Elements in each other. The deepest published, the alphabetic index, have 13."""
_SPACES = re.compile(r"\s+")
_BEFORE = r"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*>|\s"
_BEGINS = re.compile(rf"(?>(?:{_BEFORE})*)<([\w.:-]+)", re.DOTALL)
"""Atomic, so that a document of comments is passed over once."""


@dataclass(slots=True)
class Element:
    """One element. `content` is its text and its elements in their order."""

    file: str
    line: int
    tag: str
    attributes: dict[str, str]
    content: list[str | Element] = field(default_factory=list)

    def __iter__(self) -> Iterator[Element]:
        """The elements directly in it."""
        return (part for part in self.content if isinstance(part, Element))

    def all(self, tag: str) -> Iterator[Element]:
        """The elements of one name directly in it."""
        return (part for part in self if part.tag == tag)

    def one(self, tag: str) -> Element | None:
        """The first of a name; None where there is none."""
        return next(self.all(tag), None)

    def text(self, *, without: frozenset[str] = frozenset()) -> str:
        """Its text with that of the elements in it, except those named, blanks made one."""
        return _SPACES.sub(" ", "".join(self._texts(without))).strip()

    def text_of(self, tag: str) -> str:
        """The text of the first element of a name; empty where there is none."""
        found = self.one(tag)
        return found.text() if found is not None else ""

    def required(self, tag: str) -> str:
        """As `text_of`. Raises RefusedFile where there is none or it is empty."""
        text = self.text_of(tag)
        if not text:
            raise self.refused(f"<{self.tag}> has no <{tag}>")
        return text

    def attribute(self, name: str) -> str:
        """Raises RefusedFile where it is missing or empty."""
        value = self.attributes.get(name, "").strip()
        if not value:
            raise self.refused(f"<{self.tag}> has no {name}")
        return value

    def number(self, name: str) -> int:
        """An attribute that is a whole number. Raises RefusedFile."""
        value = self.attribute(name)
        if not (value.isascii() and value.isdecimal()):
            raise self.refused(f"{name} {value!r} of <{self.tag}> is not a whole number")
        return int(value)

    def refused(self, reason: str) -> RefusedFile:
        """The error to raise about this element."""
        return RefusedFile(self.file, reason, line=self.line)

    def _texts(self, without: frozenset[str]) -> Iterator[str]:
        for part in self.content:
            if isinstance(part, str):
                yield part
            elif part.tag not in without:
                yield from part._texts(without)


def root_tag(document: Document) -> str:
    """The name of the outermost element, by the head of the document; empty where it is not XML. Never raises."""
    found = _BEGINS.match(document.head)
    return found[1] if found else ""


def read_elements(document: Document) -> Element:
    """The outermost element. Raises RefusedFile with the line for XML that is broken, cut off or declares entities."""
    target = _Target(document.name)
    parser = DefusedXMLParser(target=target)
    target.line = lambda: parser.parser.CurrentLineNumber
    try:
        parser.feed(document.content)
        root: Element = parser.close()
    except ParseError as error:
        raise RefusedFile(document.name, "the XML is broken or cut off", line=error.position[0]) from error
    except DefusedXmlException as error:
        line = parser.parser.CurrentLineNumber
        raise RefusedFile(document.name, "the XML declares entities, which no authority does", line=line) from error
    except (ValueError, LookupError) as error:
        raise RefusedFile(document.name, "the XML is in an encoding that is not known") from error
    return root


class _Target:
    """Builds elements out of the events of the parser."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.line: Callable[[], int] = lambda: 0
        self._open: list[Element] = []
        self._root: Element | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        element = Element(self.file, self.line(), tag, attributes)
        if len(self._open) == _DEEPEST:
            raise element.refused("the XML is nested deeper than any published table")
        if self._open:
            self._open[-1].content.append(element)
        else:
            self._root = element
        self._open.append(element)

    def end(self, tag: str) -> None:
        self._open.pop()

    def data(self, text: str) -> None:
        if self._open:
            self._open[-1].content.append(text)

    def close(self) -> Element | None:
        return self._root
