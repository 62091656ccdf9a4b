"""What a message shall do, decided before anything is touched: reading a message needs no database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from services.encoder.domain.facilities import FacilityProfile
from services.encoder.domain.hl7.charges import Transactions, read_transactions
from services.encoder.domain.hl7.documents import ReadDocument, document_id, read_document
from services.encoder.domain.hl7.events import (
    ADDENDUM,
    MERGES_PATIENTS_TOO,
    REPLACEMENT,
    Action,
    Merge,
    action_of,
    encounters_merged,
    patients_merged,
)
from services.encoder.domain.hl7.faults import Fault, MessageRefused, refused
from services.encoder.domain.hl7.messages import Message
from services.encoder.domain.hl7.reading import Reading
from services.encoder.domain.hl7.visits import Visit, VisitKey, encounter_number, facility_names, read_visit

_OPENING = ("A01", "A04")
"""Events that must say enough to open a chart; another visit message that says less waits for one of them."""


@dataclass(frozen=True)
class TellVisit:
    key: VisitKey
    visit: Visit
    must_open: bool


@dataclass(frozen=True)
class CancelVisit:
    key: VisitKey
    told_at: datetime


@dataclass(frozen=True)
class MergePatients:
    facility_id: str
    merges: tuple[Merge, ...]


@dataclass(frozen=True)
class MergeEncounters:
    key: VisitKey
    """The encounter that goes on."""
    prior: VisitKey
    patients: tuple[Merge, ...] = ()


@dataclass(frozen=True)
class RenumberEncounter:
    key: VisitKey
    """The number before."""
    number: str


@dataclass(frozen=True)
class FileDocument:
    key: VisitKey
    read: ReadDocument
    replaces: str | None
    addendum_to: str | None


@dataclass(frozen=True)
class CancelDocument:
    key: VisitKey
    document_id: str


@dataclass(frozen=True)
class ChargeEncounter:
    key: VisitKey
    transactions: Transactions


Step = (
    TellVisit | CancelVisit | MergePatients | MergeEncounters | RenumberEncounter | FileDocument | CancelDocument
    | ChargeEncounter
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """What to do, None where the message is passed over; and what was left out on the way."""

    step: Step | None
    warnings: tuple[Fault, ...] = ()
    sent_at: datetime | None = None
    """By the sender's clock: in this order what waits for one encounter has its effects."""

    @property
    def key(self) -> VisitKey | None:
        """The encounter that the message is about, and waits for."""
        return getattr(self.step, "key", None)


def plan_of(message: Message, profiles: Mapping[str, FacilityProfile], received_at: datetime) -> Plan:
    """The plan of a message. `profiles` are those found under `facility_names`. Raises MessageRefused."""
    if not message.control_id:
        raise refused("101", "a message has a control id", "MSH", 10)
    action = action_of(message)
    if action is None:
        return Plan(step=None)
    profile = next((profiles[name] for name in facility_names(message) if name in profiles), None)
    if profile is None:
        raise refused("204", "no profile of this facility: PUT /v1/facilities/{id}", "MSH", 4)
    reading = Reading(message, profile, received_at)
    step = _PLANNERS[action](reading)
    if reading.faults.errors:
        raise MessageRefused(*sorted(reading.faults.found, key=lambda fault: fault.severity))
    return Plan(step, tuple(reading.faults.found), reading.sent_at)


def digest_of(message: Message) -> str:
    """What tells a message sent twice from another under the same control id: all of it but its time (MSH-7)."""
    header = [str(value) for number, value in enumerate(message.header.fields) if number != 7]
    others = [str(segment.fields) for segment in message.segments[1:]]
    return sha256("\r".join(["|".join(header), *others]).encode("utf-8", "surrogatepass")).hexdigest()


def _key(reading: Reading) -> VisitKey:
    number = encounter_number(reading.message)
    if number is None:
        raise refused("101", "nothing names the encounter: neither visit nor account number", "PV1", 19)
    if len(number) > 50:
        raise refused("104", "the encounter's number is longer than 50 characters", "PV1", 19)
    return VisitKey(reading.profile.id, number)


def _tell_visit(reading: Reading) -> TellVisit:
    return TellVisit(_key(reading), read_visit(reading), must_open=reading.message.trigger in _OPENING)


def _cancel_visit(reading: Reading) -> CancelVisit:
    return CancelVisit(_key(reading), read_visit(reading).told_at)


def _merge_patients(reading: Reading) -> MergePatients:
    return MergePatients(reading.profile.id, patients_merged(reading.message))


def _merge_encounters(reading: Reading) -> MergeEncounters:
    merge = encounters_merged(reading.message)
    also = patients_merged(reading.message) if reading.message.trigger == MERGES_PATIENTS_TOO else ()
    facility = reading.profile.id
    return MergeEncounters(VisitKey(facility, merge.survivor), VisitKey(facility, merge.prior), also)


def _renumber_encounter(reading: Reading) -> RenumberEncounter:
    merge = encounters_merged(reading.message)
    return RenumberEncounter(VisitKey(reading.profile.id, merge.prior), merge.survivor)


def _file_document(reading: Reading) -> FileDocument | None:
    key, read = _key(reading), read_document(reading)
    if read is None:
        return None
    event = reading.message.trigger
    replaces = read.parent if event == REPLACEMENT else None
    return FileDocument(key, read, replaces, read.parent if event == ADDENDUM else None)


def _cancel_document(reading: Reading) -> CancelDocument:
    key, txa = _key(reading), reading.message.first("TXA")
    if txa is None or not txa.text(12):
        raise refused("101", "a document that is cancelled is named", "TXA", 12)
    return CancelDocument(key, document_id(txa.text(12)))


def _charge(reading: Reading) -> ChargeEncounter:
    return ChargeEncounter(_key(reading), read_transactions(reading))


_PLANNERS: Mapping[Action, Callable[[Reading], Step | None]] = {
    "tell_visit": _tell_visit,
    "cancel_visit": _cancel_visit,
    "merge_patients": _merge_patients,
    "merge_encounters": _merge_encounters,
    "renumber_encounter": _renumber_encounter,
    "file_document": _file_document,
    "cancel_document": _cancel_document,
    "charge": _charge,
}
