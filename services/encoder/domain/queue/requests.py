"""What coders and managers ask of the queue."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from shared.claims import EncounterClass, Instant, Many, Model, Reference, Text

Subject = Annotated[str, Field(min_length=1, max_length=255)]


class NextChart(Model):
    """Which work the caller takes now; empty takes any that their profile allows."""

    work_types: Many[EncounterClass] = ()
    facility_id: Reference | None = None
    queues: Annotated[Many[Reference], Field(max_length=200)] = ()


class Assignment(Model):
    """Who shall code the chart; None is the caller."""

    coder: Subject | None = None


class HandOverRequest(Model):
    """To whom a chart goes: a coder or a queue."""

    coder: Subject | None = None
    queue: Reference | None = None
    note: Text | None = None
    """For whoever takes it. Say nothing of the patient: what belongs to the record stands in the record."""

    @model_validator(mode="after")
    def _goes_to_one_place(self) -> Self:
        if (self.coder is None) == (self.queue is None):
            raise PydanticCustomError("one_place", "a chart goes either to a coder or to a queue")
        return self


class HoldRequest(Model):
    """Why a chart shall wait, one of `GET /v1/queue/hold-reasons`, and until when where that is known."""

    reason: Reference
    until: Instant | None = None
    note: Text | None = None
    """For the next coder. Say nothing of the patient: what belongs to the record stands in the record."""
