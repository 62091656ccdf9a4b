"""How clearinghouse and payers behave: by the seed and the claim alone, so that a run can be repeated."""

from __future__ import annotations

from datetime import timedelta
from hashlib import blake2b
from typing import Annotated

from pydantic import Field

from services.simulator.domain.received_claims import ReceivedClaim
from services.simulator.domain.statuses import ADJUDICATING, ClaimVerdict, Status
from shared.claims import Model

Share = Annotated[int, Field(ge=0, le=1000)]
"""In a thousand."""

_FRONT_END_REJECTIONS = tuple(map(Status.parse, ("A7:164:IL", "A7:562:82", "A7:255", "A6:500:85")))
"""Such as the edits give, of a claim that they find nothing wrong with."""
_PAYER_REJECTIONS = tuple(map(Status.parse, ("A3:33:IL", "A7:88:IL", "A7:97:QC", "A7:26:QC")))
"""Member not found, not eligible, not covered: what only the payer can know."""


class PayerBehaviour(Model):
    """What a test may set of a payer. Shares count in a thousand claims; the same seed gives the same ones."""

    payer_rejects: Share = 40
    """Claims that pass the clearinghouse and that the payer does not know the member of."""
    silent: Share = 0
    """Claims that the payer never answers."""
    late: Share = 0
    """Claims whose payer answers after `late_by_seconds`."""
    late_by_seconds: Annotated[int, Field(ge=0, le=86_400)] = 60
    remitted: Share = 0
    """Claims in adjudication that the payer decides on, with an 835 after `remitted_after_seconds`."""
    remitted_after_seconds: Annotated[int, Field(ge=0, le=86_400)] = 0
    denied: Share = 80
    """Of those, claims that are denied."""
    partly_denied: Share = 100
    """Of those with several lines, claims whose last line is denied."""
    underpaid: Share = 0
    """Of those that are paid, claims of which `underpaid_by` percent less is allowed than for others."""
    underpaid_by: Annotated[int, Field(ge=0, le=100)] = 50
    reversed: Share = 20
    """Of those that are paid, claims that a later payment reverses and pays a tenth less for."""
    recovered: Share = 50
    """Payments from which an earlier overpayment is taken (PLB WO)."""

    @property
    def late_by(self) -> timedelta:
        return timedelta(seconds=self.late_by_seconds)

    @property
    def remitted_after(self) -> timedelta:
        return timedelta(seconds=self.remitted_after_seconds)


class Behaviour(PayerBehaviour):
    """How all payers behave, those of `payers` but for what they do in a way of their own, and the clearinghouse."""

    seed: Annotated[int, Field(ge=0, le=2**31)] = 20261116
    refused_sets: Share = 0
    """Transaction sets without a fault that the 999 finds one in all the same."""
    front_end_rejects: Share = 0
    """Claims that the clearinghouse rejects although its edits find nothing."""
    repeated: Share = 0
    """Files that are sent twice."""
    out_of_order: Share = 0
    """Interchanges whose payers answer before the clearinghouse does."""
    payers: Annotated[dict[str, PayerBehaviour], Field(max_length=100)] = Field(default_factory=dict)
    """By payer id: what that payer does otherwise. What is left out it does as all do."""

    def of(self, payer_id: str) -> Behaviour:
        """The behaviour towards claims of one payer."""
        own = self.payers.get(payer_id)
        return (
            self if own is None else self.model_copy(update={name: getattr(own, name) for name in own.model_fields_set})
        )

    def happens(self, share: int, event: str, key: str) -> bool:
        return share > 0 and self.draw(event, key) % 1000 < share

    def draw(self, event: str, key: str) -> int:
        """A number for an event of a claim or file, the same for the same seed."""
        text = f"{self.seed}|{event}|{key}".encode()
        return int.from_bytes(blake2b(text, digest_size=8).digest())

    def front_end_rejection(self, claim: ReceivedClaim) -> Status | None:
        """Why the clearinghouse rejects a good claim, where it does. A resubmission is looked at afresh."""
        key = claim.control_number
        if not self.happens(self.front_end_rejects, "front-end-rejects", key):
            return None
        return _FRONT_END_REJECTIONS[self.draw("front-end-reason", key) % len(_FRONT_END_REJECTIONS)]

    def payer_verdict(self, claim: ReceivedClaim) -> ClaimVerdict:
        """Into adjudication under a number of the payer's own, or back because the member is not known.

        It depends on the control number, which is new on every resubmission: a corrected claim is looked at afresh.
        """
        key = claim.control_number
        if self.happens(self.payer_rejects, "payer-rejects", key):
            choice = self.draw("payer-reason", key) % len(_PAYER_REJECTIONS)
            return ClaimVerdict((_PAYER_REJECTIONS[choice],))
        return ClaimVerdict((ADJUDICATING,), payer_number=f"P{self.draw('payer-number', key) % 10**12:012d}")
