"""What was billed for a patient before: by it duplicates and services within a surgery's global period are found."""

from __future__ import annotations

from datetime import date
from hashlib import blake2b

from services.scrubber.domain.claim_parts import AnyClaim
from shared.claims import Amount, Model, Quantity

GLOBAL_PERIOD_DAYS = 90
"""The longest global period of a surgery (CMS Pub 100-04 ch. 12 §40.1), and so how far back anybody looks."""


class EarlierService(Model):
    """A line of another claim for the same patient and payer."""

    claim_id: str
    control_number: str
    """Under which the payer has, or will have, the claim (CLM01)."""
    line: int
    """As people count."""
    code: str
    modifiers: tuple[str, ...]
    first: date
    last: date
    provider: str
    """As of `services.Service`."""
    billing: str
    """NPI of who bills."""
    place_of_service: str
    charge: Amount
    units: Quantity

    @property
    def named(self) -> str:
        """For people: which line of which claim."""
        return f"line {self.line} of claim {self.control_number}"


History = tuple[EarlierService, ...]


def patient_key(claim: AnyClaim) -> str | None:
    """Who is treated and who is billed, as a digest that says nothing by itself; None without a member id.

    Two claims with one key are of the same patient and payer. The patient's birth date and first name tell apart those
    whom one member id covers.
    """
    billed = claim.billed_coverage
    member_id = billed.subscriber.member_id
    if not member_id:
        return None
    told = (billed.payer.payer_id or billed.payer.name, member_id, claim.patient.birth_date, claim.patient.name.first)
    return blake2b("\x1f".join(str(part) for part in told).upper().encode(), digest_size=16).hexdigest()
