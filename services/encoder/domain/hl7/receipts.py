"""What became of a message, as the message log keeps it."""

from __future__ import annotations

from typing import Literal

from services.encoder.domain.hl7.faults import Fault
from shared.claims import Instant, Many, Model, Reference

MessageStatus = Literal["applied", "pending", "passed_over", "refused"]
"""`pending`: kept until what it needs has come. `passed_over`: accepted, and nothing of ours."""

PendingReason = Literal["encounter_unknown", "chart_closed", "charge_unknown", "document_unknown"]
"""What a pending message waits for: its encounter, the chart's return, the charge or document that it takes back."""

PENDING: dict[PendingReason, str] = {
    "encounter_unknown": "kept until the encounter is known",
    "chart_closed": "kept until the chart is open again; it is flagged",
    "charge_unknown": "kept until the charge that it takes back is known",
    "document_unknown": "kept until the document that it cancels is known",
}


class ReceivedMessage(Model):
    """One message in the log. Holds nothing of the patient but the numbers by which it is found again."""

    id: Reference
    sender: str
    """MSH-3 and MSH-4, parted by a bar."""
    control_id: str
    kind: str
    """Message and event, `ADT^A01`."""
    status: MessageStatus
    reason: PendingReason | None = None
    facility_id: Reference | None = None
    encounter_id: Reference | None = None
    chart_id: Reference | None = None
    sent_at: Instant | None = None
    received_at: Instant
    applied_at: Instant | None = None
    attempts: int = 1
    faults: Many[Fault] = ()
    """What was refused, and warnings of what was left out."""
