"""837 interchanges as they reach a clearinghouse, written by the product's own writer and then spoilt."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from services.submission.domain.acknowledgements import read_answers
from services.submission.domain.answers import Answer
from services.submission.domain.x12 import EnvelopeSettings, write_interchange
from shared.claims import Contact
from shared.x12 import TradingPartner
from tests.builders import a_professional_claim

NOW = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)
_ENVELOPE = EnvelopeSettings(
    sender=TradingPartner("REVCYCLE"),
    sender_name="REVCYCLE",
    submitter_id="SUB01",
    contact=Contact(name="EDI", telephone="6155550100"),
    receiver=TradingPartner("CLEARINGHOUSE"),
    receiver_name="CLEARINGHOUSE",
    receiver_id="CH01",
    control_number=42,
    created_at=datetime(2026, 11, 24, 12, 5, tzinfo=UTC),
)


def numbered(builder: Any, number: int) -> Any:
    return builder.but(id=f"0193628d-58f5-7a70-8d2e-{number:012x}", patient_control_number=f"PCN{number:04d}")


def an_interchange(*builders: Any, control_number: int = 42) -> bytes:
    claims = [
        numbered(builder, number).build() for number, builder in enumerate(builders or (a_professional_claim(),), 1)
    ]
    return write_interchange(claims, replace(_ENVELOPE, control_number=control_number))


def answers(*files: bytes) -> list[Answer]:
    return [answer for file in files for answer in read_answers(file, date(2026, 11, 24))]


def statuses(answer: Answer) -> list[str]:
    return [":".join(filter(None, (s.category, s.status, s.entity))) for s in answer.statuses]
