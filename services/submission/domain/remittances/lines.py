"""Which line of our claim each service of an adjudicated claim is, whatever the payer did to their order and codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from services.submission.domain.references import line_number_of
from services.submission.domain.x12.reading.advice import RemittedLine


class BilledLine(NamedTuple):
    """What of a line of our claim a remittance may name."""

    number: int
    control_number: str
    """REF*6R, as it went out."""
    code: str
    """The procedure, or the revenue code of a line without one."""


def billed_lines(claim: Mapping[str, Any]) -> tuple[BilledLine, ...]:
    """Of a claim as it is kept: an account has as many postings as the payer sends, and few of them ask for more."""
    return tuple(
        BilledLine(
            line["number"],
            line.get("control_number") or str(line["number"]),
            line.get("procedure") or line.get("revenue_code") or "",
        )
        for line in claim["lines"]
    )


def line_numbers(services: Sequence[RemittedLine], billed: Sequence[BilledLine] = ()) -> tuple[int, ...]:
    """The line of each service: by REF*6R, else by the code that was billed where one line alone has it, else by place.

    A payer gives REF*6R back where it was sent (005010X221A1 2110 REF, Line Item Control Number). Of two services that
    it split a line into both are that line. Without `billed`, of a claim that is not known, a number is taken as it is.
    """
    return tuple(_numbers(services, billed))


def _numbers(services: Sequence[RemittedLine], billed: Sequence[BilledLine]) -> Iterator[int]:
    by_control_number = {line.control_number: line.number for line in billed}
    for place, service in enumerate(services, 1):
        named = by_control_number.get(service.control_number)
        coded = [line.number for line in billed if line.code == service.billed_code]
        if named is not None:
            yield named
        elif not service.control_number and len(coded) == 1:
            yield coded[0]
        else:
            yield line_number_of(service.control_number) or place
