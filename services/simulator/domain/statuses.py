"""A status as a 277CA gives it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Status(NamedTuple):
    """Category, status and entity code: `A7:562:85`."""

    category: str
    code: str
    entity: str = ""

    @classmethod
    def parse(cls, text: str) -> Status:
        return cls(*text.split(":"))


RECEIVED = Status("A1", "19", "40")
"""The receiver of the interchange has the claim. AY stands at the receiver's level only (005010X214 2200D STC01-3)."""
ADJUDICATING = Status("A2", "20", "PR")
SEE_LINES = Status("A3", "247")


@dataclass(frozen=True, slots=True)
class LineStatus:
    """What is wrong with one line; `index` counts the claim's lines from 0."""

    index: int
    status: Status


@dataclass(frozen=True, slots=True)
class ClaimVerdict:
    """What one party of the front end says of a claim: the statuses of the claim and of its lines."""

    statuses: tuple[Status, ...]
    lines: tuple[LineStatus, ...] = ()
    payer_number: str = ""
    """REF*1K, where the payer has given one."""

    @property
    def rejected(self) -> bool:
        return any(status.category in ("A3", "A4", "A6", "A7", "A8") for status in self.statuses)
