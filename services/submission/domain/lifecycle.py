"""Where a claim stands between the scrubber and the payer's adjudication, and what moves it.

    ready ─batch→ batched ─submit→ submitted ─answer→ received ─answer→ accepted ─remittance→ paid | denied | voided
      ↑                                └────────┬─────────┴──────────────┘                        │
      └──────clear── corrected ←─correct── rejected                                               │
                         ↑                                                                        │
                         └─────────────────────────correct or void─────────────────────────────────┘

A claim that is returned, for its set was refused for other claims of it, is ready for its next attempt.

Our own acts move a claim by the table `MOVES`. Answers come late, twice and in any order, so they do not follow the
arrows: each says how far the claim has come, and the furthest true answer wins. Whatever the order of a set of answers,
the claim ends in the same state. A remittance is further than any answer: what was paid or denied was adjudicated.
Among remittances the last one holds, for a payer may reverse what it has paid and pay what it has denied.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from services.submission.domain.answers import Verdict

ClaimState = Literal[
    "ready", "batched", "submitted", "received", "accepted", "rejected", "paid", "denied", "voided", "corrected"
]

Adjudicated = Literal["paid", "denied", "voided"]
"""What a remittance says of the claim as a whole: paid in part or in full, nothing of it, or taken back as we asked."""

IN_ADJUDICATION: tuple[ClaimState, ...] = ("accepted", "paid", "denied", "voided")
"""States of claims that the payer has accepted, decided on or not."""

Act = Literal["batch", "withdraw", "submit", "correct", "void", "clear"]
"""batch: put into an interchange. withdraw: taken out of one that never left. submit: the interchange is with the other
side. correct: a biller changed the claim and it goes back to the scrubber. void: the same, to take back what the payer
has. clear: the scrubber let it pass, as the next attempt."""

MOVES = MappingProxyType(
    {
        ("ready", "batch"): "batched",
        ("batched", "withdraw"): "ready",
        ("batched", "submit"): "submitted",
        ("rejected", "correct"): "corrected",
        ("accepted", "correct"): "corrected",
        ("accepted", "void"): "corrected",
        ("paid", "correct"): "corrected",
        ("paid", "void"): "corrected",
        ("denied", "correct"): "corrected",
        ("denied", "void"): "corrected",
        ("voided", "correct"): "corrected",
        ("corrected", "clear"): "ready",
    }
)

_REACH: MappingProxyType[ClaimState, int] = MappingProxyType(
    {
        "ready": 0,
        "batched": 1,
        "submitted": 2,
        "received": 3,
        "accepted": 4,
        "rejected": 5,
        "paid": 6,
        "denied": 6,
        "voided": 6,
    }
)
"""How far an attempt has come. A rejection outreaches an acceptance: a payer may refuse a claim that it, or the
clearinghouse, has taken (277CA A3, A6, A7, A8 after A1 or A2), while nothing revives a rejected attempt."""

_SENT: tuple[ClaimState, ...] = ("submitted", "received", "accepted")
"""The attempt is with the payer, who has not decided on it."""

Effect = Literal["advanced", "confirmed", "late", "superseded", "noted"]
"""advanced: the claim moves. confirmed: known already. late: says less than is known. superseded: about an attempt that
another has followed. noted: says nothing on where the claim stands."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What an answer does to a claim."""

    state: ClaimState
    effect: Effect

    @property
    def moves(self) -> bool:
        return self.effect == "advanced"


def after(state: ClaimState, act: Act) -> ClaimState | None:
    """The state after an act of ours, or None where the act is not possible."""
    return MOVES.get((state, act))  # type: ignore[return-value]  # the table holds states


def settle(state: ClaimState, verdict: Verdict, *, of_this_attempt: bool = True, of_file: bool = False) -> Decision:
    """Where the claim stands once an answer with `verdict` is known.

    `of_this_attempt` is False where the answer is about an earlier control number of the claim; `of_file` says that it
    is a TA1 or 999. An answer that arrives while the claim is still `batched`, since the process ended between delivery
    and its record, proves the delivery.
    """
    if not of_this_attempt or state not in _REACH or state == "ready":
        return Decision(state, "superseded")
    if verdict == "none":
        return Decision(state, "noted")
    if of_file and verdict in ("rejected", "returned") and state == "accepted":
        # Who takes a claim into adjudication has read its file: what is refused is another copy. Sent again, the claim
        # would be there twice.
        return Decision(state, "late")
    if verdict == "returned":
        return Decision("ready", "advanced") if _REACH[state] < _REACH["accepted"] else Decision(state, "late")
    if _REACH[verdict] > _REACH[state]:
        return Decision(verdict, "advanced")
    return Decision(state, "confirmed" if verdict == state else "late")


def adjudicate(state: ClaimState, outcome: Adjudicated, *, of_this_attempt: bool = True) -> Decision:
    """Where the claim stands once a remittance says what became of it. The last remittance holds.

    It proves that the attempt was delivered and adjudicated, whatever else is known or not. One about an earlier
    attempt moves nothing: what the payer paid for that one is still true, but another is on its way. A void alone is
    answered by what becomes of the attempt that it takes back.
    """
    if outcome == "voided" and state in _SENT:
        return Decision(outcome, "advanced")
    if not of_this_attempt or state not in _REACH or state == "ready":
        return Decision(state, "superseded")
    return Decision(state, "confirmed") if state == outcome else Decision(outcome, "advanced")
