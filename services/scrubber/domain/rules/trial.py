"""Trying a rule on claims before it runs: nothing is kept and nothing comes of it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.rules.book import RuleBook, Subject
from services.scrubber.domain.rules.rule import EXAMPLE, RuleContent
from shared.claims import Claim, Date, Many, Model

MOST_GIVEN = 200
MOST_PAST = 10_000


class Trial(Model):
    """What to try on what: a version of the rule or words not yet saved, on claims given or on the tenant's own."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"from": "2026-10-01", "through": "2026-10-31"},
                {"from": "2026-10-01", "through": "2026-10-31", "rule": EXAMPLE},
            ]
        }
    )

    version: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """None tries the last one."""
    rule: RuleContent | None = None
    """Words to try in place of a version."""
    claims: Annotated[Many[Claim], Field(max_length=MOST_GIVEN)] = ()
    first: Annotated[Date | None, Field(alias="from")] = None
    """With `through`, the days on which the tenant's claims last came by."""
    through: Date | None = None
    limit: Annotated[int, Field(ge=1, le=MOST_PAST)] = 1_000
    """How many past claims to look at, the newest first."""

    @model_validator(mode="after")
    def _says_on_what(self) -> Self:
        if (self.first is None) != (self.through is None) or bool(self.claims) == (self.first is not None):
            raise PydanticCustomError("trial_claims", "give either claims, or both from and through")
        if self.version is not None and self.rule is not None:
            raise PydanticCustomError("trial_rule", "give either a version or a rule")
        return self


class TrialResult(Model):
    """Of `examined` claims the rule is for `concerned`; it is true of `matched` and would hold `would_hold`."""

    examined: int
    concerned: int
    matched: int
    would_hold: int
    failed: int
    claims: Many[str]
    """Ids of the claims that it is true of, in the order in which they were looked at."""
    failed_claims: Many[str] = ()
    """Ids of those on which it could not be decided."""
    complete: bool = True
    """Whether every claim of the days was looked at."""


class Tally:
    """Counts claim by claim what one rule comes to."""

    def __init__(self, book: RuleBook) -> None:
        self._book = book
        self.examined = self._concerned = 0
        self._matched: list[str] = []
        self._failed: list[str] = []
        self._would_hold = 0

    def look_at(self, claim: AnyClaim, as_of: date) -> None:
        self.examined += 1
        self._concerned += any(rule.is_for(Subject.of(claim, as_of)) for rule in self._book.rules)
        for match in self._book.judge(claim, as_of=as_of).matches:
            self._would_hold += match.would_hold
            (self._failed if match.failed else self._matched).append(str(claim.id))

    def result(self, *, complete: bool) -> TrialResult:
        return TrialResult(
            examined=self.examined,
            concerned=self._concerned,
            matched=len(self._matched),
            would_hold=self._would_hold,
            failed=len(self._failed),
            claims=tuple(self._matched),
            failed_claims=tuple(self._failed),
            complete=complete,
        )
