"""The contracts that others build on: committed schemas, examples that stay readable, and the AsyncAPI document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator
from referencing import Registry, Resource

from shared.events import EVENTS, InvalidEvent, LineEvent, read_event, schemas
from shared.events.envelope import to_record
from shared.events.payload_schema import payload_schema
from tests.shared.events import examples

EXAMPLES = sorted(schemas.FOLDER.glob("examples/*/*/*.json"))
MODELS = {(model.topic, model.event_type): model for model in EVENTS}


def model_of(path: Path) -> type[LineEvent]:
    return MODELS[path.parts[-3], path.parts[-2]]


def test_the_committed_files_are_what_the_contracts_say_and_keep_the_last_releases_promise():
    assert list(schemas.differences()) == []


def test_every_event_has_an_example():
    assert {model_of(path) for path in EXAMPLES} == set(EVENTS)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: "/".join(path.parts[-3:]))
def test_a_committed_example_is_readable_for_ever(path: Path):
    payload = path.read_bytes()
    event = read_event(model_of(path), payload)
    document = json.loads(payload)
    claim_id = document["claim"]["id"] if "claim" in document else document.get("claim_id")
    assert event.key == (claim_id or document.get("interchange_id") or document["route"])


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: "/".join(path.parts[-3:]))
def test_a_committed_example_satisfies_the_published_schema(path: Path):
    schema = payload_schema(model_of(path))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("event", list(examples.events()), ids=lambda event: type(event).__name__)
def test_what_is_written_is_read_as_the_same_event(event: LineEvent):
    assert read_event(type(event), event.model_dump_json().encode()) == event


def with_unknown_fields(value: Any) -> Any:
    match value:
        case dict():
            return {"unknown_field": {"of": "tomorrow"}} | {
                name: with_unknown_fields(one) for name, one in value.items()
            }
        case list():
            return [with_unknown_fields(one) for one in value]
        case _:
            return value


def test_a_reader_drops_fields_that_it_does_not_know_at_every_depth():
    event = next(examples.events())
    tomorrow = with_unknown_fields(event.model_dump(mode="json"))
    assert read_event(type(event), json.dumps(tomorrow).encode()) == event


def test_what_is_wrong_with_a_payload_is_told_without_its_content():
    event = next(examples.events()).model_dump(mode="json")
    event["claim"]["patient"]["birth_date"] = "1950-13-99"
    event["claim"]["patient"]["name"]["last"] = ["ABERNATHY"]
    with pytest.raises(InvalidEvent) as caught:
        read_event(EVENTS[0], json.dumps(event).encode())
    assert "claim/professional/patient/birth_date" in str(caught.value)
    assert "ABERNATHY" not in str(caught.value)
    assert "1950-13-99" not in str(caught.value)


class TestAsyncApi:
    @pytest.fixture
    def document(self) -> Any:
        return json.loads((schemas.FOLDER / "asyncapi.json").read_text(encoding="utf-8"))

    def test_every_reference_leads_somewhere(self, document: Any):
        def references(value: Any) -> Iterator[str]:
            match value:
                case {"$ref": str(reference)}:
                    yield reference
                case dict():
                    for one in value.values():
                        yield from references(one)
                case list():
                    for one in value:
                        yield from references(one)

        for reference in set(references(document)):
            found = document
            for step in reference.removeprefix("#/").split("/"):
                found = found[step]

    def test_every_event_is_a_message_of_its_topic(self, document: Any):
        told = {
            (channel["address"], document["components"]["messages"][name]["name"])
            for channel in document["channels"].values()
            for name in channel["messages"]
            if name != "DeadLetter"
        }
        assert told == set(MODELS)

    def test_every_message_has_examples_that_satisfy_its_schemas(self, document: Any):
        registry = Registry().with_resource("urn:asyncapi", Resource.opaque(document))
        for name in document["components"]["messages"]:
            if name == "DeadLetter":
                continue
            message = document["components"]["messages"][name]
            assert message["examples"]
            for example in message["examples"]:
                self.validator(f"components/schemas/{name}", registry).validate(example["payload"])
                self.validator(f"components/messages/{name}/headers", registry).validate(example["headers"])

    @staticmethod
    def validator(pointer: str, registry: Any) -> Validator:
        return Draft202012Validator({"$ref": f"urn:asyncapi#/{pointer}"}, registry=registry)

    def test_the_headers_of_a_real_record_satisfy_the_document(self, document: Any):
        event = next(examples.events())
        record = to_record(event, event_id="1", tenant="north", at=examples.NOON, traceparent=None)
        headers = dict(record.headers) | {"ce_source": "/encoder"}  # which the relay adds
        Draft202012Validator(document["components"]["schemas"]["Headers"]).validate(headers)
        assert set(headers) == set(document["components"]["schemas"]["Headers"]["required"])
