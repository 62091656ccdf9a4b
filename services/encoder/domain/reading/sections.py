"""The headings of a note and the sections they open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

import msgspec

from services.encoder.domain.reading.cues import word_list
from services.encoder.domain.reading.traits import Section


class Heading(NamedTuple):
    start: int
    end: int
    opens: Section | None
    """None: a label, which divides a section and leaves it."""
    known: bool = True
    """Whether its name is one of the list; else only its capitals make it a heading."""


class Part(msgspec.Struct, frozen=True, gc=False):
    """What stands under one heading; offsets into the document, the heading itself left out."""

    start: int
    end: int
    section: Section


_DIVIDED = frozenset(
    {Section.EXAMINATION, Section.REVIEW_OF_SYSTEMS, Section.LABORATORY, Section.IMAGING, Section.HOSPITAL_COURSE}
)
"""Sections that labels in capitals divide: organs, systems, tests and problems."""
_MARKER = " \t#*-_=>•\r0123456789.)("
_LONGEST = 60
"""Characters of the longest line that can be a heading."""
_DASHED = re.compile(r"\s*([A-Z][\w/& ]{1,40}?) [-–—] ")
"""`HPI - 52 year old`."""
_OPENING = re.compile(
    r"\s*(?!reason|chief)(?:(?:[\w&-]+[ /]){0,4}(?:clinic|visit|note|consult|consultation|follow[- ]?up|f/u|intake"
    r"|service|center|unit|rounds|survivorship)|allergy|pain|sleep|stroke|trauma|wound|transplant|oncology|infection)\s*:",
    re.IGNORECASE,
)
"""At the beginning of a note: whose note it is, and no diagnosis."""
_REMARK = re.compile(r"\s*\([^)]*\)\s*\Z")
_BEFORE_NAME = re.compile(r".*[\n.;!?]", re.DOTALL)
"""What stands before the phrase that a colon ends."""


def parts(text: str, kind: str = "") -> list[Part]:
    """The parts of a document in their order, from its beginning to its end; empty ones are left out.

    `kind` is the document's kind, which says what it is about before its first heading.
    """
    section = _kinds().get(kind, Section.UNTITLED)
    found: list[Part] = []
    start = 0
    for heading in _headings(text):
        if text[start : heading.start].strip(_MARKER + "\n:"):
            found.append(Part(start, heading.start, section))
        start = heading.end
        if heading.opens is not None and (heading.known or section not in _DIVIDED):
            section = heading.opens
    if text[start:].strip():
        found.append(Part(start, len(text), section))
    return found


def _headings(text: str) -> list[Heading]:
    opening = _OPENING.match(text)
    named = [] if opening is None else [Heading(0, opening.end(), Section.UNTITLED)]
    begin = opening.end() if opening is not None else 0
    return sorted((*named, *(each for each in (*_with_colon(text), *_on_a_line(text)) if each.start >= begin)))


def _with_colon(text: str) -> Iterator[Heading]:
    """Names before a colon: `HPI:`, at the beginning of a line or where a sentence could begin."""
    sections, colon, reached = _sections(), text.find(":"), 0
    while colon >= 0:
        begin = max(reached, colon - _LONGEST)
        before = _BEFORE_NAME.match(text, begin, colon)
        begin = begin if before is None else before.end()
        found = _name_at_end(text, begin, colon)
        if found >= 0:
            yield Heading(found, colon + 1, sections[_name(text[found:colon])])
            reached = colon + 1
        elif _is_capitals(text, begin, colon):
            yield Heading(begin, colon + 1, Section.UNTITLED, known=False)
            reached = colon + 1
        colon = text.find(":", colon + 1)


def _name_at_end(text: str, begin: int, end: int) -> int:
    """Where the longest known name begins that ends the phrase; -1: none does."""
    sections = _sections()
    while begin < end and text[begin] in _MARKER:
        begin += 1
    start = begin
    while 0 <= start < end:
        name = text[start:end]
        if _name(name) in sections and (start == begin or (not name[0].islower() and len(name) > 2)):
            return start
        start = text.find(" ", start, end) + 1 or end
        while start < end and text[start] == " ":
            start += 1
    return -1


def _is_capitals(text: str, begin: int, end: int) -> bool:
    """Whether a line begins with words in capitals."""
    words = text[begin:end]
    return words.isupper() and len(words.strip()) > 3 and (begin == 0 or text[begin - 1] == "\n")


def _on_a_line(text: str) -> Iterator[Heading]:
    """Names that have a line to themselves."""
    if "\n" not in text:
        return
    sections, start = _sections(), 0
    for line in text.split("\n"):
        dashed = _DASHED.match(line)
        if dashed is not None and _name(dashed[1]) in sections:
            yield Heading(start, start + dashed.end(), sections[_name(dashed[1])])
        if 1 < len(line) <= _LONGEST and ":" not in line:
            name = line.strip(_MARKER)
            if len(name) > 1 and not name[0].islower() and _name(name) in sections:
                yield Heading(start, start + len(line), sections[_name(name)])
        start += len(line) + 1


def _name(heading: str) -> str:
    """As it stands in the list of headings."""
    plain = heading if "(" not in heading else _REMARK.sub("", heading)
    return " ".join((plain or heading).lower().split())


@cache
def _sections() -> Mapping[str, Section | None]:
    """The section that each heading opens, by its name in small letters; None: a label, which opens none."""
    listed = word_list("sections")
    opened = {name: Section(section) for section, names in listed["headings"].items() for name in names}
    return {**dict.fromkeys(listed["labels"]), **opened}


@cache
def _kinds() -> Mapping[str, Section]:
    return {kind: Section(section) for kind, section in word_list("sections")["kinds"].items()}
