"""The numbers that go out on a claim so that every answer finds its way back.

TA1 → ISA13; 999 → GS06, ST02; 277CA → BHT03, CLM01, REF*D9, REF*6R; 835 → CLM01, REF*6R.
"""

from __future__ import annotations

import re

from shared.claims import ClaimId, InstitutionalLine, ProfessionalLine
from shared.claims.control_numbers import claim_characters

_BATCH_REFERENCE = re.compile(r"(\d{9})(\d{4})")
_TRACE_NUMBER = re.compile(r"[0-9A-Z]{18}")
_LINE_NUMBER = re.compile(r"[1-9]\d{0,2}")


def batch_reference(interchange_control_number: int, transaction_set: int) -> str:
    """BHT03, which 277CA 2200B TRN02 gives back: nine digits of the interchange, four of the transaction set."""
    return f"{interchange_control_number:09d}{transaction_set:04d}"


def read_batch_reference(text: str) -> tuple[int, str] | None:
    """ISA13 and ST02 of a reference that is ours, else None."""
    found = _BATCH_REFERENCE.fullmatch(text)
    return (int(found[1]), found[2]) if found else None


def trace_number(claim_id: ClaimId) -> str:
    """REF*D9: the claim through all its attempts, at most 20 characters (005010X222A1 and X223A2 2300 REF D9 REF02).

    It is the control number without the two characters of the attempt.
    """
    return claim_characters(claim_id)


def is_trace_number(text: str) -> bool:
    """Whether it has the form of one of ours."""
    return _TRACE_NUMBER.fullmatch(text) is not None


def line_control_number(line: ProfessionalLine | InstitutionalLine) -> str:
    """REF*6R: the line's own, or its number on the claim, which no resubmission changes."""
    return line.control_number or str(line.number)


def line_number_of(control_number: str) -> int | None:
    """The line that a 277CA (REF*FJ) or 835 (REF*6R) means, where the number is the line's own."""
    return int(control_number) if _LINE_NUMBER.fullmatch(control_number) else None
