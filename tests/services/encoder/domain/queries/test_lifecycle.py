"""A query's states. Times to answer: 72 hours after discharge, 48 in the house; then CDI lead and physician advisor."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.encoder.domain.queries.lifecycle import GivenAnswer, Query
from services.encoder.errors import InvalidAnswer, QueryClosed
from shared.claims import ClaimId
from shared.claims.queries import QueryAnswer
from tests.services.encoder.domain.queries.drafts import a_choice, an_open_question
from tests.services.encoder.domain.test_charts import CLAIM

EIGHT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
LATER = EIGHT + timedelta(hours=2)


def a_query(**fields: Any) -> Query:
    known: dict[str, Any] = {
        "id": "q1",
        "chart_id": "c1",
        "claim_id": ClaimId(CLAIM),
        "facility_id": "CVMC",
        "encounter_id": "ENC-1",
        "text": a_choice(),
        "author": "ana",
        "physician": "dr-okafor",
        "in_house": False,
        "created_at": EIGHT,
    }
    return Query.model_validate(known | fields)


def an_answer(option: int | None = 0, text: str | None = None, at: datetime = LATER) -> QueryAnswer:
    return QueryAnswer(option=option, text=text, by="dr-okafor", at=at, document_id="D")


@pytest.mark.parametrize(("in_house", "hours"), [(True, 48), (False, 72)])
def test_an_answer_is_due_sooner_while_the_patient_is_in_the_house(in_house: bool, hours: int):
    sent = a_query().sent(EIGHT, in_house=in_house)
    assert sent.due_at == EIGHT + timedelta(hours=hours)


def test_a_late_query_goes_up_level_by_level_and_expires_from_the_last():
    query = a_query().sent(EIGHT, in_house=False)
    assert query.late(EIGHT + timedelta(hours=71, minutes=59)) is query
    levels: list[tuple[str, str]] = []
    while query.is_open and query.due_at:
        query = query.late(query.due_at)
        levels.append((query.status, query.level))
    assert levels == [
        ("escalated", "cdi_lead"),
        ("escalated", "physician_advisor"),
        ("expired", "physician_advisor"),
    ]
    assert [one.level for one in query.escalations] == ["cdi_lead", "physician_advisor"]
    # 72 hours of the physician, 48 of the CDI lead, 168 of the advisor.
    assert query.closed_at == EIGHT + timedelta(hours=72 + 48 + 168)


def test_an_amended_answer_keeps_those_before():
    answered = a_query().sent(EIGHT, in_house=False).answered(an_answer(0))
    amended = answered.amended(an_answer(1)).amended(an_answer(2, "Both"))
    assert (amended.status, [one.option for one in amended.answers]) == ("amended", [0, 1, 2])


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        (GivenAnswer(), None),
        (GivenAnswer(text="Yes indeed"), "/option"),
        (GivenAnswer(option=4), "/option"),
        (GivenAnswer(option=2), "/text"),
    ],
)
def test_an_answer_is_one_of_the_querys(given: GivenAnswer, pointer: str | None):
    with pytest.raises(InvalidAnswer) as caught:
        a_query().check_answer(given)
    assert caught.value.pointer == pointer


def test_an_open_question_is_answered_in_words():
    a_query(text=an_open_question()).check_answer(GivenAnswer(text="Acute kidney injury, resolved."))
    with pytest.raises(InvalidAnswer):
        a_query(text=an_open_question()).check_answer(GivenAnswer(option=0))


def test_the_answer_stands_in_the_record_with_its_question():
    query = a_query().sent(EIGHT, in_house=False)
    document = query.response_document(GivenAnswer(option=2, text="Prerenal azotemia"), by="dr-okafor", at=LATER)
    assert (document.kind, document.author, document.written_at) == ("query_response", "dr-okafor", LATER)
    assert document.text.splitlines() == [query.text.question, "", "Other, please specify", "Prerenal azotemia"]


class QueryMachine(RuleBasedStateMachine):
    """Whatever is done in whatever order, a query is in one of its states and forgets nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.query = a_query()
        self.now = EIGHT
        self.history: list[Query] = [self.query]

    def step(self, following: Query) -> None:
        if following is not self.query:
            self.history.append(following)
        self.query = following

    @rule(hours=st.integers(0, 200))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        if self.query.is_open:
            self.step(self.query.late(self.now))

    @rule(in_house=st.booleans())
    def send(self, in_house: bool) -> None:
        if self.query.status == "draft":
            self.step(self.query.sent(self.now, in_house=in_house))
        else:
            with pytest.raises(QueryClosed):
                self.query.sent(self.now, in_house=in_house)

    @rule(option=st.integers(0, 1))
    def answer(self, option: int) -> None:
        if self.query.is_open:
            self.step(self.query.answered(an_answer(option, at=self.now)))
        else:
            with pytest.raises(QueryClosed):
                self.query.answered(an_answer(option))

    @precondition(lambda self: self.query.answers)
    @rule(option=st.integers(0, 1))
    def amend(self, option: int) -> None:
        self.step(self.query.amended(an_answer(option, at=self.now)))

    @rule()
    def withdraw(self) -> None:
        if self.query.status == "draft" or self.query.is_open:
            self.step(self.query.withdrawn(self.now, "Asked of the wrong physician"))
        else:
            with pytest.raises(QueryClosed):
                self.query.withdrawn(self.now, "Asked of the wrong physician")

    @invariant()
    def it_is_due_exactly_while_it_is_open(self) -> None:
        assert (self.query.due_at is not None) == self.query.is_open

    @invariant()
    def it_is_closed_exactly_when_it_is_over(self) -> None:
        over = self.query.status in ("answered", "amended", "withdrawn", "expired")
        assert (self.query.closed_at is not None) == over
        assert bool(self.query.answers) == (self.query.status in ("answered", "amended"))

    @invariant()
    def versions_count_up_and_nothing_is_forgotten(self) -> None:
        assert [query.version for query in self.history] == list(range(1, len(self.history) + 1))
        for before in self.history:
            assert self.query.answers[: len(before.answers)] == before.answers
            assert self.query.escalations[: len(before.escalations)] == before.escalations
            assert (self.query.text, self.query.author) == (before.text, before.author)


TestQueryMachine = QueryMachine.TestCase
TestQueryMachine.settings = settings(max_examples=40, stateful_step_count=12, deadline=None)
