"""The sentences of a document, each with the section it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from services.encoder.domain.reading.cues import word_list
from services.encoder.domain.reading.sections import Part, parts
from services.encoder.domain.reading.traits import Sentence

_ENDS = r"""
    (?<=[.!?])[.!?]*["')\]]*(?=\s)       # the end of a sentence, or a full stop within it
    | (?<=\n)(?:                         # a line that ends, or a sentence that goes over it
        [ \t]*(?=(?:[-*•+#>]|\d{1,2}[.)]|[a-zA-Z][.)]|\[[ xX]?\]|\([ xX]\)|[☐☑☒])\s?)   # the next item of a list
        | )
"""
_BREAK = re.compile(rf"[.!?\n](?:{_ENDS})", re.VERBOSE)
_BREAK_IN_LINE = re.compile(
    rf"""
    [.!?\n\ ](?:{_ENDS}
    | (?<=\ )(?=\d{{1,2}}\)\ ?[A-Z]|\#\ ?\d{{0,2}}\ ?[A-Z])     # the next item of a list within a line
    | (?<=\ )(?=\[[ xX]?\]\ |[☐☑☒]))                         # the next box to tick
    """,
    re.VERBOSE,
)
_IN_LINE = re.compile(r" (?:\d{1,2}\)|[#\[☐☑☒])")
_ITEM = re.compile(r"(?:[-*•>]+\s+|#\s?\d{0,2}[.):]?\s*|\(?\d{1,2}[.)]\s+|\d{1,2}\)\s*|[a-zA-Z][.)]\s+(?=[A-Z]))")
"""What numbers or marks an item of a list."""
_NUMBERED = re.compile(r"\s*(?:\(?\d{1,2}|[a-zA-Z])\Z")
_LAST_WORD = re.compile(r"[\w./-]*\Z")
_WRAPPED = 55
"""A line of so many characters that ends without a mark was broken by the width of the page."""
_BLANK = " \t\r\n\f\v\xa0"


@lru_cache(maxsize=32)
def sentences(text: str, kind: str = "") -> tuple[Sentence, ...]:
    """The sentences and list items of a document in their order; `text[s.start:s.end] == s.text` of each.

    `kind` is the document's kind, such as `imaging_report`. Headings and the marks of list items stand in none.
    Kept for the documents of the chart at hand: several readers ask for the same.
    """
    return tuple(sentence for part in parts(text, kind) for sentence in _of_part(text, part))


def _of_part(text: str, part: Part) -> Iterator[Sentence]:
    for start, end in _pieces(text, part.start, part.end):
        while start < end and text[start] in _BLANK:
            start += 1
        item = _ITEM.match(text, start, end)
        if item is not None:
            start = item.end()
        while end > start and text[end - 1] in _BLANK:
            end -= 1
        if start < end:
            yield Sentence(start, end, text[start:end], part.section)


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin = start
    pattern = _BREAK_IN_LINE if _IN_LINE.search(text, start, end) else _BREAK
    for mark in pattern.finditer(text, start, end):
        if _divides(text, begin, mark, end):
            yield begin, mark.end()
            begin = mark.end()
    yield begin, end


def _divides(text: str, begin: int, mark: re.Match[str], end: int) -> bool:
    sign = mark[0][0]
    if sign == "\n":
        return len(mark[0]) > 1 or _ends_line(text, begin, mark.start(), end)
    if sign == ".":
        return _ends_sentence(text, begin, mark.start(), mark.end(), end)
    return True


def _ends_line(text: str, begin: int, at: int, end: int) -> bool:
    """Whether a line's end is a sentence's: it is not where the line was full, or the next goes on in small letters."""
    after = text[at + 1 : min(end, at + 40)].lstrip(" \t\r")
    if not after or after[0] == "\n" or _ITEM.match(after) or after[0] in "[☐☑☒":
        return True
    line = text.rfind("\n", 0, at) + 1
    before = text[max(line, begin) : at].rstrip()
    if not before:
        return False
    if before[-1] in ".!?:;":
        return True
    if before[-1] in ",-/(&" or after[0].islower():
        return False
    return at - max(line, begin) < _WRAPPED


def _ends_sentence(text: str, begin: int, at: int, behind: int, end: int) -> bool:
    """Whether a full stop ends a sentence rather than an abbreviation, an initial or the number of a list item."""
    after = text[behind : min(end, behind + 40)].lstrip()
    if not after:
        return True
    found = _LAST_WORD.search(text, max(begin, at - 30), at)
    word = found[0].lower() if found else ""
    never, may = _abbreviations()
    if _NUMBERED.match(text, begin, at):
        return False
    if word in never:
        return word == "no" and not after[0].isdigit()
    if not after[0].islower():
        return not (len(word) == 1 and word.isalpha() and text[max(begin, at - 3) : at - 1] == ". ")
    return len(word) > 1 and "." not in word and word not in may


@cache
def _abbreviations() -> tuple[frozenset[str], frozenset[str]]:
    """Those after which no sentence ends, and those after which one ends where a capital follows."""
    marks = word_list("sentence_marks")
    return frozenset(map(str, marks["never_end"])), frozenset(map(str, marks["may_end"]))
