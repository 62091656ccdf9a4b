"""What was billed for a patient before: by it duplicates and services within a surgery's global period are found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from hashlib import blake2b
from typing import NamedTuple

from services.scrubber.domain.claim_parts import AnyClaim
from shared.claims import Amount, Model, Quantity

GLOBAL_PERIOD_DAYS = 90
"""The longest global period of a surgery (CMS Pub 100-04 ch. 12 §40.1), and so how far back anybody looks."""


CLAIMS_AT_MOST = 200
"""Of one patient within a global period; dialysis and infusions come to some dozens."""


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


class EarlierClaim(NamedTuple):
    """What one claim bills."""

    last_day: date
    claim_id: str
    services: History


class Histories:
    """What claims bill for each of several patients; those are added that are cleared to go out meanwhile."""

    def __init__(self, earlier: Iterable[tuple[str, EarlierClaim]]) -> None:
        """Claims with the keys of their patients, in any order; of each patient the last `CLAIMS_AT_MOST` and more."""
        self._claims: defaultdict[str, list[EarlierClaim]] = defaultdict(list)
        for key, claim in earlier:
            self._claims[key].append(claim)

    def of(self, claim: AnyClaim) -> History:
        """What other claims bill for the patient of this one, from a global period before its first day on.

        The newest claims first, at most `CLAIMS_AT_MOST`.
        """
        key, first = patient_key(claim), claim.first_day
        if key is None or first is None or key not in self._claims:
            return ()
        since = first - timedelta(days=GLOBAL_PERIOD_DAYS)
        others = [one for one in self._claims[key] if one.last_day >= since and one.claim_id != str(claim.id)]
        others.sort(key=lambda one: (-one.last_day.toordinal(), one.claim_id))
        return tuple(service for one in others[:CLAIMS_AT_MOST] for service in one.services)

    def add(self, claim: AnyClaim, services: History) -> None:
        """The claim goes out and bills these services."""
        key = patient_key(claim)
        if key is not None and services:
            last_day = max(service.last for service in services)
            self._claims[key].append(EarlierClaim(last_day, str(claim.id), services))


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
