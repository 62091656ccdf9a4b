"""IN1 and IN2: who pays, in which turn."""

from __future__ import annotations

from services.encoder.domain.facilities import PayerAlias
from services.encoder.domain.hl7 import people
from services.encoder.domain.hl7.messages import Segment
from services.encoder.domain.hl7.reading import Members, Reading
from shared.claims import Payer

_SEQUENCES = "PSTABCDEFGH"
_SELF = "18"


def coverages(reading: Reading, patient: Members) -> list[Members] | None:
    """The coverages in their order, or None where the message tells of none. A patient who pays alone has none."""
    segments = list(reading.message.all("IN1"))
    if not segments:
        return None
    by_turn = sorted(segments, key=_turn)
    read = [_coverage(segment, reading, patient) for segment in by_turn if _in_force(segment, reading)]
    payers = [coverage for coverage in read if coverage is not None]
    for segment in by_turn[len(_SEQUENCES) :]:
        reading.faults.warning("104", segment.at(), "a claim tells of at most eleven payers")
    return [{**coverage, "sequence": turn} for turn, coverage in zip(_SEQUENCES, payers, strict=False)]


def _turn(segment: Segment) -> int:
    """IN1-22, the priority in the coordination of benefits; else IN1-1."""
    for field in (22, 1):
        text = segment.text(field)
        if text.isascii() and text.isdigit() and len(text) < 4:
            return int(text)
    return len(_SEQUENCES)


def _in_force(segment: Segment, reading: Reading) -> bool:
    """IN1-12 and IN1-13 around the day of the message. A plan that ended is no payer."""
    began, ended = reading.date(segment, 12), reading.date(segment, 13)
    return ended is None or (began is not None and ended < began) or ended >= reading.day


def _coverage(segment: Segment, reading: Reading, patient: Members) -> Members | None:
    payer, alias = _payer(segment, reading)
    if payer is None:
        return None
    relationship = _relationship(segment, reading)
    return {
        "payer": payer,
        "filing_indicator": (alias.filing_indicator if alias else None) or _filing_indicator(segment, reading),
        "relationship": relationship,
        "subscriber": _subscriber(segment, reading, relationship, patient),
        "group_number": segment.text(8) or None,
        "group_name": segment.text(9) or None,
        "prior_authorization": segment.text(14) or None,
    }


def _payer(segment: Segment, reading: Reading) -> tuple[Payer | Members | None, PayerAlias | None]:
    """The payer and the profile's word on it; no payer where the profile says that the patient pays alone."""
    names = [name for name in (segment.text(3), segment.text(2), segment.text(4)) if name]
    for alias in reading.profile.payers:
        if alias.received in names:
            return alias.payer, alias
    if not segment.text(4):
        reading.faults.warning("101", segment.at(4), "neither the message nor the profile names the payer: left out")
        return None, None
    number = segment.text(3)
    payer_id = number if len(number) > 1 else None
    return {"name": segment.text(4), "payer_id": payer_id, "address": people.address(segment, 5)}, None


def _filing_indicator(segment: Segment, reading: Reading) -> str | None:
    told = segment.text(15).upper()
    return told if told in reading.known("hl7_plan_types") else None


def _relationship(segment: Segment, reading: Reading) -> str:
    known = reading.known("hl7_relationships")
    told = segment.text(17).upper()
    if told in known:
        return str(known[told])
    if told in known.values():
        return told
    if not told:
        return _SELF
    reading.faults.warning("103", segment.at(17), "unknown relationship: taken as other")
    return str(known["OTH"])


def _subscriber(segment: Segment, reading: Reading, relationship: str, patient: Members) -> Members:
    """The insured of IN1-16, the patient where the relationship says so. The member id is IN1-36, IN1-49 or IN2-61."""
    name = people.person_name(segment, 16)
    mine = patient if relationship == _SELF else {}
    in2 = next((one for one in reading.message.all("IN2") if one.sequence == segment.sequence), None)
    member_id = segment.text(36) or segment.text(49) or (in2.text(61) if in2 else "")
    return {
        "person": name or mine.get("name"),
        "member_id": member_id or None,
        "birth_date": reading.date(segment, 18) or mine.get("birth_date"),
        "sex": people.sex(segment.text(43)) or mine.get("sex"),
        "address": people.address(segment, 19) or mine.get("address"),
    }
