"""Say it once and as exactly as the record does: repeated, unspecified, acute and chronic, combined (I.B)."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from services.encoder.domain.guidelines.code_lists import one_instead
from services.encoder.domain.guidelines.rules import Coded, CodedChart, Finding, Findings, Fix, guideline
from services.encoder.domain.guidelines.sides import family
from services.encoder.domain.guidelines.tabular_list import dotted, title
from shared.tables import Tables, icd10
from shared.tables.icd10 import CODES

_READS = (CODES["icd10cm"],)
_CATEGORY = 3
_MOST_OF_CATEGORY = 400
_UNSPECIFIED = re.compile(r"\bunspecified\b|\bNOS\b", re.IGNORECASE)
_ACUTE = re.compile(r"^Acute (?!and |on )")
_CHRONIC = re.compile(r"^Chronic ")
_WITHOUT = re.compile(r"\bwithout (?:mention of )?(\w+)")
_SHORTEST_NOUN = 5


@guideline("duplicate.repeated", "The same code twice", citation="I.B.12")
def repeated(chart: CodedChart, tables: Tables) -> Findings:
    """Both sides of a condition that has no code for a side are one code too."""
    seen: set[str] = set()
    for coded in chart.coded:
        if coded.code in seen:
            message = f"{dotted(coded.code)} is coded already"
            yield Finding(message, coded.pointer, (coded.code,), fix=Fix.removing(coded))
        seen.add(coded.code)


@guideline(
    "specificity.documented",
    "A less specific code than the documents support",
    citation="I.B.2",
    severity="warning",
    reads=_READS,
)
def documented_more_exactly(chart: CodedChart, tables: Tables) -> Findings:
    """Within its category. Where only the side is missing, `laterality.unspecified_side` says so."""
    for coded in chart.coded:
        if not is_unspecified(tables, coded.code, chart.day):
            continue
        sides = family(tables, coded.code, chart.day).values()
        exact = sorted(
            code
            for code in chart.documented - chart.all_codes
            if code[:_CATEGORY] == coded.code[:_CATEGORY]
            and code not in sides
            and not is_unspecified(tables, code, chart.day)
        )
        if exact:
            yield Finding(
                f"{dotted(coded.code)} is unspecified; the documents support {', '.join(map(dotted, exact))}",
                coded.pointer,
                (coded.code, *exact),
                fix=Fix.replacing(coded, exact[0]) if len(exact) == 1 else None,
            )


@guideline(
    "specificity.unspecified_beside_specific",
    "An unspecified code beside a specific one of the same kind",
    citation="I.A.9.b",
    severity="warning",
    reads=_READS,
)
def unspecified_beside_specific(chart: CodedChart, tables: Tables) -> Findings:
    """`I50.9` says nothing that `I50.32` does not. Injuries are told by their places, and may be several."""
    for coded in chart.diagnoses:
        stem = _stem(coded.code)
        if stem is None or coded.code[0] in "STZ" or not is_unspecified(tables, coded.code, chart.day):
            continue
        for other in chart.diagnoses:
            if other.code.startswith(stem) and not is_unspecified(tables, other.code, chart.day):
                yield Finding(
                    f"{dotted(other.code)} says more exactly what {dotted(coded.code)} says",
                    coded.pointer,
                    (coded.code, other.code),
                    fix=Fix.removing(coded),
                )
                break


@guideline(
    "acute_and_chronic.apart",
    "An acute and a chronic condition that one code has together, or chronic before acute",
    citation="I.B.8",
    reads=_READS,
)
def acute_and_chronic(chart: CodedChart, tables: Tables) -> Findings:
    for chronic in chart.diagnoses:
        condition = _CHRONIC.sub("", title(tables, chronic.code, chart.day))
        if condition == title(tables, chronic.code, chart.day):
            continue
        for acute in chart.diagnoses:
            if title(tables, acute.code, chart.day) != f"Acute {condition}":
                continue
            together = _together(tables, chronic.code, condition, chart.day)
            first, second = sorted((acute, chronic), key=lambda coded: coded.index)
            if together is not None:
                message = f"{dotted(together)} is for acute and chronic together"
                fix = one_instead(first, second, together)
                yield Finding(message, second.pointer, (first.code, second.code), fix=fix)
            elif first is chronic:
                message = f"{dotted(acute.code)}, acute, goes before {dotted(chronic.code)}"
                yield Finding(message, acute.pointer, (acute.code, chronic.code), fix=Fix.moving(acute, chronic.index))


@guideline(
    "combination.with",
    "Two codes for what a combination code says",
    citation="I.B.9",
    severity="warning",
    reads=_READS,
)
def combined(chart: CodedChart, tables: Tables) -> Findings:
    """`without` in one description, another code for just that, and a sibling of the first that says `with`."""
    for coded in chart.diagnoses:
        found = _denied(tables, coded.code, chart.day)
        if found is None:
            continue
        noun, with_it = found
        for other in chart.diagnoses:
            named = re.search(rf"\b{noun}\b", title(tables, other.code, chart.day), re.IGNORECASE)
            if other.code[:_CATEGORY] != coded.code[:_CATEGORY] and named and with_it not in chart.all_codes:
                yield _instead_of(coded, other, noun, with_it)


def _instead_of(coded: Coded, other: Coded, noun: str, with_it: str) -> Finding:
    first, second = sorted((coded, other), key=lambda one: one.index)
    return Finding(
        f"{dotted(coded.code)} is without {noun}, which {dotted(other.code)} tells: {dotted(with_it)} is for both",
        coded.pointer,
        (coded.code, other.code),
        fix=one_instead(first, second, with_it),
    )


def is_unspecified(tables: Tables, code: str, day: date) -> bool:
    """Whether a description says of itself that more could be said."""
    return bool(_UNSPECIFIED.search(title(tables, code, day)))


def _stem(code: str) -> str | None:
    """What the specific codes beside an unspecified one begin with; None where the code does not end as such do."""
    stem = code[:_CATEGORY] + code[_CATEGORY:].rstrip("09")
    return stem if stem != code else None


@lru_cache(maxsize=8192)
def _together(tables: Tables, code: str, condition: str, day: date) -> str | None:
    wanted = {f"Acute and chronic {condition}", f"Acute on chronic {condition}"}
    wanted.add(f"Acute {condition} with chronic {condition}")
    for entry in icd10.starting_with(tables, "icd10cm", code[:_CATEGORY], day, limit=_MOST_OF_CATEGORY):
        if entry.description in wanted:
            return entry.code
    return None


@lru_cache(maxsize=8192)
def _denied(tables: Tables, code: str, day: date) -> tuple[str, str] | None:
    """What a code is without, in a word, and its sibling that is with it."""
    wording = title(tables, code, day)
    without = _WITHOUT.search(wording)
    if without is None or len(without[1]) < _SHORTEST_NOUN:
        return None
    with_it = _WITHOUT.sub(r"with \1", wording, count=1)
    for place in range(_CATEGORY, len(code)):
        for character in "1234567890":
            sibling = f"{code[:place]}{character}{code[place + 1 :]}"
            if title(tables, sibling, day) == with_it:
                return without[1], sibling
    return None
