"""What every part of the reading of one message shares."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.encoder.domain.facilities import FacilityProfile
from services.encoder.domain.hl7 import times
from services.encoder.domain.hl7.faults import Faults
from services.encoder.domain.hl7.messages import Message, Place, Segment
from services.encoder.parameters import parameter

Members = dict[str, Any]
"""The members of a canonical model, not yet validated."""


@dataclass(frozen=True)
class Reading:
    """A message, who its facility is, when it came, and what was found wrong with it so far."""

    message: Message
    profile: FacilityProfile
    received_at: datetime
    faults: Faults = field(default_factory=Faults)

    @property
    def zone(self) -> ZoneInfo | None:
        return self.profile.zone

    @property
    def sent_at(self) -> datetime:
        """MSH-7, else when the message came."""
        return self.moment(self.message.header, 7) or self.received_at

    @property
    def day(self) -> date:
        """The day of the message."""
        return self.sent_at.date()

    def moment(self, segment: Segment, number: int, component: int = 1) -> datetime | None:
        """A time of the message; one that is none is told of and left out."""
        text = segment.text(number, component)
        found = times.moment(text, self.zone) if text else None
        if text and found is None:
            self.faults.warning("102", segment.at(number), "this is not a time to the day: left out")
        return found

    def date(self, segment: Segment, number: int, component: int = 1) -> date | None:
        text = segment.text(number, component)
        found = times.day(text) if text else None
        if text and found is None:
            self.faults.warning("102", segment.at(number), "this is not a day: left out")
        return found

    def known(self, name: str) -> Any:
        """A parameter's value on the day on which the message came, whatever day it tells of."""
        return parameter(name).on(self.received_at.date())

    def code_in(self, segment: Segment, number: int, system: str, *, unnamed: bool = False) -> str | None:
        """The code of a CE, CWE or CNE field that comes from a classification, by its first or alternate triplet.

        With `unnamed` a code that does not name its system counts as well.
        """
        names = self.known("hl7_code_systems")[system]
        for repetition in segment.repetitions(number):
            for first in (1, 4):
                code = segment.text(number, first, repetition=repetition)
                named = segment.text(number, first + 2, repetition=repetition).upper()
                if code and (named in names or (unnamed and not named and first == 1)):
                    return code
        return None


def place_of(segment: Segment | None, name: str, number: int | None = None) -> Place:
    """Where a thing is missing: in the segment, or in one of that name that is not there."""
    return segment.at(number) if segment else (name, 1, number)
