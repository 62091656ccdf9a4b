"""The patient control number (CLM01): by it every acknowledgement and remittance finds its claim."""

from __future__ import annotations

from uuid import UUID

from shared.claims.identifiers import ClaimId, PatientControlNumber

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CLAIM_CHARACTERS = 18
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
    number = _free_bits(UUID(claim_id))
    characters = []
    for _ in range(_CLAIM_CHARACTERS):
        number, digit = divmod(number, len(_CROCKFORD))
        characters.append(_CROCKFORD[digit])
    return PatientControlNumber.parse("".join(reversed(characters)) + f"{attempt:02d}")


def _free_bits(claim_id: UUID) -> int:
    """The low 90 bits of a UUIDv7 without its version and variant, which are the same in all (RFC 9562 §5.7)."""
    value = claim_id.int
    random_b = value & ((1 << 62) - 1)
    random_a = (value >> 64) & ((1 << 12) - 1)
    clock = (value >> 80) & ((1 << 16) - 1)
    return clock << 74 | random_a << 62 | random_b
