"""What is asked of a chart's condition categories and what is answered."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from services.encoder.domain.reading.suggestions import Evidence, LeftOut, ReadChart
from services.encoder.domain.reading.traits import Trait
from shared.claims import IcdCode, Many, Model

Segment = Literal["CNA", "CND", "CFA", "CFD", "CPA", "CPD", "INS"]
"""Of the CMS-HCC model, as its software names them: community (C) or institutional (INS); not (N), partly (P) or fully
(F) dual; aged (A) or disabled (D)."""


class GapOptions(Model):
    """By which model gaps are looked for, and against which other codes of the person."""

    model: str | None = None
    """Such as `CMS-HCC V28`; None: the one that CMS pays by on the day."""
    segment: Segment = "CNA"
    """Whose relative factor is told."""
    reported_this_year: Annotated[Many[IcdCode], Field(max_length=500)] = ()
    """Diagnoses of the person's other encounters of the year: what they count for is no gap."""
    reported_last_year: Annotated[Many[IcdCode], Field(max_length=500)] = ()


class AskedGaps(ReadChart, GapOptions):
    """The documents of an encounter, the diagnoses coded on it, and what else is known of the person."""

    codes: Annotated[Many[IcdCode], Field(max_length=50)] = ()


class Factor(Model):
    """What a category adds to a risk score, before the model's interactions."""

    variable: str
    """As the model software names it: `CNA_HCC37`."""
    value: Decimal
    release: str
    """Of the factors; of another payment year where those of the day's are not carried."""


class Category(Model):
    """A condition category of the model."""

    hcc: str
    label: str | None = None
    factor: Factor | None = None
    """None where no factors are carried, or the segment has none for it."""


class Letter(StrEnum):
    MONITORED = "monitored"
    EVALUATED = "evaluated"
    ASSESSED = "assessed"
    TREATED = "treated"


class MeatEvidence(Model):
    """Words that show what was done about a condition."""

    letter: Letter
    evidence: Evidence
    linked: bool = False
    """They name a drug or test that belongs to the condition, and may stand apart from it."""


class SupportedDiagnosis(Model):
    """A code that the documents support."""

    code: IcdCode
    description: str | None = None
    trait: Trait
    confidence: float
    evidence: Many[Evidence]
    meat: Many[MeatEvidence] = ()


class UncodedCategory(Model):
    """A category that the documents support and that no code of the person counts for."""

    category: Category
    diagnoses: Annotated[Many[SupportedDiagnosis], Field(min_length=1)]
    """The likeliest first."""
    drops: Many[str] = ()
    """Categories that codes count for now and that would count no more beside it."""
    dropped_by: str | None = None
    """Another uncoded category beside which it would not count."""


class UncapturedCategory(Model):
    """A category of last year that no code of this year counts for."""

    category: Category
    reported: Many[IcdCode]
    """Last year's codes."""
    documented: bool
    """Whether the documents support it now. Where they do not, nothing else says that it is still there."""
    diagnoses: Many[SupportedDiagnosis] = ()
    left_out: Many[LeftOut] = ()
    """Where the documents name it otherwise: denied, past, of a relative."""


class SupportOfCode(Model):
    """What the documents say of a coded diagnosis that counts for a category."""

    code: IcdCode
    category: Category
    finding: Literal["supported", "mentioned", "not_documented"]
    """mentioned: named, with nothing that shows it monitored, evaluated, assessed or treated."""
    evidence: Many[Evidence] = ()
    meat: Many[MeatEvidence] = ()


class HccGaps(Model):
    """All that risk adjustment and the chart disagree on. A hint for a coder or for a query; nothing is coded by it."""

    model: str
    service_date: date
    release: str
    """Of the mapping, named after the payment year."""
    uncoded: Many[UncodedCategory]
    not_recaptured: Many[UncapturedCategory]
    without_support: Many[SupportOfCode]
    with_support: Many[SupportOfCode]
    releases: Many[str]
    """Of the tables that the documents were read by."""
