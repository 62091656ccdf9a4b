"""Answers of clearinghouse and payer: TA1, 999 (005010X231A1), 277CA (005010X214), 277 (005010X212), as in life."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import BinaryIO, Protocol

from services.submission.domain.acknowledgements.claim_level import ClaimAcknowledgement
from services.submission.domain.acknowledgements.claim_status import ClaimStatus
from services.submission.domain.acknowledgements.faulty_claims import answers_by_claim
from services.submission.domain.acknowledgements.implementation import ImplementationAcknowledgement
from services.submission.domain.acknowledgements.interchange import interchange_answer
from services.submission.domain.answers import Answer
from shared.x12 import Segment, X12Error, read

__all__ = ["NotAnAcknowledgement", "answers_by_claim", "read_answers"]


class NotAnAcknowledgement(Exception):
    """The file is X12, but holds no TA1, 999, 277 or 277CA."""


class _TransactionSet(Protocol):
    """Takes the segments between ST and SE one by one, and gives answers as soon as they are whole."""

    def take(self, segment: Segment) -> Iterator[Answer]: ...

    def close(self) -> Iterator[Answer]:
        """What is still open when the transaction set ends, its trailer there or not."""
        ...


def read_answers(content: bytes | BinaryIO, received_on: date) -> Iterator[Answer]:
    """Every answer in the file, in its order. Missing trailers are forgiven; other transaction sets are passed over.

    `received_on` chooses the edition of the status categories. Raises X12Error where the text is not X12 or one answer
    has no end, with what was read before it already given, and NotAnAcknowledgement at the end where there was nothing
    to answer with.
    """
    known = False
    group_version = ""
    open_set: _TransactionSet | None = None
    kept = 0
    for segment, position in read(content):
        if segment.id in _ENDS and open_set is not None:
            yield from open_set.close()
            open_set = None
        if segment.id == "GS":
            group_version = segment[8]
        elif segment.id == "ST":
            open_set, kept = _transaction_set(segment, group_version, received_on), 0
            known = known or open_set is not None
        elif segment.id == "TA1":
            known = True
            yield interchange_answer(segment)
        elif open_set is not None:
            kept += 1
            for answer in open_set.take(segment):
                kept = 0
                yield answer
            if kept > _MOST_SEGMENTS:
                raise X12Error("segment_too_long", f"an answer has at most {_MOST_SEGMENTS:,} segments", position)
    if open_set is not None:
        yield from open_set.close()
    if not known:
        raise NotAnAcknowledgement("the file holds no TA1, 999, 277 or 277CA")


_MOST_SEGMENTS = 100_000
"""Of one answer, which is kept whole: a 999 on a set of 5,000 claims, with a fault of each, has 20,000."""

_ENDS = frozenset({"ISA", "GS", "ST", "SE", "GE", "IEA"})


def _transaction_set(header: Segment, group_version: str, received_on: date) -> _TransactionSet | None:
    version = header[3] or group_version
    if header[1] == "999":
        return ImplementationAcknowledgement()
    if header[1] == "277" and version.startswith("005010X214"):
        return ClaimAcknowledgement(received_on)
    if header[1] == "277" and version.startswith("005010X212"):
        return ClaimStatus(received_on)
    return None
