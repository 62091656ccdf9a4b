"""An answer of the other side, of whatever file it came in, said in one form."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from shared.claims import PayerStatus, Rejection

Source = Literal["TA1", "999", "277CA", "277"]

Scope = Literal["interchange", "group", "transaction", "receiver", "provider", "claim"]
"""What an answer is about: everything in an interchange, group or transaction set; all of a submitter's or a billing
provider's claims in one transaction set; or one claim."""

Verdict = Literal["received", "accepted", "rejected", "returned", "none"]
"""received: taken, and no more. accepted: into the payer's adjudication. rejected: will not be. returned: refused with
others and for their sake alone, so that it goes out again as it is. none: no word on it."""


@dataclass(frozen=True, slots=True)
class ElementFault:
    """An IK4: which element of the segment is wrong. Its content (IK404) is left in the raw segment: it may be PHI."""

    element: int
    component: int | None
    repetition: int | None
    code: str
    """IK403: 1 required missing, 5 too long, 6 invalid character, 7 invalid code …"""


@dataclass(frozen=True, slots=True)
class SegmentFault:
    """An IK3 with its CTX and IK4: which segment of the transaction set is wrong.

    `position` counts as SE01 does: ST is 1.
    """

    segment: str
    position: int
    loop: str | None
    code: str | None
    """IK304: 1 unrecognised, 2 unexpected, 3 required missing, 4 loop or 5 segment too often, 8 in its elements."""
    elements: tuple[ElementFault, ...] = ()
    patient_control_number: str | None = None
    """CTX*CLM01: the claim, where the other side names it."""
    raw: tuple[str, ...] = field(default=(), compare=False)
    """The segments that say it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing that the other side said about something of ours, with the raw segments that say it.

    By `scope`, what finds the claims: `interchange_control_number` (ISA13 or, as we write them alike, GS06) for
    interchange and group; with `transaction_control_number` (ST02) for a transaction set; `batch_reference` (our BHT03)
    for receiver and, with `billing_npi`, provider; `patient_control_number` (CLM01) and `trace_number` (REF*D9) for a
    claim. What the file does not say is None.
    """

    source: Source
    scope: Scope
    verdict: Verdict
    statuses: tuple[PayerStatus, ...]
    segments: tuple[str, ...]
    interchange_control_number: int | None = None
    transaction_control_number: str | None = None
    batch_reference: str | None = None
    billing_npi: str | None = None
    patient_control_number: str | None = None
    trace_number: str | None = None
    payer_claim_control_number: str | None = None
    status_date: date | None = None
    faults: tuple[SegmentFault, ...] = ()

    @property
    def is_of_file(self) -> bool:
        """Whether who says it has looked at the file, and has no word on what becomes of its claims."""
        return self.source in ("TA1", "999")

    @property
    def reference(self) -> str:
        """The one number that the answer names, for a list of answers to unknown claims."""
        number = self.patient_control_number or self.batch_reference
        return number or (str(self.interchange_control_number) if self.interchange_control_number is not None else "")

    def rejection(self, received_on: date) -> Rejection:
        """The same as the claim's own record of why it came back. Only for a `rejected` answer; a 277 never is."""
        if self.source == "277":
            raise ValueError("a 277 rejects nothing")
        return Rejection(source=self.source, statuses=self.statuses, received_on=received_on)
