"""What a tenant says of its queue: where charts go, what counts how much, who its coders are, what needs none."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from services.encoder.parameters import parameter
from shared.claims import Amount, Date, EncounterClass, Instant, Many, Model, Reference, Text

Points = Annotated[int, Field(ge=-100_000, le=100_000)]

Flag = Literal["in_house", "returned", "query_answered", "no_charges", "no_coverage"]
"""What is noticeable about a chart beside its facts."""


class Condition(Model):
    """What a chart must be for a rule to take it: everything that is said must hold; what is not said may be anything.

    Lists name alternatives, `flags` what must all be there. Specialities are compared without regard to case.
    """

    work_types: Many[EncounterClass] = ()
    specialties: Many[Text] = ()
    payers: Annotated[Many[Reference], Field(max_length=500)] = ()
    """Ids of the primary payer."""
    facilities: Annotated[Many[Reference], Field(max_length=500)] = ()
    value_at_least: Amount | None = None
    value_below: Amount | None = None
    days_since_discharge: Annotated[int, Field(ge=0, le=3_650)] | None = None
    """At least so many days discharged, and not still in the house."""
    flags: Many[Flag] = ()


class RoutingRule(Model):
    """Charts that meet `when` wait in `queue`. Rules are asked in their order; the first that fits decides."""

    id: Reference
    when: Condition = Condition()
    queue: Reference
    credential: Reference | None = None
    """Only coders who hold it may take the chart, such as CCS or CRC."""
    trainees: bool = True
    """Whether trainees may take it."""
    points: Points = 0
    """Added to the chart's priority."""


class PriorityWeights(Model):
    """How much each part of the priority counts."""

    per_day: Annotated[int, Field(ge=1, le=10_000)]
    """Points for each day since discharge or service. The same for all, so that order does not change by waiting."""
    dollars_per_point: Annotated[int, Field(ge=1)]
    value_most: Points
    """The most that charges can add."""
    deadline_most: Points
    """What a payer adds whose time for filing is nought; one that takes claims for a year adds nothing."""
    inpatient: Points
    """For a discharged inpatient stay."""
    in_house: Points
    """For a patient who is still in the house: nothing can be billed yet."""
    returned: Points
    """For a chart that the grouper or scrubber sent back."""
    query_answered: Points
    """For a chart whose query was answered since it was last coded."""


class QueueRules(Model):
    """A tenant's rules from a day on. Charts that no rule takes wait in `default_queue`."""

    effective: Date
    rules: Annotated[Many[RoutingRule], Field(max_length=200)] = ()
    default_queue: Reference = "general"
    weights: PriorityWeights | None = None
    """None counts by the product's default of the day."""
    filing_days: Annotated[dict[str, Annotated[int, Field(ge=1, le=3_650)]], Field(max_length=2_000)] = Field(
        default_factory=dict
    )
    """Days after the service within which a payer, by its id, takes a claim; goes before what regulations say."""
    version: int = 0
    """Counts the changes; what a caller sends is passed over."""

    @model_validator(mode="after")
    def _rules_have_names_of_their_own(self) -> Self:
        if len({rule.id for rule in self.rules}) < len(self.rules):
            raise PydanticCustomError("rule_repeated", "two rules have the same id")
        return self

    def weights_on(self, day: date) -> PriorityWeights:
        """Raises NoEdition for a day before the product's first default."""
        return self.weights or default_weights(day)

    @property
    def go_by_age(self) -> bool:
        """Whether a chart may come under another rule just by waiting."""
        return any(rule.when.days_since_discharge is not None for rule in self.rules)


def default_weights(day: date) -> PriorityWeights:
    """Raises NoEdition."""
    return PriorityWeights.model_validate(dict(parameter("queue/priority_weights").on(day)))


def no_rules() -> QueueRules:
    """What holds for a tenant that has said nothing."""
    return QueueRules(effective=date.min)


class CoderProfile(Model):
    """What a coder may take. Lists that are empty set no limit; credentials are what rules ask for."""

    subject: Annotated[str, Field(min_length=1, max_length=255)]
    credentials: Annotated[Many[Reference], Field(max_length=50)] = ()
    work_types: Many[EncounterClass] = ()
    specialties: Annotated[Many[Text], Field(max_length=200)] = ()
    facilities: Annotated[Many[Reference], Field(max_length=500)] = ()
    queues: Annotated[Many[Reference], Field(max_length=200)] = ()
    trainee: bool = False
    version: int = 1
    """Counts its changes; what a caller sends is passed over."""


class TouchlessPolicy(Model):
    """When a chart is coded and finished without a coder. Off unless a tenant turns it on."""

    enabled: bool = False
    confidence: Annotated[Decimal, Field(strict=False, ge=Decimal("0.5"), le=1)] = Decimal("0.95")
    """What every suggestion must reach."""
    work_types: Many[EncounterClass] = ()
    """Only these; empty takes none."""
    value_below: Amount | None = None
    """Only charts of lower charges."""
    audited_share: Annotated[Decimal, Field(strict=False, ge=0, le=1)] = Decimal("0.1")
    """The share that is drawn for audit."""
    seed: Reference = "touchless"
    """Decides the draw together with the chart's id, so that it can be drawn again."""
    version: int = 0
    """Counts its changes; what a caller sends is passed over."""


class Placement(Model):
    """Where a chart waits, as of the rules `rules_version` on the day `placed_on`."""

    queue: Reference
    rule: Reference | None = None
    """The rule that sent it there; None for the default queue and for a hand-over."""
    credential: Reference | None = None
    trainees: bool = True
    points: Decimal = Decimal(0)
    """Its priority without the part that grows by the day."""
    rank: int
    """Seconds since 1970 of the moment since which it counts as waiting: its service day at midnight UTC, moved back
    by its points at the rate of a day's. Every chart gains the same by waiting, so this order stays true without
    being computed anew."""
    rules_version: int = 0
    placed_on: Date
    handed: bool = False
    """A person put it into this queue: rules leave it there."""


class HandOver(Model):
    """That a person gave the chart to somebody or to a queue, and what they wrote to it."""

    by: str
    at: Instant
    note: Text | None = None
    """For the next coder. Say nothing of the patient: what belongs to the record stands in the record."""
