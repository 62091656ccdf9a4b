"""How a condition is meant where it is mentioned."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Trait(StrEnum):
    PRESENT = "present"
    POSSIBLE = "possible"
    """Uncertain: probable, suspected, likely, still to be ruled out."""
    HISTORICAL = "historical"
    FAMILY = "family"
    PLANNED = "planned"
    """Conditional, feared or intended: return if fever, screening for, scheduled."""
    ABSENT = "absent"
    RULED_OUT = "ruled_out"


@dataclass(frozen=True, slots=True)
class Cue:
    """The words that say so: offsets into the document, the end exclusive."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Assertion:
    """The trait of one mention and the words that decide it; PRESENT needs none."""

    trait: Trait = Trait.PRESENT
    """How coding takes it."""
    cues: tuple[Cue, ...] = ()
    wording: Trait = Trait.PRESENT
    """What the words alone say. Another than `trait` where coding takes them otherwise: `history of hypertension` is
    worded HISTORICAL and PRESENT; an acute kidney injury that `resolved` is worded ABSENT and PRESENT."""


class Section(StrEnum):
    """The part of a note that a sentence stands in, by its heading."""

    UNTITLED = "untitled"
    CHIEF_COMPLAINT = "chief_complaint"
    PRESENT_ILLNESS = "present_illness"
    PAST_HISTORY = "past_history"
    SURGICAL_HISTORY = "surgical_history"
    FAMILY_HISTORY = "family_history"
    SOCIAL_HISTORY = "social_history"
    REVIEW_OF_SYSTEMS = "review_of_systems"
    ALLERGIES = "allergies"
    MEDICATIONS = "medications"
    EXAMINATION = "examination"
    LABORATORY = "laboratory"
    IMAGING = "imaging"
    PROCEDURES = "procedures"
    HOSPITAL_COURSE = "hospital_course"
    ASSESSMENT = "assessment"
    PLAN = "plan"
    DIAGNOSES = "diagnoses"
    INSTRUCTIONS = "instructions"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence or list item of a document; `document[start:end] == text`."""

    start: int
    end: int
    text: str
    section: Section
