"""What a search is asked and what it answers."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal

import msgspec

from services.encoder.domain.terms.point import NamedSystem

Sex = Literal["female", "male"]
SYSTEMS: tuple[NamedSystem, ...] = ("icd10cm", "icd10pcs", "hcpcs", "cpt")


class Reason(StrEnum):
    """Why a code is shown: the kind of the name that was found (`PointKind`), its own characters, or its meaning."""

    CODE = "code"
    DESCRIPTION = "description"
    INCLUSION_TERM = "inclusion_term"
    INDEX_PATH = "index_path"
    SYNONYM = "synonym"
    ABBREVIATION = "abbreviation"
    MEANING = "meaning"


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """Which codes may be found."""

    day: date
    """The date of service: only codes that stand on it are found."""
    systems: tuple[NamedSystem, ...] = SYSTEMS
    headings: bool = False
    """Whether categories and subcategories are found too; else the code that stands for one when nothing more is
    said goes in its place."""
    chapter: str | None = None
    """A range of ICD-10-CM categories, both ends included: I00-I99. Codes of other systems are left out."""
    sex: Sex | None = None
    """Leaves out the codes that the Medicare Code Editor knows of the other sex only."""
    age: int | None = None
    """In completed years; leaves out the codes that the Medicare Code Editor knows of other ages only."""


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
    """The words of the query that the code answers, in their order."""
    unmatched: tuple[str, ...] = ()
    exact: bool = False
    """The name says what the query says, no less and no more but joining words and nonessential modifiers."""
    score: float = 0.0
    """Between 0 and 1: how much of the query is answered, and how little else the name says."""
