"""The envelope: CloudEvents 1.0 in binary mode of the Kafka protocol binding (attributes in `ce_` headers, §3.2).

The value of the record is the payload's JSON and nothing else. No header holds PHI: the subject is the claim's id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from pydantic import ValidationError

from shared.claims import AS_RECEIVED
from shared.events.bus import MAX_RECORD_BYTES, Record
from shared.events.contracts import LineEvent

Event = TypeVar("Event", bound=LineEvent)

SPECVERSION, ID, TYPE, SOURCE = "ce_specversion", "ce_id", "ce_type", "ce_source"
SUBJECT, TIME, TENANT = "ce_subject", "ce_time", "ce_tenant"
TRACEPARENT, CONTENT_TYPE = "traceparent", "content-type"


class InvalidEvent(Exception):
    """This event can never be handled. The message is safe to store and to show: it holds nothing of the payload.

    Handlers raise it; the consumer puts the event into the dead-letter topic at once, without another try.
    """

    def __init__(self, message: str, *, code: str = "invalid_event") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the headers say about an event."""

    id: str
    type: str
    tenant: str
    traceparent: str | None


def to_record(event: LineEvent, *, event_id: str, tenant: str, at: datetime, traceparent: str | None) -> Record:
    """The event as a record, without its source, which the relay adds. Raises ValueError if it is too large."""
    value = event.model_dump_json().encode()
    if len(value) > MAX_RECORD_BYTES:
        raise ValueError(f"an event of {len(value)} bytes is larger than the {MAX_RECORD_BYTES} that the bus takes")
    headers = {
        SPECVERSION: "1.0",
        ID: event_id,
        TYPE: event.event_type,
        SUBJECT: event.key,
        TIME: at.isoformat(),
        TENANT: tenant,
        CONTENT_TYPE: "application/json",
    }
    if traceparent is not None:
        headers[TRACEPARENT] = traceparent
    return Record(event.topic, event.key, value, headers)


def read_envelope(headers: Mapping[str, str]) -> Envelope:
    """Raises InvalidEvent."""
    missing = [name for name in (ID, TYPE, TENANT) if not headers.get(name)]
    if missing:
        raise InvalidEvent(f"headers are missing: {', '.join(missing)}", code="invalid_envelope")
    return Envelope(headers[ID], headers[TYPE], headers[TENANT], headers.get(TRACEPARENT))


def read_event(model: type[Event], value: bytes) -> Event:
    """The payload as its model, read leniently in one respect only: fields that we do not know are dropped.

    So whoever writes an event may add optional fields before its readers know them. Identifiers are taken as received:
    what is wrong with them is an edit's finding, not the bus's. Raises InvalidEvent.
    """
    try:
        return model.model_validate_json(value, context=AS_RECEIVED, extra="ignore")
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        where = ", ".join(f"{'/'.join(map(str, fault['loc']))} {fault['type']}" for fault in faults[:5])
        raise InvalidEvent(f"{len(faults)} faults in {model.__name__}: {where}", code="invalid_payload") from None
