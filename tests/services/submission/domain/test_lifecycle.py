"""Where answers take a claim. Expected states by hand: a refusal ends an attempt, A2 outreaches A1."""

from __future__ import annotations

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.submission.domain.answers import Verdict
from services.submission.domain.lifecycle import ClaimState, adjudicate, after, settle

verdicts = st.sampled_from(["received", "accepted", "rejected", "none"])


def settled(state: ClaimState, *said: Verdict) -> ClaimState:
    return reduce(lambda current, verdict: settle(current, verdict).state, said, state)


@given(st.lists(verdicts, max_size=8).flatmap(lambda said: st.tuples(st.just(said), st.permutations(said + said))))
def test_any_order_and_repetition_of_answers_ends_in_the_same_state(said: tuple[list[Verdict], list[Verdict]]):
    once, again = said
    assert settled("submitted", *once) == settled("submitted", *again)


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ((), "submitted"),
        (("received",), "received"),
        (("received", "accepted"), "accepted"),
        (("accepted", "received"), "accepted"),
        (("received", "rejected"), "rejected"),
        (("accepted", "rejected"), "rejected"),
        (("rejected", "received", "accepted"), "rejected"),
        (("none",), "submitted"),
    ],
)
def test_the_furthest_true_answer_wins(said: tuple[Verdict, ...], state: ClaimState):
    assert settled("submitted", *said) == state


@pytest.mark.parametrize(
    ("state", "verdict", "effect"),
    [
        ("submitted", "received", "advanced"),
        ("received", "received", "confirmed"),
        ("accepted", "received", "late"),
        ("rejected", "accepted", "late"),
        ("accepted", "rejected", "advanced"),
        ("submitted", "none", "noted"),
        ("batched", "accepted", "advanced"),
        ("corrected", "accepted", "superseded"),
        ("ready", "rejected", "superseded"),
        ("batched", "returned", "advanced"),
        ("received", "returned", "advanced"),  # a TA1 took the interchange before the 999 refused the set
        ("accepted", "returned", "late"),
        ("rejected", "returned", "late"),
    ],
)
def test_a_decision_says_what_the_answer_did(state: ClaimState, verdict: Verdict, effect: str):
    assert settle(state, verdict).effect == effect


@given(st.sampled_from(["ready", "batched", "submitted", "received", "accepted", "rejected", "corrected"]), verdicts)
def test_an_answer_to_an_earlier_attempt_moves_nothing(state: ClaimState, verdict: Verdict):
    decision = settle(state, verdict, of_this_attempt=False)
    assert (decision.state, decision.effect) == (state, "superseded")


def test_our_own_acts_go_round_the_line():
    state: ClaimState | None = "ready"
    for act, expected in (("batch", "batched"), ("submit", "submitted")):
        state = after(state, act)  # type: ignore[arg-type]  # written out as text to be read
        assert state == expected
    assert after("rejected", "correct") == "corrected"
    assert after("corrected", "clear") == "ready"


@pytest.mark.parametrize("state", ["batched", "submitted", "received", "accepted", "rejected"])
@pytest.mark.parametrize("outcome", ["paid", "denied"])
def test_a_remittance_is_further_than_any_answer(state: ClaimState, outcome: str):
    adjudicated = adjudicate(state, outcome)  # type: ignore[arg-type]
    assert (adjudicated.state, adjudicated.effect) == (outcome, "advanced")
    assert settle(adjudicated.state, "rejected").effect == "late"


def test_the_last_remittance_holds():
    """A payer reverses what it has paid, and pays what it has denied."""
    assert adjudicate("paid", "denied").state == "denied"
    assert adjudicate("denied", "paid").state == "paid"
    assert adjudicate("paid", "paid").effect == "confirmed"
    assert adjudicate("corrected", "paid").effect == "superseded"
    assert adjudicate("submitted", "paid", of_this_attempt=False).effect == "superseded"


@pytest.mark.parametrize("state", ["accepted", "paid", "denied"])
def test_what_the_payer_has_can_be_replaced_or_voided(state: ClaimState):
    assert (after(state, "correct"), after(state, "void")) == ("corrected", "corrected")


@pytest.mark.parametrize(("state", "act"), [("rejected", "void"), ("submitted", "batch"), ("ready", "submit")])
def test_an_act_out_of_turn_is_not_possible(state: ClaimState, act: str):
    assert after(state, act) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("state", ["batched", "submitted", "received"])
def test_what_was_refused_for_others_alone_is_ready_again(state: ClaimState):
    assert settle(state, "returned").state == "ready"
    assert settle("accepted", "returned").state == "accepted"


@pytest.mark.parametrize(("state", "after"), [("received", "rejected"), ("accepted", "accepted"), ("paid", "paid")])
def test_a_file_is_not_refused_of_which_a_claim_was_taken_into_adjudication(state: ClaimState, after: ClaimState):
    assert settle(state, "rejected", of_file=True).state == after
