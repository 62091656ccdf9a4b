"""The codes that a coder gives a chart."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from shared.claims import (
    X12,
    Diagnosis,
    Encounter,
    HcpcsCode,
    Many,
    Model,
    Modifier,
    Procedure,
    Reference,
)

Pointer = Annotated[int, Field(ge=1, le=12)]


class LineCoding(Model):
    """What a coder says of one charge: which diagnoses it was for, and where capture got it wrong, what it was."""

    charge_id: Reference
    pointers: Annotated[Many[Pointer], X12("2400.SV107"), Field(max_length=4)] = ()
    """Places in `diagnoses`, counted from one, the most telling first. Professional claims only."""
    procedure: Annotated[HcpcsCode | None, X12("2400.SV101-2")] = None
    """Instead of the captured one; None leaves it."""
    modifiers: Annotated[Many[Modifier], X12("2400.SV101-3"), Field(max_length=4)] | None = None
    """Instead of the captured ones; None leaves them."""


class ChartCodes(Model):
    """Everything that a coder decides on a chart. The first diagnosis is the principal or first-listed one."""

    diagnoses: Annotated[Many[Diagnosis], X12("2300.HI"), Field(max_length=50)] = ()
    procedures: Annotated[Many[Procedure], X12("2300.HI"), Field(max_length=25)] = ()
    admitting_diagnosis: Annotated[Diagnosis | None, X12("2300.HI01-2")] = None
    reasons_for_visit: Annotated[Many[Diagnosis], X12("2300.HI"), Field(max_length=3)] = ()
    external_causes: Annotated[Many[Diagnosis], X12("2300.HI"), Field(max_length=12)] = ()
    lines: Annotated[Many[LineCoding], X12("2400"), Field(max_length=999)] = ()


def coding_day(encounter: Encounter) -> date:
    """The day whose code sets apply: discharge, or while the stay lasts, its first day.

    ICD-10 goes by the date of discharge for a stay and by the date of service otherwise (CMS Pub 100-04 ch. 23 §10).
    """
    return (encounter.ended_at or encounter.started_at).date()
