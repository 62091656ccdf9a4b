from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.encoder.domain.queries.fhir import query_bundle
from services.encoder.domain.queries.lifecycle import Query
from tests.services.encoder.domain.queries.drafts import an_open_question
from tests.services.encoder.domain.queries.test_lifecycle import EIGHT, LATER, a_query, an_answer


def resources(query: Query) -> dict[str, dict[str, Any]]:
    """By type; that they are valid FHIR, `query_bundle` sees to itself."""
    return {entry["resource"]["resourceType"]: entry["resource"] for entry in query_bundle(query)["entry"]}


SENT = a_query().sent(EIGHT, in_house=False)
ANSWERED = SENT.answered(an_answer(0))


@pytest.mark.parametrize(
    ("query", "task", "communication"),
    [
        (a_query(), "draft", "preparation"),
        (SENT, "requested", "in-progress"),
        (SENT.late(EIGHT + timedelta(days=4)), "requested", "in-progress"),
        (ANSWERED, "completed", "completed"),
        (ANSWERED.amended(an_answer(2, "Both")), "completed", "completed"),
        (SENT.withdrawn(LATER, "Asked twice"), "cancelled", "not-done"),
    ],
    ids=["draft", "sent", "escalated", "answered", "amended", "withdrawn"],
)
def test_each_state_has_its_status_in_fhir(query: Query, task: str, communication: str):
    found = resources(query)
    assert (found["Task"]["status"], found["Communication"]["status"]) == (task, communication)


def test_the_task_is_the_physicians_until_it_is_due():
    task = resources(SENT)["Task"]
    assert task["owner"]["identifier"]["value"] == "dr-okafor"
    assert task["restriction"]["period"]["end"] == "2026-11-27T08:00:00+00:00"  # 72 hours
    assert task["focus"]["reference"] == "Communication/q1"


def test_the_communication_quotes_every_indicator_with_source_and_date():
    question, *indicators = resources(SENT)["Communication"]["payload"]
    assert question["contentString"] == SENT.text.question
    assert indicators[0]["contentString"] == "Progress note, 2026-11-18: Creatinine 2.4, baseline 0.9"


def test_options_are_those_of_a_questionnaire_and_the_answer_its_response():
    found = resources(ANSWERED)
    question = found["Questionnaire"]["item"][0]
    assert question["answerOption"][0] == {"valueString": "Acute kidney injury"}
    assert found["QuestionnaireResponse"]["item"][0]["answer"] == [{"valueString": "Acute kidney injury"}]
    assert "QuestionnaireResponse" not in resources(SENT)


def test_an_open_question_asks_for_words():
    query = a_query(text=an_open_question()).sent(EIGHT, in_house=True).answered(an_answer(None, "Dehydration"))
    found = resources(query)
    assert [item["linkId"] for item in found["Questionnaire"]["item"]] == ["words"]
    assert found["QuestionnaireResponse"]["item"][0]["answer"] == [{"valueString": "Dehydration"}]
