"""Answers: a model in JSON with its version as ETag. What a write gives at first and again on a replay is the same."""

from typing import Any

from fastapi import Response
from pydantic_core import to_json

from shared.http.content import JSON
from shared.http.idempotency import Answer


def etag(version: int) -> str:
    """A record's version as a strong entity tag."""
    return f'"{version}"'


def render(result: Any, status: int, location: str | None = None) -> Answer:
    """The answer for a handler's result: a model, a list of models, or None for no content."""
    if result is None:
        return Answer(204 if status == 200 else status, {}, b"")
    headers = {"Content-Type": JSON}
    if (version := getattr(result, "version", None)) is not None:
        headers["ETag"] = etag(version)
    if location is not None:
        headers["Location"] = location
    return Answer(status, headers, to_json(result))


def respond(answer: Answer, *, replayed: bool = False) -> Response:
    """The response that carries an answer."""
    marked = {"Idempotency-Replayed": "true"} if replayed else {}
    return Response(answer.body, answer.status, answer.headers | marked)


def answer(result: Any, status: int = 200) -> Response:
    """For a GET of one versioned record: `return answer(chart)` carries the ETag that a change must name."""
    return respond(render(result, status))
