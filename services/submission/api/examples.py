"""Many claims as OpenAPI shows them: the examples of one claim, as lines and as an 837."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from services.submission.domain.x12 import EnvelopeSettings, write_interchange
from shared.claims import CLAIM, Contact
from shared.claims.examples import INSTITUTIONAL_CLAIM, PROFESSIONAL_CLAIM
from shared.x12 import TradingPartner

EXAMPLE_LINES = "".join(f"{json.dumps(claim)}\n" for claim in (PROFESSIONAL_CLAIM, INSTITUTIONAL_CLAIM))

EXAMPLE_837 = write_interchange(
    [CLAIM.validate_json(json.dumps(PROFESSIONAL_CLAIM))],
    EnvelopeSettings(
        sender=TradingPartner("EXAMPLEGROUP"),
        sender_name="EXAMPLE MEDICAL GROUP",
        submitter_id="EXAMPLEGROUP",
        contact=Contact(name="BILLING OFFICE", telephone="6155550100"),
        receiver=TradingPartner("CLEARINGHOUSE"),
        receiver_name="CLEARINGHOUSE",
        receiver_id="CLEARINGHOUSE",
        control_number=1,
        created_at=datetime(2026, 11, 24, 12, 5, tzinfo=UTC),
    ),
).decode()
