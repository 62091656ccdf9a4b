"""Histories: which code says that a condition was there once, or that it runs in the family (categories Z80 to Z87).

The tabular list says under these codes what they are the history of: `Conditions classifiable to C18`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import msgspec

from services.encoder.domain.reading.words import WordReader
from services.encoder.domain.terms.point import Point, PointKind
from shared.tables import Tables, icd10

_FAMILY = ("Z80", "Z81", "Z82", "Z83", "Z84")
_PERSONAL = ("Z85", "Z86", "Z87")
_CLASSIFIABLE = re.compile(r"conditions classifiable (?:elsewhere in|to) (.*)", re.IGNORECASE)
_RANGE = re.compile(r"([A-Z]\d[\dA-Z](?:\.\w+)?)(?:\.?-(?!\w))?(?:-([A-Z]\d[\dA-Z](?:\.\w+)?))?")
_HEAD = re.compile(r"^(?:personal|family) history of\s*", re.IGNORECASE)
_BRACKETS = re.compile(r"[(\[][^)\]]*[)\]]")
_HOLLOW = frozenset(
    [
        "other",
        "unspecifi",
        "specifi",
        "diseas",
        "disord",
        "condit",
        "organ",
        "site",
        "part",
        "system",
        "certain",
        "malign",
        "primari",
    ]
)
_NEOPLASM = frozenset({"neoplasm"})
_ALTERNATIVES = re.compile(r",| and | or ")
_RESIDUAL = re.compile(r"\bof (?:other(?! parts)|diseases of)\b", re.IGNORECASE)
_EXCEPT = re.compile(r",? except .*", re.IGNORECASE)


class History(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One code of Z80 to Z87."""

    code: str
    family: bool
    ranges: tuple[tuple[str, str], ...] = ()
    """First and last of the codes that it is the history of, without dots."""
    words: tuple[str, ...] = ()
    """Stems of its name; empty where it goes by its ranges."""


def compile_histories(points: Iterable[Point], reader: WordReader) -> Iterator[History]:
    """The histories that descriptions and inclusion terms make."""
    for point in points:
        category = point.code[:3]
        if category not in _FAMILY + _PERSONAL or point.kind is PointKind.SYNONYM:
            continue
        family = category in _FAMILY
        classifiable = _CLASSIFIABLE.search(point.text)
        if classifiable:
            yield History(point.code, family, tuple(_ranges(_EXCEPT.sub("", classifiable.group(1)))))
            continue
        for name in _ALTERNATIVES.split(_BRACKETS.sub("", _HEAD.sub("", point.text))):
            words = [word for word in reader.stems(name) if word not in _HOLLOW]
            if words:
                yield History(point.code, family, (), tuple(sorted(set(words))))


def history_of(code: str, words: frozenset[str], histories: Sequence[History], *, family: bool) -> str | None:
    """The history code of a condition: by its name, else by the narrowest range that its code is in.

    `words`: the stems that the condition was named with. None where the classification has none.
    """
    if code[0] == "C":
        words |= _NEOPLASM  # said or not: a seminoma is a neoplasm of the testis
    here = [history for history in histories if history.family == family]
    named = [each for each in here if words.issuperset(each.words) and not _NEOPLASM.issuperset(each.words)]
    ranged = [
        (_width(first, last), each.code)
        for each in here
        for first, last in each.ranges
        if first <= code[: len(first)] and code[: len(last)] <= last
    ]
    narrowest = min(ranged, default=None)
    if named:
        best = max(named, key=lambda each: (len(each.words), len(each.code)))
        if narrowest is None or best.code[:3] == narrowest[1][:3] or len(best.words) > 1:
            return best.code
    return None if narrowest is None else narrowest[1]


def history_code(tables: Tables, code: str, day: date) -> str | None:
    """The code to report for a history that a heading speaks of: the residual one below it, not the first listed.

    A hiatal hernia is in the range of Z87.1, and no peptic ulcer (Z87.11). None where nothing fits the day.
    """
    if icd10.is_billable(tables, "icd10cm", code, day):
        return code
    below = icd10.children(tables, "icd10cm", code, day)
    other = [child for child in below if _RESIDUAL.search(child.description or "")]
    return next((found for child in other if (found := history_code(tables, child.code, day))), None)


def _ranges(text: str) -> Iterator[tuple[str, str]]:
    for first, last in _RANGE.findall(text):
        start = first.replace(".", "")
        yield start, (last or first).replace(".", "")


def _width(first: str, last: str) -> int:
    return abs(_ordinal(last) - _ordinal(first)) if first[:3] != last[:3] else -len(first)


def _ordinal(code: str) -> int:
    return int(code[:3], 36)
