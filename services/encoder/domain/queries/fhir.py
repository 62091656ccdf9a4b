"""A query as FHIR R4: a Task for the physician, the Communication that it is about, and its Questionnaire.

R4B (4.3.0) changed nothing in these resources against R4 (4.0.1), and `fhir.resources` has no R4 of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fhir.resources.R4B.bundle import Bundle

from services.encoder.domain.queries.lifecycle import Query, QueryStatus
from shared.claims.queries import QueryAnswer

SYSTEM = "urn:revcycle:query"

_TASK_STATUS: Mapping[QueryStatus, str] = {
    "draft": "draft",
    "sent": "requested",
    "escalated": "requested",
    "answered": "completed",
    "amended": "completed",
    "withdrawn": "cancelled",
    "expired": "failed",
}
_COMMUNICATION_STATUS: Mapping[QueryStatus, str] = {
    "draft": "preparation",
    "sent": "in-progress",
    "escalated": "in-progress",
    "answered": "completed",
    "amended": "completed",
    "withdrawn": "not-done",
    "expired": "completed",
}


def query_bundle(query: Query) -> dict[str, Any]:
    """The query as a Bundle of type collection, validated by the models of FHIR. Names no patient: the EHR knows the
    encounter by its own number."""
    resources = [_task(query), _communication(query), _questionnaire(query)]
    if query.answers:
        resources.append(_response(query, query.answers[-1]))
    entries = [{"fullUrl": f"urn:uuid:{query.id}#{one['resourceType']}", "resource": one} for one in resources]
    document = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    Bundle.model_validate(document)
    return document


def _task(query: Query) -> dict[str, Any]:
    task = {
        "resourceType": "Task",
        "id": query.id,
        "identifier": [_identifier(query)],
        "status": _TASK_STATUS[query.status],
        "intent": "order",
        "priority": "urgent" if query.status == "escalated" else "routine",
        "code": {"text": "Answer a documentation query"},
        "description": query.text.title,
        "focus": _reference("Communication", query),
        "encounter": _encounter(query),
        "authoredOn": query.created_at.isoformat(),
        "lastModified": (query.closed_at or query.sent_at or query.created_at).isoformat(),
        "requester": _person(query.author),
        "owner": _person(query.physician),
        "businessStatus": {"text": query.level.replace("_", " ")},
        "input": [{"type": {"text": "questionnaire"}, "valueReference": _reference("Questionnaire", query)}],
    }
    if query.due_at is not None:
        task["restriction"] = {"period": {"end": query.due_at.isoformat()}}
    if query.answers:
        answer = _reference("QuestionnaireResponse", query)
        task["output"] = [{"type": {"text": "answer"}, "valueReference": answer}]
    if query.withdrawn_because is not None:
        task["statusReason"] = {"text": query.withdrawn_because}
    return task


def _communication(query: Query) -> dict[str, Any]:
    communication = {
        "resourceType": "Communication",
        "id": query.id,
        "identifier": [_identifier(query)],
        "status": _COMMUNICATION_STATUS[query.status],
        "topic": {"text": query.text.title},
        "encounter": _encounter(query),
        "sender": _person(query.author),
        "recipient": [_person(query.physician)],
        "payload": [{"contentString": text} for text in _payload(query)],
    }
    if query.sent_at is not None:
        communication["sent"] = query.sent_at.isoformat()
    return communication


def _payload(query: Query) -> Iterator[str]:
    """The question, then each indicator with its source and date."""
    yield query.text.question
    for indicator in query.text.indicators:
        yield f"{indicator.source}, {indicator.date.isoformat()}: {indicator.text}"


def _questionnaire(query: Query) -> dict[str, Any]:
    options = [{"valueString": option.text} for option in query.text.options]
    question = {"linkId": "answer", "text": query.text.question, "type": "choice", "answerOption": options}
    words = {"linkId": "words", "text": "In your own words", "type": "text"}
    return {
        "resourceType": "Questionnaire",
        "id": query.id,
        "identifier": [_identifier(query)],
        "status": "draft" if query.status == "draft" else "active",
        "title": query.text.title,
        "item": [question, words] if options else [words | {"text": query.text.question}],
    }


def _response(query: Query, answer: QueryAnswer) -> dict[str, Any]:
    items = []
    if answer.option is not None:
        chosen = query.text.options[answer.option].text
        items.append({"linkId": "answer", "answer": [{"valueString": chosen}]})
    if answer.text is not None:
        items.append({"linkId": "words", "answer": [{"valueString": answer.text}]})
    return {
        "resourceType": "QuestionnaireResponse",
        "id": query.id,
        "identifier": _identifier(query),
        "questionnaire": f"urn:uuid:{query.id}",
        "status": "amended" if query.status == "amended" else "completed",
        "encounter": _encounter(query),
        "authored": answer.at.isoformat(),
        "author": _person(answer.by),
        "item": items,
    }


def _identifier(query: Query) -> dict[str, Any]:
    return {"system": SYSTEM, "value": query.id}


def _reference(kind: str, query: Query) -> dict[str, Any]:
    return {"reference": f"{kind}/{query.id}", "type": kind}


def _encounter(query: Query) -> dict[str, Any]:
    return {"identifier": {"value": query.encounter_id, "assigner": {"display": query.facility_id}}}


def _person(subject: str) -> dict[str, Any]:
    return {"identifier": {"system": "urn:revcycle:subject", "value": subject}}
