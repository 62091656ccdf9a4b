"""The patient control number (CLM01): by it every acknowledgement and remittance finds its claim."""

from __future__ import annotations

from shared.claims.identifiers import ClaimId, PatientControlNumber

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [first + second for first in _CROCKFORD for second in _CROCKFORD]
_LAST_ATTEMPT = 99


def control_number(claim_id: ClaimId, attempt: int) -> PatientControlNumber:
    """The number under which a claim goes out for the `attempt`-th time: 18 characters of its id, two of the attempt.

    Twenty characters, for payers cut a longer CLM01 in the 835 (005010X221A1, CLP01). Base 32 without I, L, O and U
    (Crockford), so that it survives being read aloud. Eighteen characters hold 90 of the 122 free bits of a UUID: all
    74 random ones and the last 16 of its millisecond clock, so that two claims made in the same minute never meet
    unless their random bits are the same. Raises ValueError for an attempt outside 1 to 99.
    """
    if not 1 <= attempt <= _LAST_ATTEMPT:
        raise ValueError(f"attempt {attempt} is not between 1 and {_LAST_ATTEMPT}")
    return PatientControlNumber(f"{claim_characters(claim_id)}{attempt:02d}")


def claim_characters(claim_id: ClaimId) -> str:
    """The eighteen characters of a claim's id that all its control numbers begin with."""
    high, low = _free_bits(claim_id)
    # Written out, for it is done for every claim that goes out.
    return (
        f"{_PAIRS[high >> 20]}{_PAIRS[high >> 10 & 1023]}{_PAIRS[high & 1023]}"
        f"{_PAIRS[low >> 50]}{_PAIRS[low >> 40 & 1023]}{_PAIRS[low >> 30 & 1023]}"
        f"{_PAIRS[low >> 20 & 1023]}{_PAIRS[low >> 10 & 1023]}{_PAIRS[low & 1023]}"
    )


def _free_bits(claim_id: ClaimId) -> tuple[int, int]:
    """The low 90 bits of a UUIDv7 without its version and variant, which are the same in all (RFC 9562 §5.7).

    In two numbers, of the first 30 and the last 60 bits.
    """
    value = int(claim_id.replace("-", ""), 16)
    clock = value >> 80 & 0xFFFF
    random_a = value >> 64 & 0xFFF
    return clock << 14 | random_a << 2 | value >> 60 & 3, value & (1 << 60) - 1
