"""PV1 and PV2: the visit. A message tells of it in part; what it leaves out stays as it was known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from services.encoder.domain.hl7 import people
from services.encoder.domain.hl7.codes import received_codes
from services.encoder.domain.hl7.coverages import coverages
from services.encoder.domain.hl7.faults import Faults
from services.encoder.domain.hl7.messages import Message, Place, Segment
from services.encoder.domain.hl7.reading import Members, Reading, place_of
from shared.claims import AS_RECEIVED, Encounter

PREADMIT = "preadmit"

_PARTS = ("patient", "providers", "received_codes")
"""Members that are themselves told in part."""

_SEGMENTS = {
    "patient": "PID",
    "coverages": "IN1",
    "received_codes": "DG1",
    "admitting_diagnosis": "DG1",
    "charges": "FT1",
    "documents": "TXA",
}


@dataclass(frozen=True)
class VisitKey:
    """Which encounter: the facility's name in its profile, and the EHR's own number."""

    facility_id: str
    encounter_id: str


@dataclass(frozen=True)
class Visit:
    """What one message says of an encounter."""

    members: Members
    """Members of the canonical encounter, only those that are told."""
    cleared: frozenset[str]
    """Members that the message takes back."""
    told_at: datetime

    def lacking(self) -> list[tuple[Place, str]]:
        """What the message does not say of those things that an encounter must have: where, and in words."""
        return [(place, text) for member, place, text in _NEEDED if member not in self.members]

    def opened(self, faults: Faults) -> Encounter | None:
        """The encounter, where the message says enough for one; what it lacks goes to `faults`."""
        for place, text in self.lacking():
            faults.error("101", place, text)
        return None if faults.errors else _validated(self.members, faults)

    def applied_to(self, known: Encounter, *, newer: bool, faults: Faults) -> Encounter | None:
        """The known encounter with what the message says; an older message only fills in what nobody has told yet."""
        standing = known.model_dump(exclude_unset=True, exclude={"documents"})
        first, second = (standing, self.members) if newer else (self.members, standing)
        merged: Members = {**first, **_without_none(second)}
        for part in _PARTS:
            merged[part] = {**(first.get(part) or {}), **_without_none(second.get(part) or {})}
        for member in self.cleared if newer else ():
            merged[member] = None
        merged |= {"id": known.id, "facility": standing["facility"]}
        return _validated(merged, faults)


_NEEDED = (
    ("patient", ("PID", 1, None), "a visit needs its patient"),
    ("started_at", ("PV1", 1, 44), "nothing says when the visit began"),
    ("encounter_class", ("PV1", 1, 2), "nothing says what kind of visit it is"),
)


def _without_none(members: Members) -> Members:
    return {member: value for member, value in members.items() if value is not None}


def facility_names(message: Message) -> list[str]:
    """Names under which the facility's profile may be kept, the most telling first.

    The servicing facility (PV1-39), the facility of the bed (PV1-3.4), of the event (EVN-7), the sender (MSH-4).
    """
    visit, event = message.first("PV1"), message.first("EVN")
    names = [
        *((visit.text(39), visit.text(3, 4)) if visit else ()),
        *((event.text(7),) if event else ()),
        message.header.text(4),
    ]
    return [name for name in dict.fromkeys(names) if name]


def encounter_number(message: Message) -> str | None:
    """The visit number (PV1-19), else the account number (PID-18), else the alternate visit id (PV1-50)."""
    visit, person = message.first("PV1"), message.first("PID")
    numbers = (
        visit.text(19) if visit else "",
        person.text(18) if person else "",
        visit.text(50) if visit else "",
    )
    return next((number for number in numbers if number), None)


def read_visit(reading: Reading) -> Visit:
    """What the message says of its visit. Faults go to the reading's."""
    message = reading.message
    person, visit = message.first("PID"), message.first("PV1")
    told: Members = {"facility": _facility(reading), "id": encounter_number(message)}
    if person is None:
        reading.faults.error("100", ("PID", 1, None), "the message has no PID")
        return Visit(told, frozenset(), reading.sent_at)
    told["patient"] = people.patient(person, reading)
    if (paying := coverages(reading, told["patient"])) is not None:
        told["coverages"] = paying
    told |= received_codes(reading)
    if visit is not None:
        told |= _visit(visit, reading)
    if told.get("encounter_class") != "inpatient":
        told.pop("admitting_diagnosis", None)
    return Visit(told, frozenset(_cleared(visit, message)), _told_at(reading))


