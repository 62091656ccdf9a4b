"""When payers pay: the 835s of an interchange's claims, and those that later take some of it back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from services.simulator.domain.acknowledgements import Answer
from services.simulator.domain.adjudication import DENIED, NOTHING, Decision, decide
from services.simulator.domain.behaviour import Behaviour
from services.simulator.domain.interchanges import ReceivedInterchange
from services.simulator.domain.received_claims import ReceivedClaim
from services.simulator.domain.remittance import ProviderAdjustment, remittance
from services.simulator.parameters import PayerProfile, payers

_MOST_RECOVERED = Decimal("25.00")


class Remitting:
    """The payers of one interchange, each with a payment for every provider that it owes."""

    def __init__(
        self, received: ReceivedInterchange, behaviour: Behaviour, at: datetime, control_numbers: Iterator[int]
    ) -> None:
        self._received = received
        self._behaviour = behaviour
        self._at = at
        self._control_numbers = control_numbers

    def answers(self, claims: Sequence[ReceivedClaim]) -> Iterator[Answer]:
        """Payments for claims that passed the clearinghouse and that their payer took."""
        after = self._behaviour.remitted_after
        for payer, decisions in self._decided(claims):
            yield self._payment(payer, decisions, after)
            reversed_later = [decision for decision in decisions if self._is_reversed(decision)]
            if reversed_later:
                again = [part for one in reversed_later for part in (one.taken_back, one.reduced)]
                yield self._payment(payer, again, after + self._behaviour.late_by)

    def _decided(self, claims: Sequence[ReceivedClaim]) -> Iterator[tuple[PayerProfile, list[Decision]]]:
        behaviour = self._behaviour
        decided: dict[tuple[str, str], list[Decision]] = {}
        for claim in claims:
            number = claim.control_number
            verdict = behaviour.payer_verdict(claim)
            is_silent = behaviour.happens(behaviour.silent, "silent", number)
            if verdict.rejected or is_silent or not behaviour.happens(behaviour.remitted, "remitted", number):
                continue
            decision = decide(claim, verdict.payer_number, behaviour)
            decided.setdefault((claim.payer.id, claim.billing.id), []).append(decision)
        for (payer_id, _), decisions in decided.items():
            yield payers()[payer_id], decisions

    def _is_reversed(self, decision: Decision) -> bool:
        key = decision.claim.control_number
        is_drawn = self._behaviour.happens(self._behaviour.reversed, "reversed", key)
        return is_drawn and decision.status != DENIED and decision.paid > 0

    def _payment(self, payer: PayerProfile, decisions: Sequence[Decision], after: timedelta) -> Answer:
        number = next(self._control_numbers)
        recovered = list(self._recovered(decisions))
        content = remittance(self._received, payer, decisions, recovered, number, self._at + after)
        return Answer("835", content, after)

    def _recovered(self, decisions: Sequence[Decision]) -> Iterator[ProviderAdjustment]:
        """A part of the payment that the payer keeps, for a claim that it paid too much on some other time."""
        paid = sum((decision.paid for decision in decisions), NOTHING)
        key = decisions[0].claim.control_number
        if paid > 0 and self._behaviour.happens(self._behaviour.recovered, "recovered", key):
            number = f"P{self._behaviour.draw('recovered-number', key) % 10**12:012d}"
            yield ProviderAdjustment("WO", number, min(paid, _MOST_RECOVERED))
