"""The AsyncAPI 3.0 document of the line: topics, messages with headers, keys and examples, and who sends what."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from pydantic.json_schema import models_json_schema

from shared.events import envelope as ce
from shared.events.contracts import EVENTS, InterchangePrepared, LineEvent, ResponseReceived
from shared.events.dead_letters import ATTEMPTS, ERROR, ERROR_CODE, OFFSET, PARTITION, TOPIC, dead_letter_topic
from shared.events.payload_schema import ReadersSchema, open_to_additions

_TEXT = {"type": "string"}
_KAFKA_BINDING = "0.5.0"

_OUTSIDE = "clearinghouse"
"""Who sends what the line receives: the adapters of clearinghouses, written by others."""
_ACTIONS = ("send", "receive")

Examples = Mapping[tuple[str, str], Sequence[Any]]
"""Example payloads by topic and type."""


def document(examples: Examples) -> dict[str, Any]:
    """The whole document, as JSON values. Every message has its `examples` payloads."""
    owners = sorted({_owner(model) for model in EVENTS})
    services = [owner for owner in owners if owner != _OUTSIDE]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "revcycle events",
            "version": version("revcycle"),
            "description": (
                "What happens to a claim between chart and remittance. CloudEvents 1.0 in binary mode; the key is the "
                "claim's id, so that the events of one claim arrive in order. Readers drop fields that they do not "
                "know. An event may arrive twice: `ce_id` tells."
            ),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {_name(topic): _channel(topic) for topic in _topics()} | {"dead-letters": _dead_letters(services)},
        "operations": {
            f"{_name(topic)}-{_ACTIONS[_owner_of(topic) == _OUTSIDE]}s": _operation(topic) for topic in _topics()
        },
        "components": {
            "schemas": _payloads() | {"Headers": _headers(), "DeadLetterHeaders": _dead_letter_headers()},
            "messages": {model.__name__: _message(model, examples) for model in EVENTS} | {"DeadLetter": _DEAD_LETTER},
        },
    }


def headers_of(model: type[LineEvent], key: str) -> dict[str, str]:
    """The headers that an example of the event has."""
    return {
        ce.SPECVERSION: "1.0",
        ce.ID: "01939c5e-7a4e-7c3a-9d41-3f1c3e0f5a21",
        ce.TYPE: model.event_type,
        ce.SOURCE: f"/{_owner(model)}",
        ce.SUBJECT: key,
        ce.TIME: "2026-11-21T15:04:05+00:00",
        ce.TENANT: "cumberland",
        ce.CONTENT_TYPE: "application/json",
    }


def _topics() -> list[str]:
    return sorted({model.topic for model in EVENTS})


def _owner(model: type[LineEvent]) -> str:
    return _owner_of(model.topic)


def _owner_of(topic: str) -> str:
    return topic.split(".", 1)[0]


def _name(topic: str) -> str:
    return topic.removesuffix(".v1")


def _channel(topic: str) -> dict[str, Any]:
    models = [model for model in EVENTS if model.topic == topic]
    return {
        "address": topic,
        "messages": {model.__name__: {"$ref": f"#/components/messages/{model.__name__}"} for model in models},
        "bindings": {"kafka": {"topic": topic, "bindingVersion": _KAFKA_BINDING}},
    }


def _dead_letters(owners: Sequence[str]) -> dict[str, Any]:
    return {
        "address": dead_letter_topic("{service}").name,
        "description": "Events that a service gave up, as they came, with the reason in the headers.",
        "parameters": {"service": {"description": "The service that gave them up.", "enum": list(owners)}},
        "messages": {"DeadLetter": {"$ref": "#/components/messages/DeadLetter"}},
    }


def _operation(topic: str) -> dict[str, Any]:
    owner = _owner_of(topic)
    channel = f"#/channels/{_name(topic)}"
    names = [model.__name__ for model in EVENTS if model.topic == topic]
    return {
        "action": _ACTIONS[owner == _OUTSIDE],
        "title": f"What the {owner} tells of its {_name(topic).split('.', 1)[1]}",
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{name}"} for name in names],
    }


def _message(model: type[LineEvent], examples: Examples) -> dict[str, Any]:
    return {
        "name": model.event_type,
        "title": model.__name__,
        "summary": inspect.cleandoc(model.__doc__ or "").split("\n", 1)[0],
        "contentType": "application/json",
        "headers": {
            "allOf": [
                {"$ref": "#/components/schemas/Headers"},
                {"properties": {ce.TYPE: {"const": model.event_type}}},
            ]
        },
        "payload": {"$ref": f"#/components/schemas/{model.__name__}"},
        "bindings": {"kafka": {"key": _TEXT | {"description": _key_of(model)}, "bindingVersion": _KAFKA_BINDING}},
        "examples": [
            {"headers": headers_of(model, model.model_validate_json(json.dumps(payload)).key), "payload": payload}
            for payload in examples.get((model.topic, model.event_type), ())
        ],
    }


def _key_of(model: type[LineEvent]) -> str:
    return {InterchangePrepared: "The interchange's id.", ResponseReceived: "The route."}.get(model, "The claim's id.")


_DEAD_LETTER = {
    "name": "dead-letter",
    "title": "DeadLetter",
    "summary": "An event that a service gave up.",
    "contentType": "application/json",
    "headers": {
        "allOf": [{"$ref": "#/components/schemas/Headers"}, {"$ref": "#/components/schemas/DeadLetterHeaders"}]
    },
    "payload": {"description": "What came, byte for byte; perhaps no JSON at all."},
    "bindings": {"kafka": {"key": _TEXT, "bindingVersion": _KAFKA_BINDING}},
}


def _payloads() -> dict[str, Any]:
    _, schemas = models_json_schema(
        [(model, "serialization") for model in EVENTS],
        ref_template="#/components/schemas/{model}",
        schema_generator=ReadersSchema,
    )
    opened: dict[str, Any] = open_to_additions(schemas["$defs"])
    return opened


def _headers() -> dict[str, Any]:
    described = {
        ce.SPECVERSION: {"const": "1.0"},
        ce.ID: {"description": "Unique for ever; the same when the event is delivered again."},
        ce.TYPE: {"description": "What happened, with the version of the payload."},
        ce.SOURCE: {"description": "The service that tells it."},
        ce.SUBJECT: {"description": "The claim's id; of an interchange its own, of a response its route."},
        ce.TIME: {"format": "date-time", "description": "When it happened."},
        ce.TENANT: {"description": "Whose claim it is."},
        ce.CONTENT_TYPE: {"const": "application/json"},
        ce.TRACEPARENT: {"description": "W3C trace context of what led to the event, where there is one."},
    }
    required = [name for name in described if name != ce.TRACEPARENT]
    return {
        "type": "object",
        "description": "CloudEvents 1.0, Kafka binary mode. No header holds PHI.",
        "properties": {name: _TEXT | more for name, more in described.items()},
        "required": required,
    }


def _dead_letter_headers() -> dict[str, Any]:
    described = {
        ERROR_CODE: "The reason as a stable code.",
        ERROR: "The reason in words that repeat nothing of the payload.",
        TOPIC: "Where the event came from.",
        PARTITION: "The partition that it came from.",
        OFFSET: "Its offset there.",
        ATTEMPTS: "How often it was tried.",
    }
    properties = {name: _TEXT | {"description": text} for name, text in described.items()}
    return {"type": "object", "properties": properties, "required": list(described)}
