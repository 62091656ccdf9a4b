"""What a search is asked and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

import msgspec

from services.encoder.domain.code_filters import CodeFilter, OneSex
from services.encoder.domain.terms.point import NamedSystem
from shared.tables import Tables

Sex = Literal["female", "male"]
_ONE_SEX: dict[Sex | None, OneSex] = {"female": "F", "male": "M"}
SYSTEMS: tuple[NamedSystem, ...] = ("icd10cm", "icd10pcs", "hcpcs", "cpt")


class Reason(StrEnum):
    """Why a code is shown: its own characters, the kind of the name that was found (`PointKind`), or what it means."""

    CODE = "code"
    DESCRIPTION = "description"
    INCLUSION_TERM = "inclusion_term"
    INDEX_PATH = "index_path"
    SYNONYM = "synonym"
    ABBREVIATION = "abbreviation"
    MEANING = "meaning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which codes may be found."""

    day: date
    """The date of service: only codes that stand on it are found."""
    systems: tuple[NamedSystem, ...] = SYSTEMS
    """A code set that is not carried for the day has no codes."""
    headings: bool = False
    """Whether categories and subcategories are found too; else the code that stands for one when nothing more is
    said goes in its place."""
    chapter: str | None = None
    """A range of ICD-10-CM categories, both ends included: I00-I99. Codes of other systems are left out."""
    sex: Sex | None = None
    """Leaves out the codes that the Medicare Code Editor knows of the other sex only."""
    age: int | None = None
    """In completed years; leaves out the codes that the Medicare Code Editor knows of other ages only."""

    def admits(self, tables: Tables, system: NamedSystem, code: str) -> bool:
        """Whether a code of the day fits the chapter and the patient."""
        if self.chapter is not None:
            first, _, last = self.chapter.partition("-")
            if system != "icd10cm" or not first <= code[: len(first)] or not code[: len(last)] <= last:
                return False
        return CodeFilter(age=self.age, sex=_ONE_SEX.get(self.sex)).admits(tables, system, code, self.day)


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """A code that was found, and why."""

    system: NamedSystem
    code: str
    """Without a dot."""
    billable: bool
    """May be reported on the day; False for a heading."""
    title: str
    """The description of the code on the day, empty where the release has none."""
    reason: Reason
    text: str
    """The name that was found, as it is printed: a description, an inclusion term, the path of an index entry."""
    path: tuple[str, ...] = ()
    """The way through the index, for an index path."""
    source: str = ""
    """The table release that says so."""
    led_from: str = ""
    """The heading that was found, where this code stands for it."""
    read_as: str = ""
    """What the query was read as, where it was not taken by its words: an abbreviation spelt out, a typo corrected."""
    matched: tuple[str, ...] = ()
    """The words of the query as it was read that the code and the headings above it answer, in their order."""
    unmatched: tuple[str, ...] = ()
    exact: bool = False
    """A name says what the query says, no less and no more but joining words and nonessential modifiers."""
    score: float = 0.0
    """Between 0 and 1: how likely it is that this of the codes found is the one that is meant."""
