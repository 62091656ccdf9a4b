"""The JSON Schema of an event's payload, as its readers are to take it."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from shared.events.contracts import LineEvent


class ReadersSchema(GenerateJsonSchema):
    """Without a title at each field, which would only repeat its name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def payload_schema(model: type[LineEvent]) -> dict[str, Any]:
    """JSON Schema 2020-12 of what is written under this type."""
    described = model.model_json_schema(mode="serialization", schema_generator=ReadersSchema)
    schema: dict[str, Any] = {"$schema": "https://json-schema.org/draft/2020-12/schema", **open_to_additions(described)}
    return schema


def open_to_additions(schema: Any) -> Any:
    """The same schema for readers: our models refuse unknown fields at the HTTP door, but whoever reads events ignores
    them, so that writers may add some."""
    match schema:
        case dict():
            closed = schema.get("additionalProperties") is False
            return {
                name: open_to_additions(value)
                for name, value in schema.items()
                if not (closed and name == "additionalProperties")
            }
        case list():
            return [open_to_additions(value) for value in schema]
        case _:
            return schema
