"""An audit, its cases, and the states that a case goes through.

    drawn ──take──▶ in_review ──conclude──▶ concluded ──rebut──▶ rebutted ──decide──▶ closed
                        ▲  codes                │
                        └───────┘               └──(the time to rebut ends: stays concluded)

The codes that were audited are kept as they stood when the case was drawn: whatever becomes of the chart later, the
audit says the same. Nobody audits his or her own coding.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field

from services.encoder.domain.audits.comparing import Comparison, compare
from services.encoder.domain.audits.plans import AuditPlan, DrawnChart
from services.encoder.domain.audits.worth import Worth
from services.encoder.domain.coding import ChartCodes
from services.encoder.domain.problems import pointer
from services.encoder.errors import (
    AuditCaseClosed,
    AuditCaseNotYours,
    AuditCaseUncoded,
    NoteMisplaced,
    OwnCodingAudited,
)
from shared.claims import Instant, LongText, Many, Model, Reference

CaseStatus = Literal["drawn", "in_review", "concluded", "rebutted", "closed"]
CONCLUDED: tuple[CaseStatus, ...] = ("concluded", "rebutted", "closed")
"""The states in which a case counts."""


class Audit(Model):
    """A plan that was drawn."""

    id: Reference
    plan: AuditPlan
    seed: str
    population: dict[str, int]
    drawn: int
    drawn_by: Reference
    drawn_at: Instant


class EducationNote(Model):
    """What the coder is to take from a difference."""

    difference: Annotated[int | None, Field(ge=0)] = None
    """Its place among the differences; None is about the chart as a whole."""
    text: LongText
    citation: LongText | None = None
    """The guideline section or other authority that the auditor goes by."""


class Rebuttal(Model):
    """The coder's answer."""

    text: LongText
    at: Instant


class RebuttalDecision(Model):
    """What the auditor, or somebody above, made of the rebuttal."""

    upheld: bool
    """Whether the coder was right; the case then stands with the codes that the decision gives."""
    text: LongText
    by: Reference
    at: Instant


class AuditCase(Model):
    """The audit of one chart."""

    id: Reference
    audit_id: Reference
    drawn: DrawnChart
    blind: bool
    coded: ChartCodes
    """The coder's codes as they were when the chart was drawn."""
    status: CaseStatus = "drawn"
    version: int = 1
    auditor: Reference | None = None
    audited: ChartCodes | None = None
    comparison: Comparison | None = None
    worth: Worth | None = None
    """DRG, categories and payment before and after; None while the grouper has not been asked."""
    notes: Many[EducationNote] = ()
    concluded_at: Instant | None = None
    rebuttal: Rebuttal | None = None
    decision: RebuttalDecision | None = None

    @property
    def coder(self) -> str:
        return self.drawn.chart.coder

    def taken_by(self, auditor: str) -> Self:
        """Raises OwnCodingAudited, AuditCaseNotYours, AuditCaseClosed."""
        if auditor == self.coder:
            raise OwnCodingAudited("somebody else audits this chart")
        if self.auditor == auditor and self.status == "in_review":
            return self
        if self.status != "drawn":
            raise AuditCaseNotYours("another auditor has this case")
        return self._next(status="in_review", auditor=auditor)

    def audited_by(self, auditor: str, codes: ChartCodes) -> Self:
        """With the auditor's codes. Raises AuditCaseNotYours, AuditCaseClosed."""
        self._must_be_in_review(auditor)
        return self._next(audited=codes)

    def concluded(self, auditor: str, notes: tuple[EducationNote, ...], at: Instant) -> Self:
        """The two are compared and the coder sees it.

        Raises AuditCaseNotYours, AuditCaseClosed, AuditCaseUncoded, NoteMisplaced.
        """
        self._must_be_in_review(auditor)
        if self.audited is None:
            raise AuditCaseUncoded("give the codes that there should be first")
        comparison = compare(self.coded, self.audited)
        for index, note in enumerate(notes):
            if note.difference is not None and note.difference >= len(comparison.differences):
                raise NoteMisplaced(
                    f"there are {len(comparison.differences)} differences",
                    pointer=pointer("notes", index, "difference"),
                )
        return self._next(status="concluded", comparison=comparison, notes=notes, concluded_at=at)

    def valued(self, worth: Worth) -> Self:
        return self._next(worth=worth)

    def rebutted_by(self, coder: str, text: str, at: Instant) -> Self:
        """Raises AuditCaseNotYours, AuditCaseClosed."""
        if coder != self.coder:
            raise AuditCaseNotYours("only the coder whose chart it is can object")
        if self.status != "concluded":
            raise AuditCaseClosed("a case can be objected to once, after it was concluded")
        return self._next(status="rebutted", rebuttal=Rebuttal(text=text, at=at))

    def decided(self, decision: RebuttalDecision, codes: ChartCodes | None) -> Self:
        """The rebuttal answered. Where it is upheld the codes given, or else the coder's, take the auditor's place.

        Raises OwnCodingAudited, AuditCaseClosed.
        """
        if decision.by == self.coder:
            raise OwnCodingAudited("somebody else decides on the rebuttal")
        if self.status != "rebutted":
            raise AuditCaseClosed("there is no rebuttal to decide on")
        if not decision.upheld:
            return self._next(status="closed", decision=decision)
        audited = codes or self.coded
        return self._next(
            status="closed",
            decision=decision,
            audited=audited,
            comparison=compare(self.coded, audited),
            worth=None,
        )

    def seen_by(self, subject: str) -> Self:
        """As shown to somebody: while it is open and blind, coder and codes are not, nor why it was drawn."""
        if not self.blind or self.status in CONCLUDED:
            return self
        hidden = self.drawn.chart.model_copy(update={"coder": "hidden", "touchless": False, "drawn": False})
        drawn = self.drawn.model_copy(update={"chart": hidden, "stratum": "", "reason": "random"})
        return self.model_copy(update={"coded": ChartCodes(), "drawn": drawn})

    def _must_be_in_review(self, auditor: str) -> None:
        if self.status != "in_review":
            raise AuditCaseClosed("the case is not in review")
        if self.auditor != auditor:
            raise AuditCaseNotYours("another auditor has this case")

    def _next(self, **changes: object) -> Self:
        return self.model_copy(update={**changes, "version": self.version + 1})
