"""Which message asks for what. A trigger event that is none of ours is accepted and passed over: an ADT feed carries
much that no coder needs, and a refusal would stop it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from services.encoder.domain.hl7.faults import refused
from services.encoder.domain.hl7.messages import Message, Segment
from services.encoder.domain.hl7.people import medical_record_number
from services.encoder.domain.hl7.visits import encounter_number

Action = Literal[
    "tell_visit", "cancel_visit", "merge_patients", "merge_encounters", "renumber_encounter",
    "file_document", "cancel_document", "charge",
]  # fmt: skip

ACTIONS: Mapping[tuple[str, str], Action] = {
    ("ADT", "A01"): "tell_visit",  # admit
    ("ADT", "A02"): "tell_visit",  # transfer
    ("ADT", "A03"): "tell_visit",  # discharge
    ("ADT", "A04"): "tell_visit",  # register
    ("ADT", "A06"): "tell_visit",  # outpatient becomes inpatient
    ("ADT", "A07"): "tell_visit",  # inpatient becomes outpatient
    ("ADT", "A08"): "tell_visit",  # update
    ("ADT", "A12"): "tell_visit",  # cancel transfer
    ("ADT", "A13"): "tell_visit",  # cancel discharge
    ("ADT", "A11"): "cancel_visit",  # cancel admit
    ("ADT", "A23"): "cancel_visit",  # delete the visit
    ("ADT", "A18"): "merge_patients",
    ("ADT", "A34"): "merge_patients",
    ("ADT", "A40"): "merge_patients",
    ("ADT", "A47"): "merge_patients",  # change patient identifier
    ("ADT", "A35"): "merge_encounters",
    ("ADT", "A36"): "merge_encounters",  # patients and accounts
    ("ADT", "A41"): "merge_encounters",
    ("ADT", "A42"): "merge_encounters",
    ("ADT", "A49"): "renumber_encounter",
    ("ADT", "A50"): "renumber_encounter",
    ("BAR", "P01"): "tell_visit",
    ("BAR", "P05"): "tell_visit",
    ("BAR", "P12"): "tell_visit",
    ("MDM", "T02"): "file_document",
    ("MDM", "T04"): "file_document",  # status changed
    ("MDM", "T06"): "file_document",  # addendum
    ("MDM", "T08"): "file_document",  # edited
    ("MDM", "T10"): "file_document",  # replacement
    ("MDM", "T11"): "cancel_document",
    ("DFT", "P03"): "charge",
    ("DFT", "P11"): "charge",
}

MERGES_PATIENTS_TOO = "A36"
ADDENDUM, REPLACEMENT = "T06", "T10"

_KINDS = {"ADT": r"A\d\d", "BAR": r"P\d\d", "DFT": r"P\d\d", "MDM": r"T\d\d"}
_VERSIONS = re.compile(r"2(\.[1-9](\.[1-9])?)?")
_PROCESSING = ("P", "T", "D", "")
_LONGEST_NUMBER = 50


def action_of(message: Message) -> Action | None:
    """What the message asks for; None where it is passed over. Raises MessageRefused where it is nothing of ours."""
    if not _VERSIONS.fullmatch(message.header.text(12) or "2"):
        raise refused("203", "this is not HL7 version 2", "MSH", 12)
    if message.header.text(11).upper() not in _PROCESSING:
        raise refused("202", "the processing id is none of P, T and D", "MSH", 11)
    if message.kind not in _KINDS:
        raise refused("200", f"messages are {', '.join(_KINDS)}", "MSH", 9)
    if not re.fullmatch(_KINDS[message.kind], message.trigger):
        raise refused("201", "there is no such event of this message", "MSH", 9)
    return ACTIONS.get((message.kind, message.trigger))


@dataclass(frozen=True)
class Merge:
    """Two records that are one: the prior ends, the survivor goes on."""

    prior: str
    survivor: str


def patients_merged(message: Message) -> tuple[Merge, ...]:
    """Each MRG-1 into the PID-3 before it: medical record numbers. Raises MessageRefused."""
    people, priors = list(message.all("PID")), list(message.all("MRG"))
    if not priors or len(people) < len(priors):
        raise refused("100", "a merge has a PID and an MRG for each patient", "PID" if priors else "MRG")
    return tuple(_patient_merge(person, prior) for person, prior in zip(people, priors, strict=False))


def _patient_merge(person: Segment, prior_in: Segment) -> Merge:
    prior, survivor = medical_record_number(prior_in, 1), medical_record_number(person, 3)
    if prior is None:
        raise refused("101", "a merge names the prior patient identifier", "MRG", 1, prior_in.sequence)
    if survivor is None or len(survivor) > _LONGEST_NUMBER:
        raise refused("101", "a merge names the patient who goes on", "PID", 3, person.sequence)
    return Merge(prior, survivor)


def encounters_merged(message: Message) -> Merge:
    """MRG-5 (visit) or MRG-3 (account) into the message's own encounter. Raises MessageRefused."""
    prior_in = message.first("MRG")
    prior = (prior_in.text(5) or prior_in.text(3)) if prior_in else ""
    survivor = encounter_number(message)
    if not prior:
        raise refused("101", "the prior visit or account number is missing", "MRG", 5)
    if survivor is None or len(survivor) > _LONGEST_NUMBER:
        raise refused("101", "the visit that goes on has no number", "PV1", 19)
    if prior == survivor:
        raise refused("205", "both numbers are the same", "MRG", 5)
    return Merge(prior, survivor)
