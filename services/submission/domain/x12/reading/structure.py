"""The structure and balance of any file: envelopes of all sets, the 837 as its reader sees it, the 835's sums."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from typing import BinaryIO

from services.submission.domain.x12.reading.advice import RemittedClaim
from services.submission.domain.x12.reading.envelope import ENVELOPE_SEGMENTS, Envelope
from services.submission.domain.x12.reading.faults import Fault, fault_at
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
            yield from _of_remittances(source)
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
            yield from given.faults
        elif isinstance(given, Fault):
            yield given


def _of_other_sets(source: BinaryIO) -> Iterator[Fault]:
    envelope = Envelope()
    try:
        for segment, position in read(source):
            if segment.id in ENVELOPE_SEGMENTS:
                yield from envelope.take(segment, position)
            elif (stray := envelope.count(segment, position)) is not None:
                yield stray
    except X12Error as error:
        yield Fault("text", str(error), "TA1 022", error.position or Position(0), "")
    yield from envelope.close()


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
