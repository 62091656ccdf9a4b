"""Figures that are coded beside a diagnosis: the body mass index, and the weeks of a pregnancy.

Neither is a diagnosis by itself (ICD-10-CM Official Guidelines, I.B.14 and I.C.21.c.11): a provider must document the
condition that it goes with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache

from services.encoder.domain.reading.facts import ChartFacts
from services.encoder.domain.reading.passages import sentences
from services.encoder.domain.reading.suggestions import Evidence, ReadDocument
from services.encoder.domain.reading.supports import Support, Supports, starting
from services.encoder.domain.reading.traits import Trait
from services.encoder.parameters import parameter
from shared.tables import Tables, icd10

_BODY_MASS = re.compile(
    r"\b(?:BMI|body mass index)\b(?: \(?kg/m\W?2?\)?)?(?:\s*[:=]|,? (?:of|is|was|at|today|currently))*\s*"
    r"(\d{2}(?:\.\d{1,2})?)(?![\d/]|\.\d|\s*%)",
    re.IGNORECASE,
)
_WEEKS = re.compile(r"\b\d{1,2}\b[^.\n]{0,12}?\b(?:weeks?|wks?|w)\b|\b\d{1,2}w[0-6]d?\b", re.IGNORECASE)
_RANGE = re.compile(r"\[BMI\] (\d+(?:\.\d)?)(?:-(\d+\.\d)| or (less|greater)), adult", re.IGNORECASE)
_ONE_DECIMAL = Decimal("0.1")


def with_figures(
    supports: Supports, documents: Iterable[ReadDocument], facts: ChartFacts, tables: Tables, day: date
) -> Iterator[Support]:
    """The codes of figures whose condition is among the supports, each with the words that give the figure."""
    goes_with = parameter("reading/figures").on(day)
    documents = tuple(documents)
    if starting(supports, goes_with["body_mass_index"]) and not facts.newborn:
        yield from _body_mass(documents, tables, day)
    if facts.weeks is not None and starting(supports, goes_with["weeks_of_gestation"]):
        yield from _weeks(documents, facts.weeks, tables, day)


def _body_mass(documents: Iterable[ReadDocument], tables: Tables, day: date) -> Iterator[Support]:
    """The last figure: of those of a stay it is the one that is closest to the discharge."""
    found = [(evidence, Decimal(match[1])) for evidence, match in _said(_BODY_MASS, documents)]
    if found:
        evidence, figure = found[-1]
        code = _code_of_body_mass(tables, day, figure.quantize(_ONE_DECIMAL, rounding="ROUND_DOWN"))
        if code is not None:
            yield Support(code, Trait.PRESENT, (), ("Body mass index",), found=(evidence,))


def _weeks(documents: Iterable[ReadDocument], weeks: int, tables: Tables, day: date) -> Iterator[Support]:
    code = f"Z3A{weeks:02}"
    said = [evidence for evidence, match in _said(_WEEKS, documents) if int(match[0][:2]) == weeks]
    if said and icd10.is_billable(tables, "icd10cm", code, day):
        yield Support(code, Trait.PRESENT, (), ("Weeks of gestation",), found=(said[0],))


def _said(pattern: re.Pattern[str], documents: Iterable[ReadDocument]) -> Iterator[tuple[Evidence, re.Match[str]]]:
    for document in documents:
        if pattern.search(document.text) is None:
            continue
        for sentence in sentences(document.text, document.kind):
            for match in pattern.finditer(sentence.text):
                start, end = sentence.start + match.start(), sentence.start + match.end()
                yield (
                    Evidence(document=document.id, start=start, end=end, text=match[0], section=sentence.section),
                    match,
                )


def _code_of_body_mass(tables: Tables, day: date, figure: Decimal) -> str | None:
    return next((code for code, low, high in _ranges(tables, day) if low <= figure <= high), None)


@lru_cache(maxsize=16)
def _ranges(tables: Tables, day: date) -> tuple[tuple[str, Decimal, Decimal], ...]:
    """The codes of Z68 for adults with the least and the greatest figure of each, as their titles give them."""
    found = []
    for entry in icd10.starting_with(tables, "icd10cm", "Z68", day, limit=100):
        match = _RANGE.search(entry.description or "")
        if match is not None:
            first = Decimal(match[1])
            low, high = {"less": (Decimal(0), first), "greater": (first, Decimal(999))}.get(
                match[3], (first, Decimal(match[2] or first))
            )
            found.append((entry.code, low, high))
    return tuple(found)
