"""The answer to a message: MSH, MSA, and an ERR for each fault (HL7 v2 chapter 2, general acknowledgement)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from services.encoder.domain.hl7.faults import Fault
from services.encoder.domain.hl7.messages import Message
from services.encoder.domain.hl7.writing import VERSION, header, message, segment

AcknowledgementCode = Literal["AA", "AE", "AR"]
"""HL7 table 0008: accepted; refused for its content; rejected for another reason."""

_LONGEST_TEXT = 250
_VERSIONS = ("2.1", "2.2", "2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.7.1", "2.8", "2.8.1", "2.8.2", "2.9")


def acknowledgement(
    received: Message | None,
    code: AcknowledgementCode,
    faults: Sequence[Fault] = (),
    *,
    control_id: str,
    at: datetime,
    text: str = "",
) -> bytes:
    """The acknowledgement of `received`, or of something that is no message where that is None.

    `control_id` is the acknowledgement's own. MSA-3 says in a sentence what became of the message.
    """
    sent_by = received.header if received else None
    asked_version = sent_by.text(12) if sent_by else ""
    head = header(
        ("ACK", received.trigger, "ACK") if received and received.trigger else ("ACK",),
        control_id,
        at,
        receiver=(sent_by.text(3), sent_by.text(4)) if sent_by else ("", ""),
        facility=sent_by.text(6) if sent_by else "",
        processing_id=(sent_by.text(11) if sent_by else "") or "P",
        version=asked_version if asked_version in _VERSIONS else VERSION,
    )
    said = text or (faults[0].text if faults else "")
    answer = segment("MSA", code, received.control_id if received else "", said[:_LONGEST_TEXT])
    return message([head, answer, *map(_err, faults)])


def _err(fault: Fault) -> str:
    """ERR-2 location, ERR-3 code of table 0357, ERR-4 severity, ERR-8 user message."""
    location = (fault.segment, str(fault.sequence), str(fault.field or "")) if fault.segment else ()
    said = fault.text[:_LONGEST_TEXT]
    return segment("ERR", "", location, (fault.code, "", "HL70357"), fault.severity, "", "", "", said)


def batch(acknowledgements: Sequence[bytes], *, control_id: str, at: datetime) -> bytes:
    """The acknowledgements of a batch's messages, in their order, in a batch of their own."""
    head = header(("BHS",), control_id, at).split("|")
    opening = "|".join(["BHS", *head[1:7], "", "ACK", "", control_id])
    return message([opening]) + b"".join(acknowledgements) + message([segment("BTS", len(acknowledgements))])
