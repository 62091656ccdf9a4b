"""Codes and ranges of codes as parameter files write them: `01-07 A0-B9 XE`."""

from __future__ import annotations

from collections.abc import Iterator
from string import ascii_uppercase, digits

_DIGITS = digits + ascii_uppercase


def expanded(codes: str) -> Iterator[str]:
    """Codes and ranges of codes between blanks: `01-07 A0-B9`, counted by digits, else by digits and letters."""
    for part in codes.split():
        first, _, last = part.partition("-")
        if not last:
            yield first
        elif part.replace("-", "").isdigit():
            yield from (f"{number:0{len(first)}d}" for number in range(int(first), int(last) + 1))
        else:
            yield from (_base_36(number, len(first)) for number in range(int(first, 36), int(last, 36) + 1))


def _base_36(number: int, width: int) -> str:
    code = ""
    for _ in range(width):
        number, digit = divmod(number, 36)
        code = _DIGITS[digit] + code
    return code
