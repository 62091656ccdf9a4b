"""Identifiers that pass their checks and belong to nobody we know of.

NPIs are made in the range 1 999 xxxxx, kept for samples in this product; whether one of them was ever given out was not
looked up. Medicare numbers and member ids are random in the right form.
"""

from __future__ import annotations

from random import Random

from shared.claims import luhn_sum

_LETTERS = "ACDEFGHJKMNPQRTUVWXY"
"""The alphabet of the MBI: no S, L, O, I, B or Z (CMS, Understanding the MBI format)."""

_MBI_FORM = "C@*#@*#@@##"


def make_npi(number: int) -> str:
    """The NPI of the samples' range with this five-digit number.

    Raises ValueError if `number` is not of one to five digits.
    """
    if not 0 <= number <= 99999:
        raise ValueError("a sample NPI is made from a number of at most five digits")
    stem = f"1999{number:05d}"
    check = -luhn_sum(f"80840{stem}0") % 10
    return f"{stem}{check}"


def with_wrong_check_digit(npi: str) -> str:
    return npi[:-1] + str((int(npi[-1]) + 3) % 10)


def make_member_id(form: str, random: Random) -> str:
    """A number in a payer's form: `#` a digit, `@` a letter; `mbi` a Medicare Beneficiary Identifier."""
    pattern = _MBI_FORM if form == "mbi" else form
    return "".join(_character(mark, random) for mark in pattern)


def _character(mark: str, random: Random) -> str:
    match mark:
        case "#":
            return random.choice("0123456789")
        case "@":
            return random.choice(_LETTERS)
        case "*":
            return random.choice(_LETTERS + "0123456789")
        case "C":
            return random.choice("123456789")
        case _:
            return mark
