"""Every consumer takes every committed example of every event that it reads, today and after any change."""

from __future__ import annotations

import json
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic_core import to_json

from services.encoder.consumers import HANDLERS as ENCODER
from services.grouper.bootstrap import create_grouper
from services.grouper.consumers import handler_table as grouper_table
from services.grouper.parameters.payment import load_payment_rules
from services.grouper.settings import GrouperSettings
from services.scrubber.bootstrap import create_scrubber
from services.scrubber.consumers import handler_table as scrubber_table
from services.submission.consumers import HANDLERS as SUBMISSION
from shared.claims import AS_RECEIVED
from shared.db import Context, Database
from shared.events import HandlerTable, InvalidEvent
from shared.events.contracts import EVENTS, LineEvent
from shared.runtime import Runtime, Settings

EXAMPLES = Path(__file__).parents[2] / "docs" / "events" / "examples"
CONTEXT = Context(tenant="mercy", actor="system:test", request_id="e-1", at=datetime(2026, 11, 24, tzinfo=UTC))
READERS = ("encoder", "grouper", "scrubber", "submission")


def table(service: str, tmp_path: Path, database: Database) -> HandlerTable:
    match service:
        case "encoder":
            return ENCODER
        case "grouper":
            settings = Settings(data_dir=tmp_path)
            runtime = Runtime("grouper", settings, database, bus=None, authenticator=None)  # type: ignore[arg-type]
            return grouper_table(create_grouper(runtime, GrouperSettings(engine="in_process")), load_payment_rules())
        case "scrubber":
            return scrubber_table(create_scrubber())
        case _:
            return SUBMISSION


def examples(model: type[LineEvent]) -> list[LineEvent]:
    files = sorted((EXAMPLES / model.topic / model.event_type).glob("*.json"))
    read = [model.model_validate_json(to_json(json.loads(f.read_text())), context=AS_RECEIVED) for f in files]
    assert read, f"there is no example of {model.event_type}"
    return read


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("service", READERS)
async def test_a_consumer_takes_every_example(service: str, database: Database, tmp_path: Path):
    await database.migrate(f"services/{service}/migrations")
    handlers = table(service, tmp_path, database)
    for model, handler in handlers.items():
        for event in examples(model):
            # A return of a claim whose chart this database does not hold is an invalid event, and nothing else is.
            allowed = pytest.raises(InvalidEvent) if service == "encoder" else nullcontext()
            with allowed:
                async with database.unit_of_work(CONTEXT) as uow:
                    await handler(uow, event)


@pytest.mark.parametrize("model", EVENTS, ids=lambda model: f"{model.topic}/{model.event_type}")
def test_every_event_has_an_example(model: type[LineEvent]):
    assert examples(model)
