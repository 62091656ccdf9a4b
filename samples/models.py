"""What a sample is: an encounter as the EHR sends it, the codes a good coder gives it, and what is wrong with it."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from shared.claims import (
    Date,
    Diagnosis,
    Encounter,
    HcpcsCode,
    Many,
    Model,
    Modifier,
    Procedure,
    Reference,
)

Fate = Literal["cleared", "held", "returned", "rejected"]
"""Where a claim is stopped first: nowhere, by an edit, by the grouper, by the payer."""


class LineCoding(Model):
    """What the coder says of one charge. The shape is that of the encoder's REST."""

    charge_id: Reference
    pointers: Many[int] = ()
    procedure: HcpcsCode | None = None
    modifiers: Many[Modifier] | None = None


class ChartCodes(Model):
    """The codes of one chart, principal or first-listed diagnosis first. The shape is that of the encoder's REST."""

    diagnoses: Many[Diagnosis]
    procedures: Many[Procedure] = ()
    admitting_diagnosis: Diagnosis | None = None
    reasons_for_visit: Many[Diagnosis] = ()
    external_causes: Many[Diagnosis] = ()
    lines: Many[LineCoding] = ()


class Change(Model):
    """One operation of RFC 6902 on the claim document."""

    op: Literal["add", "replace", "remove"]
    path: str
    value: JsonValue = None


class Defect(Model):
    """What was made wrong, who finds it, and what a biller changes on the claim to cure it.

    A defect that the grouper returns is cured by the coder: `ChartCodes` instead of the first ones, and no changes.
    """

    kind: str
    fate: Fate
    edit: str
    """The id of the edit, the grouper's reason, or the payer's answer (`category:status`) that is expected."""
    cure: Many[Change] = ()


class SampleEncounter(Model):
    scenario: str
    encounter: Encounter
    codes: ChartCodes
    """The answer key."""
    first_codes: ChartCodes | None = None
    """What the coder says at first, where that is wrong."""
    drg: Annotated[str, Field(pattern=r"^\d{3}$")] | None = None
    """MS-DRG version 44 of the answer key; None for what is not an inpatient stay."""
    defect: Defect | None = None

    @property
    def fate(self) -> Fate:
        return self.defect.fate if self.defect else "cleared"


class SampleDay(Model):
    """The encounters that ended in the days before `day` and are ready to be coded on it."""

    seed: int
    day: Date
    encounters: Many[SampleEncounter]

    def fates(self) -> dict[str, int]:
        """How many encounters meet each fate."""
        return dict(Counter(sample.fate for sample in self.encounters))

    def defects(self) -> dict[str, int]:
        """How many encounters have each kind of defect."""
        return dict(Counter(sample.defect.kind for sample in self.encounters if sample.defect))
