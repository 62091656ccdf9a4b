"""A rule of a customer, and what may become of it.

    draft ──propose──▶ proposed ──approve──▶ active ◀──▶ shadow       shadow: runs, is counted, changes nothing
      ▲                   │                     │           │
      └───── edit ────────┴─────── edit ────────┴───────────┘         any ──retire──▶ retired

Every change, of its words or of its status, is a version of its own; none is ever written over. What runs is the last
version that was approved, also while a newer one is being written. Whoever approves must not have written it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from services.scrubber.domain.rules.expressions import LONGEST, Scope
from services.scrubber.errors import OwnRule, RuleNotReady
from shared.claims import ClaimKind, Date, Instant, Many, Model, Severity, Text
from shared.claims.decisions import LongText
from shared.errors import StaleVersion

RuleStatus = Literal["draft", "proposed", "active", "shadow", "retired"]
RuleId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=50)]
Queue = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=50)]
Pointer = Annotated[str, Field(max_length=200)]
_AnyPayer = Annotated[str, Field(min_length=2, max_length=80)]
_AnyFacility = Annotated[str, Field(pattern=r"^\d{10}$")]

EXAMPLE: dict[str, Any] = {
    "name": "Infusions at North Health need an authorisation",
    "payers": ["NORTH1"],
    "kinds": ["professional"],
    "condition": ("claim.lines.exists(line, line.procedure in ['96365', '96366']) && billed.prior_authorization == ''"),
    "action": {
        "kind": "finding",
        "severity": "error",
        "message": "Ask North Health for an authorisation before this infusion is billed.",
        "pointer": "/coverages/billed/prior_authorization",
        "predicted": "A7:252",
    },
    "effective": "2026-07-01",
}


class FindingAction(Model):
    """Report a finding, as an edit does."""

    kind: Literal["finding"]
    severity: Severity
    message: LongText
    """For a biller: what is wrong and what to do."""
    pointer: Pointer = ""
    """Where, with `billed` and `line` as positions; empty for the claim as a whole."""
    predicted: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    """The answer that the payer would give."""


class HoldAction(Model):
    """Hold the claim for a person, in a queue of the worklist if one is named."""

    kind: Literal["hold"]
    message: LongText
    queue: Queue | None = None


class RouteAction(Model):
    """Put the claim into a queue of the worklist, should anything hold it."""

    kind: Literal["route"]
    queue: Queue


class SetAction(Model):
    """Write a value into a field that is not clinical; `places.SETTABLE` lists them."""

    kind: Literal["set"]
    pointer: Pointer
    value: Text


Action = Annotated[FindingAction | HoldAction | RouteAction | SetAction, Field(discriminator="kind")]


class RuleContent(Model):
    """What a rule says. Empty lists of payers and facilities take all."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    name: Annotated[Text, Field(min_length=3)]
    description: LongText | None = None
    """Why there is this rule: the bulletin, the contract, the denial that taught it."""
    payers: Annotated[Many[_AnyPayer], Field(max_length=500)] = ()
    """Ids of the payer that the claim is sent to."""
    facilities: Annotated[Many[_AnyFacility], Field(max_length=500)] = ()
    """NPI of the billing provider or of the service facility."""
    kinds: Annotated[Many[ClaimKind], Field(min_length=1, max_length=2)] = ("professional", "institutional")
    each: Scope = "claim"
    """Whether the condition is asked once of the claim, or of each `line`."""
    condition: Annotated[str, Field(min_length=1, max_length=LONGEST)]
    """In CEL; true is what the action is for."""
    action: Action
    effective: Date
    """First last day of service that it is for."""
    through: Date | None = None
    """Last one, included."""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.through is not None and self.through < self.effective:
            raise PydanticCustomError("rule_period", "the rule ends before it begins")
        return self

    def covers(self, day: date) -> bool:
        return self.effective <= day and (self.through is None or day <= self.through)

    @property
    def would_hold(self) -> bool:
        """Whether a claim that it is true of is held."""
        action = self.action
        return action.kind == "hold" or (action.kind == "finding" and action.severity == "error")


class NewRule(RuleContent):
    """A rule with the id that it keeps for ever."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"id": "north-infusion-authorization"} | EXAMPLE]})

    id: RuleId

    @property
    def content(self) -> RuleContent:
        return RuleContent.model_construct(**{name: getattr(self, name) for name in RuleContent.model_fields})


class Rule(Model):
    """One version of a rule."""

    id: RuleId
    version: int
    """Counts the changes of words and status; the rule's ETag."""
    status: RuleStatus
    content: RuleContent
    author: str
    """Who wrote these words."""
    changed_by: str
    changed_at: Instant

    @classmethod
    def drafted(cls, rule_id: str, content: RuleContent, by: str, at: datetime) -> Rule:
        return cls(id=rule_id, version=1, status="draft", content=content, author=by, changed_by=by, changed_at=at)

    def edited(self, content: RuleContent, by: str, at: datetime) -> Rule:
        """New words, to be proposed and approved anew; what runs goes on running."""
        return self._next("draft", by, at).model_copy(update={"content": content, "author": by})

    def proposed(self, by: str, at: datetime) -> Rule:
        """Raises RuleNotReady where it is no draft."""
        self._check_status("draft")
        return self._next("proposed", by, at)

    def approved(self, by: str, at: datetime, *, shadow: bool = False) -> Rule:
        """It runs from now on, or in shadow. Raises RuleNotReady, OwnRule."""
        self._check_status("proposed", "active" if shadow else "shadow")
        if by == self.author:
            raise OwnRule("somebody else than its author approves a rule")
        return self._next("shadow" if shadow else "active", by, at)

    def retired(self, by: str, at: datetime) -> Rule:
        """It runs no longer; a new draft may bring it back. Raises RuleNotReady."""
        self._check_status("draft", "proposed", "active", "shadow")
        return self._next("retired", by, at)

    def check_version(self, version: int) -> None:
        """Raises StaleVersion."""
        if self.version != version:
            raise StaleVersion(f"the rule is at version {self.version}")

    @property
    def finding_id(self) -> str:
        """By it a finding, an override and a hold name the rule."""
        return f"rule:{self.id}"

    def _check_status(self, *wanted: RuleStatus) -> None:
        if self.status not in wanted:
            raise RuleNotReady(f"the rule is {self.status}; it must be {' or '.join(wanted)}")

    def _next(self, status: RuleStatus, by: str, at: datetime) -> Rule:
        changes = {"version": self.version + 1, "status": status, "changed_by": by, "changed_at": at}
        return self.model_copy(update=changes)


class ImportResult(Model):
    """Ids of the rules of a document: new ones, those that now say something else, and those that say the same."""

    created: Many[str]
    changed: Many[str]
    unchanged: Many[str]


class RuleRecord(Rule):
    """The rule as it was last changed, and the version of it that runs, if one does."""

    running_version: int | None = None
