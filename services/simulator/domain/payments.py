"""When payers pay: the 835s of an interchange's claims, and those that later take some of it back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from services.simulator.domain.acknowledgements import Answer
from services.simulator.domain.adjudication import (
    DENIED,
    NOTHING,
    REPLACEMENT,
    REVERSAL,
    VOID,
    Decision,
    FormerDecision,
    decide,
)
from services.simulator.domain.behaviour import Behaviour
from services.simulator.domain.interchanges import ReceivedInterchange
from services.simulator.domain.received_claims import ReceivedClaim
from services.simulator.domain.remittance import ProviderAdjustment, remittance
from services.simulator.parameters import PayerProfile, payers

_MOST_RECOVERED = Decimal("25.00")


class Remitting:
    """The payers of one interchange, each with a payment for every provider that it owes.

    `former` are decisions that its claims may take back, by the payer's number; those that stand from now on are
    `kept`.
    """

    def __init__(
        self,
        received: ReceivedInterchange,
        behaviour: Behaviour,
        at: datetime,
        control_numbers: Iterator[int],
        former: Mapping[str, FormerDecision],
    ) -> None:
        self._received = received
        self._behaviour = behaviour
        self._at = at
        self._control_numbers = control_numbers
        self._former = former
        self.kept: dict[str, FormerDecision] = {}

    def answers(self, claims: Sequence[ReceivedClaim]) -> Iterator[Answer]:
        """Payments for claims that passed the clearinghouse and that their payer took."""
        for payer, decisions in self._decided(claims):
            behaviour = self._behaviour.of(payer.payer_id)
            after = behaviour.remitted_after
            yield self._payment(payer, decisions, after)
            reversed_later = [decision for decision in decisions if _is_reversed(decision, behaviour)]
            reduced = [decision.reduced for decision in reversed_later]
            self._keep(decisions, reversed_later, reduced)
            if reversed_later:
                taken_back = [decision.taken_back for decision in reversed_later]
                again = [part for both in zip(taken_back, reduced, strict=True) for part in both]
                yield self._payment(payer, again, after + behaviour.late_by)

    def _keep(self, decided: Sequence[Decision], gone: Sequence[Decision], instead: Sequence[Decision]) -> None:
        """What stands when all is paid."""
        numbers = {decision.payer_number for decision in gone}
        standing = [one for one in decided if one.status != REVERSAL and one.payer_number not in numbers]
        self.kept |= {one.payer_number: FormerDecision.of(one) for one in (*standing, *instead)}

    def _decided(self, claims: Sequence[ReceivedClaim]) -> Iterator[tuple[PayerProfile, list[Decision]]]:
        decided: dict[tuple[str, str], list[Decision]] = {}
        for claim in claims:
            number, behaviour = claim.control_number, self._behaviour.of(claim.payer.id)
            verdict = behaviour.payer_verdict(claim)
            is_silent = behaviour.happens(behaviour.silent, "silent", number)
            if verdict.rejected or is_silent or not behaviour.happens(behaviour.remitted, "remitted", number):
                continue
            if decisions := list(self._decisions(claim, verdict.payer_number, behaviour)):
                decided.setdefault((claim.payer.id, claim.billing.id), []).extend(decisions)
        for (payer_id, _), decisions in decided.items():
            yield payers()[payer_id], decisions

    def _decisions(self, claim: ReceivedClaim, payer_number: str, behaviour: Behaviour) -> Iterator[Decision]:
        """What is replaced or voided is taken back first; a void of what was never decided on gets no payment."""
        if claim.frequency in (REPLACEMENT, VOID):
            former = self._former.get(claim.references.get("F8", ""))
            if former is not None:
                yield former.taken_back(claim)
        if claim.frequency != VOID:
            yield decide(claim, payer_number, behaviour)

    def _payment(self, payer: PayerProfile, decisions: Sequence[Decision], after: timedelta) -> Answer:
        number = next(self._control_numbers)
        recovered = list(_recovered(decisions, self._behaviour.of(payer.payer_id)))
        content = remittance(self._received, payer, decisions, recovered, number, self._at + after)
        return Answer("835", content, after)


def _is_reversed(decision: Decision, behaviour: Behaviour) -> bool:
    is_drawn = behaviour.happens(behaviour.reversed, "reversed", decision.claim.control_number)
    return is_drawn and decision.status != DENIED and decision.paid > 0


def _recovered(decisions: Sequence[Decision], behaviour: Behaviour) -> Iterator[ProviderAdjustment]:
    """A part of the payment that the payer keeps, for a claim that it paid too much on some other time."""
    paid = sum((decision.paid for decision in decisions), NOTHING)
    key = decisions[0].claim.control_number
    if paid > 0 and behaviour.happens(behaviour.recovered, "recovered", key):
        number = f"P{behaviour.draw('recovered-number', key) % 10**12:012d}"
        yield ProviderAdjustment("WO", number, min(paid, _MOST_RECOVERED))
