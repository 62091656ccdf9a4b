"""What a search of codes answers: the codes in rank order with their reasons, and the same by category."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Literal

from services.encoder.domain.search.hits import Filters, Hit, Reason
from services.encoder.domain.terms.point import NamedSystem
from shared.claims import Date, Many, Model
from shared.tables import CodeEntry, CodeSystem, Tables, hcpcs, icd10

_ICD: Mapping[NamedSystem, CodeSystem] = {"icd10cm": "icd10cm", "icd10pcs": "icd10pcs"}
"""The code sets that have headings."""
_CATEGORY = 3
"""Characters of a category of ICD-10-CM, and of a table of ICD-10-PCS."""
_MOST_IN_GROUP = 25

MeaningState = Literal["on", "building", "off"]


class FoundCode(Model):
    """A code or heading that stands on the day asked for. No description: the release carries none."""

    system: NamedSystem
    code: str
    description: str | None = None
    short_description: str | None = None
    billable: bool
    valid_from: Date | None = None
    """No day: the release does not say since when."""
    valid_through: Date | None = None


class FoundBy(Model):
    """Why a code is shown."""

    kind: Reason
    text: str
    """The name that was found, as it is printed: a description, an inclusion term, the path of an index entry."""
    path: Many[str] = ()
    """The way through the index, for an index path."""
    source: str = ""
    """The table release that says so."""
    led_from: str = ""
    """The heading that was found, where this code stands for it when nothing more is said."""
    read_as: str = ""
    """What the query was read as, where it was not taken by its words: an abbreviation spelt out, a typo corrected."""
    exact: bool = False
    """A name says what the query says, no less and no more but joining words and nonessential modifiers."""
    score: float = 0.0
    """Between 0 and 1: how likely it is that this of the codes found is the one that is meant."""


class RankedCode(FoundCode):
    """A code and why it was found."""

    reason: FoundBy


class CodeGroup(Model):
    """What was found in one category."""

    system: NamedSystem
    category: FoundCode | None = None
    """The category of ICD-10-CM or the table of ICD-10-PCS; HCPCS and CPT have none."""
    codes: Many[FoundCode]
    """The billable codes that were found, in rank order, then the others below the headings that were found."""
    more: bool = False
    """Whether there are more below those headings."""


class FoundCodes(Model):
    """What was found, the likeliest first, and the release that was asked."""

    release: str
    """Of several code sets, the releases of each."""
    codes: Many[RankedCode]
    groups: Many[CodeGroup] = ()
    """The same by category, that of the likeliest code first."""
    meaning: MeaningState = "off"
    """Whether meaning was searched too: `building` while its vectors are made or opened, `off` where there are none."""


def ranked(hits: Sequence[Hit], tables: Tables, day: date) -> Iterator[RankedCode]:
    """The hits as they stand on a day, in their order. Raises NoRelease."""
    for hit in hits:
        found = standing(tables, hit.system, hit.code, day)
        if found is not None:
            yield RankedCode(**dict(found), reason=_found_by(hit))


def grouped(hits: Sequence[Hit], tables: Tables, filters: Filters) -> Iterator[CodeGroup]:
    """The hits by category, that of the first hit first. Raises NoRelease."""
    day = filters.day
    by_category: dict[tuple[NamedSystem, str], list[Hit]] = {}
    for hit in hits:
        by_category.setdefault((hit.system, _category(hit)), []).append(hit)
    for (system, category), found in by_category.items():
        listed = {hit.code: standing(tables, system, hit.code, day) for hit in found if hit.billable}
        for below in _below(found, tables, filters):
            if len(listed) > _MOST_IN_GROUP:
                break
            listed.setdefault(below.code, of_entry(below))
        codes = [code for code in listed.values() if code is not None]
        yield CodeGroup(
            system=system,
            category=standing(tables, system, category, day) if category else None,
            codes=tuple(codes[:_MOST_IN_GROUP]),
            more=len(codes) > _MOST_IN_GROUP,
        )


def standing(tables: Tables, system: NamedSystem, code: str, day: date) -> FoundCode | None:
    """A code or heading as it stands on a day; None where it does not. Raises NoRelease."""
    icd = _ICD.get(system)
    if icd is not None:
        entry = icd10.entry(tables, icd, code, day)
        return of_entry(entry) if entry else None
    listed = hcpcs.code(tables, code, day)
    if not listed.valid:
        return None
    return FoundCode(
        system=system,
        code=code,
        description=listed.long or listed.short or None,
        short_description=listed.short or None,
        billable=True,
        valid_from=listed.first,
        valid_through=listed.last,
    )


def of_entry(entry: CodeEntry) -> FoundCode:
    """A code or heading of ICD-10."""
    return FoundCode(
        system=entry.system,
        code=entry.code,
        description=entry.description,
        short_description=entry.short_description,
        billable=entry.billable,
        valid_from=entry.valid_from,
        valid_through=entry.valid_through,
    )


def _found_by(hit: Hit) -> FoundBy:
    return FoundBy(
        kind=hit.reason,
        text=hit.text,
        path=hit.path,
        source=hit.source,
        led_from=hit.led_from,
        read_as=hit.read_as,
        exact=hit.exact,
        score=round(hit.score, 4),
    )


def _below(hits: Sequence[Hit], tables: Tables, filters: Filters) -> Iterator[CodeEntry]:
    """Billable codes below the headings that were found, or that led to what was: one more than are shown of each."""
    for hit in hits:
        icd = _ICD.get(hit.system)
        heading = hit.led_from or ("" if hit.billable else hit.code)
        if icd is not None and heading:
            below = icd10.starting_with(tables, icd, heading, filters.day, limit=_MOST_IN_GROUP + 1)
            yield from (entry for entry in below if filters.admits(tables, icd, entry.code))


def _category(hit: Hit) -> str:
    return hit.code[:_CATEGORY] if hit.system in _ICD else ""
