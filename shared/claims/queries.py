"""A query to a physician, as it is asked and answered: what the encoder, its events and FHIR say of it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from shared.claims.base import Date, Instant, Many, Model, Reference, Text

QueryForm = Literal["open_ended", "multiple_choice", "yes_no"]

QueryPurpose = Literal[
    "clinical_significance",
    "specificity",
    "present_on_admission",
    "cause_and_effect",
    "conflicting_documentation",
    "clinical_validation",
    "confirmation",
    "other",
]
"""What the query is to find out. `confirmation`: whether the provider agrees with what is documented elsewhere."""

OptionKind = Literal["finding", "yes", "no", "ruled_out", "other", "undetermined"]

QueryLevel = Literal["physician", "cdi_lead", "physician_advisor"]
"""Whose turn it is to see that the query is answered."""


def _lines_only(value: str) -> str:
    if any(ord(letter) < 32 and letter not in "\n\t" for letter in value) or "\x7f" in value:
        raise PydanticCustomError("text_control_character", "control characters cannot stand in a query")
    return value


Prose = Annotated[str, AfterValidator(_lines_only), Field(min_length=1, max_length=2_000)]
"""Some lines of text."""

Subject = Annotated[str, Field(min_length=1, max_length=255)]
"""Somebody who can log in."""


class Quote(Model):
    """Words of the record at their place: `text` is what stands in the document from `start` to `end`, exclusive."""

    document_id: Reference
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=1)]
    text: Prose


class ClinicalIndicator(Quote):
    """A quote that makes the question worth asking, with where and when it was written."""

    source: Text
    """The title or the kind of the document."""
    date: Date
    """The day on which it was written."""


class QueryOption(Model):
    """One answer that can be chosen."""

    text: Annotated[Prose, Field(max_length=300)]
    kind: OptionKind = "finding"
    """Everything but `finding` commits the physician to no diagnosis."""
    supported_by: Annotated[Many[Annotated[int, Field(ge=0, le=49)]], Field(max_length=50)] = ()
    """Places in the query's indicators, counted from nought, that support a finding."""


class QueryText(Model):
    """What the physician reads."""

    purpose: QueryPurpose
    form: QueryForm
    title: Annotated[Prose, Field(max_length=120)]
    question: Prose
    indicators: Annotated[Many[ClinicalIndicator], Field(max_length=50)] = ()
    options: Annotated[Many[QueryOption], Field(max_length=20)] = ()
    subject: Quote | None = None
    """Where that stands whose yes or no is asked; for `yes_no` only."""


class QueryAnswer(Model):
    """What the physician said."""

    option: Annotated[int, Field(ge=0, le=19)] | None = None
    """The place of the chosen option, counted from nought; None for words alone."""
    text: Prose | None = None
    by: Subject
    at: Instant
    document_id: Reference
    """The answer as a document of the record."""
