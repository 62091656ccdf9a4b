"""Where answers take a claim. Expected states by hand: a refusal ends an attempt, A2 outreaches A1."""

from __future__ import annotations

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.submission.domain.answers import Verdict
from services.submission.domain.lifecycle import ClaimState, after, settle

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


@pytest.mark.parametrize(("state", "act"), [("accepted", "correct"), ("submitted", "batch"), ("ready", "submit")])
def test_an_act_out_of_turn_is_not_possible(state: ClaimState, act: str):
    assert after(state, act) is None  # type: ignore[arg-type]