def _told_at(reading: Reading) -> datetime:
    """EVN-2, when the event was recorded, else MSH-7: by it messages that overtook each other are put in order."""
    event = reading.message.first("EVN")
    return (reading.moment(event, 2) if event else None) or reading.sent_at


def _facility(reading: Reading) -> Members:
    profile = reading.profile
    return {"id": profile.id, "billing": profile.billing, "ccn": profile.ccn}


def _cleared(visit: Segment | None, message: Message) -> Iterator[str]:
    """A13 takes a discharge back; HL7's null takes any single value back."""
    if message.trigger == "A13":
        yield from ("ended_at", "discharge_status")
    fields = {"ended_at": 45, "discharge_status": 36, "specialty": 10, "admission_source": 14}
    if visit is not None:
        yield from (member for member, field in fields.items() if visit.is_null(field))


def _visit(visit: Segment, reading: Reading) -> Members:
    encounter_class = _class(visit, reading)
    professional = encounter_class == "professional"
    ended = reading.moment(visit, 45) if reading.message.trigger != "A13" else None
    disposition = visit.text(36) if reading.message.trigger != "A13" else ""
    told = {
        "encounter_class": encounter_class,
        "place_of_service": reading.profile.place_of_service if professional else None,
        "specialty": visit.text(10) or None,
        "started_at": _started_at(visit, reading),
        "ended_at": ended,
        "admission_type": reading.known("hl7_admission_types").get(visit.text(4).upper()),
        "admission_source": visit.text(14).upper() or None,
        "discharge_status": disposition.zfill(2) if disposition else None,
        "providers": _providers(visit, reading, professional=professional),
    }
    return _without_none(told)


def _class(visit: Segment, reading: Reading) -> str | None:
    told = visit.text(2).upper()
    found = reading.known("hl7_patient_classes").get(told)
    if told and found is None:
        reading.faults.warning("103", visit.at(2), "the patient class is none that is known: left as it was")
    return reading.profile.ambulatory_visits if found == "ambulatory" else found


def _started_at(visit: Segment, reading: Reading) -> datetime | None:
    """PV1-44; where an admission or registration leaves it out, when the event happened (EVN-6, EVN-2)."""
    admitted = reading.moment(visit, 44)
    event = reading.message.first("EVN")
    if admitted or event is None or reading.message.trigger not in ("A01", "A04"):
        return admitted
    return reading.moment(event, 6) or reading.moment(event, 2)


def _providers(visit: Segment, reading: Reading, *, professional: bool) -> Members:
    roles = {"rendering" if professional else "attending": 7, "referring": 8}
    told: dict[str, Any] = {role: people.provider(visit, field, reading) for role, field in roles.items()}
    return _without_none(told)


def _validated(members: Members, faults: Faults) -> Encounter | None:
    try:
        return Encounter.model_validate(members, context=AS_RECEIVED)
    except ValidationError as error:
        note_invalid(error, faults)
        return None


def note_invalid(error: ValidationError, faults: Faults, segment: Segment | None = None) -> None:
    """Each member that cannot be, as a fault of the segment that it was read from."""
    for fault in error.errors(include_url=False, include_input=False, include_context=False)[:20]:
        name = _SEGMENTS.get(str(fault["loc"][0]) if fault["loc"] else "", "PV1")
        place = ".".join(map(str, fault["loc"]))
        faults.error("102", place_of(segment, name), f"{place or 'it'} cannot stand: {fault['msg']}")
