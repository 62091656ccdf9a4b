"""What is answered: the categories of each model with their evidence, the risk score by component, what has changed."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from services.grouper.domain.estimates import LeftOut, UsedRelease
from shared.claims import Date, LongText, Many, Model

ComponentKind = Literal["demographic", "hcc", "interaction", "payment-hcc-count"]

WhyNot = Literal[
    "service-outside-year",
    "code-invalid",
    "bill-type-not-eligible",
    "procedure-not-eligible",
    "not-in-model",
    "age-sex-edit",
]


class Evidence(Model):
    """A diagnosis as it was reported."""

    pointer: str
    """To its code in the request."""
    code: str
    service_date: Date


class NotCounted(Evidence):
    """A diagnosis that adds nothing, with the reason."""

    reason: WhyNot
    message: LongText


class ScoredCategory(Model):
    """A category that counts, after hierarchies."""

    hcc: str
    label: str | None = None
    coefficient: Decimal | None = None
    """None where the segment has no factor for it: new enrollees and transplant months are scored without diagnoses."""
    diagnoses: Many[Evidence]


class DroppedCategory(Model):
    """A category that was found and does not count."""

    hcc: str
    label: str | None = None
    dropped_by: Many[str] = ()
    """The more severe categories. None: the model itself leaves it out, such as the kidney categories under ESRD."""
    diagnoses: Many[Evidence]


class Component(Model):
    """One addend of the raw score."""

    kind: ComponentKind
    variable: str
    """As the model software names it: `CNA_F65_69`."""
    coefficient: Decimal
    label: str | None = None


class Segment(Model):
    """The part of the model that a person is scored by."""

    code: str
    """As the model software heads its variables: CNA."""
    name: str


class AdjustedScore(Model):
    """The raw score as it is paid by a Medicare Advantage plan other than PACE."""

    normalization: Decimal
    normalized: Decimal
    coding_adjustment: Decimal | None = None
    score: Decimal | None = None
    """After the coding adjustment; None where it is not known to apply to the model."""
    arithmetic: LongText
    sources: Many[LongText]


class RecapturedCategory(Model):
    """A category of last year, or of this year alone. Only what was known then or is reported now is ever named."""

    hcc: str
    label: str | None = None
    outcome: Literal["kept", "outranked", "not-yet-documented", "new"]
    outranked_by: Many[str] = ()
    """The more severe categories of this year that drop it."""
    last_diagnoses: Many[Evidence] = ()
    """Where last year's diagnoses were given."""


class ModelScore(Model):
    """A person under one model."""

    model: str
    segment: Segment
    hccs: Many[ScoredCategory]
    dropped: Many[DroppedCategory]
    components: Many[Component]
    demographic: Decimal | None = None
    """What the demographic components add, where the factors are carried."""
    disease: Decimal | None = None
    """What categories, interactions and their number add."""
    raw: Decimal | None = None
    """The sum; None where it cannot be said. `left_out` says why."""
    arithmetic: LongText | None = None
    adjusted: AdjustedScore | None = None
    share: int | None = None
    """Per cent of the score that pays, where the model has a share in it."""
    recapture: Many[RecapturedCategory] | None = None
    """None where nothing was given of last year."""
    not_counted: Many[NotCounted] = ()
    """Diagnoses that this model does not count; those that no model counts are in the answer's own list."""
    left_out: Many[LeftOut] = ()
    factors: LongText | None = None
    """Whose relative factors were used, where they are not the payment year's own release."""


class BlendedScore(Model):
    """The adjusted scores of a payment year's models, each by its share. Exact; CMS pays by three decimals."""

    score: Decimal
    arithmetic: LongText
    source: LongText


class RiskScores(Model):
    """A person's risk adjustment for a payment year: an estimate from what was given, never CMS's own score."""

    label: Literal["estimate"] = "estimate"
    payment_year: int
    service_from: Date
    service_through: Date
    age: int
    """On 1 February of the payment year."""
    engine: str
    models: Many[ModelScore]
    blended: BlendedScore | None = None
    """None where a model with a share is not scored, or the person is in ESRD status."""
    not_counted: Many[NotCounted] = ()
    releases: Many[UsedRelease]
