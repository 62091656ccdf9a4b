"""Structure and balance of any file: envelopes, the guides of answers, 837s as their reader sees them, sums of 835s."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from heapq import merge
from io import BytesIO, RawIOBase
from typing import BinaryIO, cast

from services.submission.domain.x12.guides import guide_of, interchange_answer_rule
from services.submission.domain.x12.reading.advice import RemittedClaim
from services.submission.domain.x12.reading.envelope import ENVELOPE_SEGMENTS, Envelope
from services.submission.domain.x12.reading.faults import Fault, Placed, fault_at
from services.submission.domain.x12.reading.guide_checks import GuideWalk, element_faults
from services.submission.domain.x12.reading.reader import ReceivedClaim, read_claims
from services.submission.domain.x12.reading.remittance import read_remittances
from shared.x12 import Position, X12Error, read


def check(source: BinaryIO) -> Iterator[Fault]:
    """Every fault of a seekable file, of its envelope and of what stands in it, in the order of the file.

    Raises X12Error where the file does not even begin with an interchange.
    """
    match first_set(source):
        case "837":
            yield from _of_claims(source)
        case "835":
            yield from _once(merge(_of_guides(_apart(source)), _of_remittances(_apart(source)), key=_offset))
        case _:
            yield from _of_other_sets(source)


def first_set(source: BinaryIO) -> str | None:
    """ST01 of the first transaction set of a seekable file. The file stands at its begin again.

    Raises X12Error where the file does not begin with an interchange.
    """
    source.seek(0)
    segments = read(source)
    next(segments)
    try:
        return next((segment[1] for segment, _ in segments if segment.id == "ST"), None)
    except X12Error:
        return None
    finally:
        source.seek(0)


def holds_claims(source: BinaryIO) -> bool:
    """Whether the first transaction set of a seekable file is an 837. Raises X12Error as `first_set` does."""
    return first_set(source) == "837"


def holds_remittances(content: bytes) -> bool:
    """Whether the first transaction set is an 835. False where there is no interchange either."""
    try:
        return first_set(BytesIO(content)) == "835"
    except X12Error:
        return False


def _of_claims(source: BinaryIO) -> Iterator[Fault]:
    for received in read_claims(source):
        if isinstance(received, ReceivedClaim):
            yield from received.faults
            yield from _total_fault(received)
        else:
            yield received


def _of_remittances(source: BinaryIO) -> Iterator[Fault]:
    for given in read_remittances(source):
        if isinstance(given, RemittedClaim):
            yield from sorted(given.faults, key=_offset)
        elif isinstance(given, Fault):
            yield given


def _of_other_sets(source: BinaryIO) -> Iterator[Fault]:
    envelope, guides = Envelope(), _Guides()
    try:
        for segment, position in read(source):
            yield from guides.take(Placed(segment, position, ""))
            if segment.id in ENVELOPE_SEGMENTS:
                yield from envelope.take(segment, position)
            elif (stray := envelope.count(segment, position)) is not None:
                yield stray
    except X12Error as error:
        yield Fault("text", str(error), "TA1 022", error.position or Position(0), "")
    yield from envelope.close()


def _of_guides(source: BinaryIO) -> Iterator[Fault]:
    """What guides say of a file that somebody else reads as well, who tells of its envelopes and where it ends."""
    guides = _Guides()
    with suppress(X12Error):
        for segment, position in read(source):
            yield from guides.take(Placed(segment, position, ""))


class _Guides:
    """Follows a file with the guide of each transaction set in it."""

    def __init__(self) -> None:
        self._walk: GuideWalk | None = None
        self._version = ""
        """GS08 of the group that is open."""

    def take(self, placed: Placed) -> Iterator[Fault]:
        segment = placed.segment
        if segment.id not in ENVELOPE_SEGMENTS:
            if self._walk is not None:
                yield from self._walk.take(placed)
            return
        # An envelope's segment ends the set that is open; only SE says that it is whole.
        walk, self._walk = self._walk, None
        match segment.id:
            case "SE" if walk is not None:
                yield from walk.close(placed)
            case "ISA" | "GE" | "IEA":
                self._version = ""
            case "GS":
                self._version = segment[8]
            case "TA1":
                yield from element_faults(placed, interchange_answer_rule().elements)
            case "ST":
                yield from self._open(placed)

    def _open(self, st: Placed) -> Iterator[Fault]:
        guide = guide_of(st.segment[1], st.segment[3] or self._version)
        if guide is not None:
            self._walk = GuideWalk(guide)
        else:
            message = "there is no guide for what stands in this set: only its envelope is looked at"
            yield fault_at(st, "set-version", message, "", severity="information")


class _Apart(RawIOBase):
    """A seekable file that somebody else reads as well: it goes to its own place before each look."""

    def __init__(self, source: BinaryIO) -> None:
        self._source, self._place = source, 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        self._source.seek(self._place)
        found = self._source.read(size)
        self._place += len(found)
        return found


def _apart(source: BinaryIO) -> BinaryIO:
    return cast(BinaryIO, _Apart(source))


def _offset(fault: Fault) -> int:
    return fault.position.offset


def _once(faults: Iterator[Fault]) -> Iterator[Fault]:
    """What two have found at one place, told once."""
    offset, told = -1, set[tuple[str, str | None]]()
    for fault in faults:
        if fault.position.offset != offset:
            offset, told = fault.position.offset, set()
        if (fault.code, fault.element) not in told:
            told.add((fault.code, fault.element))
            yield fault


def _total_fault(received: ReceivedClaim) -> Iterator[Fault]:
    """CLM02 is the sum of SV102 or SV203 (005010X222A1 and X223A2, 2300 CLM02)."""
    claim = received.claim
    if claim is None:
        return
    total = sum((line.charge for line in claim.lines), Decimal(0))
    if total != claim.total_charge:
        placed, element = received.origin(("total_charge",))
        message = f"CLM02 is {claim.total_charge}, the lines make {total}"
        yield fault_at(placed, "claim-total", message, "A8:178", element=element, pointer="/total_charge")
