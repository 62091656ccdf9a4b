"""The envelope: ISA, GS, ST around the segments, SE, GE, IEA after them, with every count and control number derived.

005010X222A1 appendix C (interchange and group control segments), the same in all guides of version 005010.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.x12.characters import CharacterSet
from shared.x12.errors import X12Error
from shared.x12.separators import Separators
from shared.x12.writing import count_segments, segment, separated

LARGEST_CONTROL_NUMBER = 999_999_999
"""ISA13 has nine digits."""


@dataclass(frozen=True, slots=True)
class TradingPartner:
    """Who sends or receives. `id` stands in ISA06/08, `group_id` in GS02/03 where it differs."""

    id: str
    qualifier: str = "ZZ"
    """ISA05/07: ZZ mutually defined, 30 tax id, 01 DUNS, 27 Medicare carrier …"""
    group_id: str = ""

    @property
    def application_code(self) -> str:
        return self.group_id or self.id


@dataclass(frozen=True, slots=True)
class TransactionSet:
    """What stands between ST and SE: segments made by `writing.segment`, joined."""

    code: str
    """ST01: 837, 999, 277."""
    control_number: str
    """ST02, unique in the interchange, at least four characters."""
    version: str
    """ST03, the guide: 005010X222A1."""
    body: str


@dataclass(frozen=True, slots=True)
class FunctionalGroup:
    functional_id: str
    """GS01: HC claims, FA 999, HN 277."""
    version: str
    control_number: int
    transaction_sets: Sequence[TransactionSet]


@dataclass(frozen=True, slots=True)
class Interchange:
    """`created_at` is written as the clock reads there: give it in the sender's zone."""

    sender: TradingPartner
    receiver: TradingPartner
    control_number: int
    created_at: datetime
    usage: Literal["P", "T"]
    groups: Sequence[FunctionalGroup]
    acknowledgment_requested: bool = True
    bare_segments: str = ""
    """Segments outside of any group: TA1."""


def render(interchange: Interchange, character_set: CharacterSet = "extended") -> bytes:
    """The interchange as it goes out. Raises X12Error for a control number or text that no interchange can hold."""
    if not 0 <= interchange.control_number <= LARGEST_CONTROL_NUMBER:
        raise X12Error("control_number", "an interchange control number has at most nine digits")
    groups = "".join(_group(group, interchange) for group in interchange.groups)
    trailer = segment("IEA", str(len(interchange.groups)), f"{interchange.control_number:09d}")
    content, separators = separated(interchange.bare_segments + groups + trailer, character_set)
    return _isa(interchange, separators) + content


def _isa(interchange: Interchange, separators: Separators) -> bytes:
    """The ISA, always 106 bytes. Raises X12Error where an id does not fit."""
    sender, receiver = interchange.sender, interchange.receiver
    fields = (
        "ISA", "00", " " * 10, "00", " " * 10,
        sender.qualifier, f"{sender.id:<15}", receiver.qualifier, f"{receiver.id:<15}",
        f"{interchange.created_at:%y%m%d}", f"{interchange.created_at:%H%M}",
        separators.repetition, "00501", f"{interchange.control_number:09d}",
        "1" if interchange.acknowledgment_requested else "0", interchange.usage, separators.component,
    )  # fmt: skip
    isa = separators.element.join(fields) + separators.segment
    if len(isa) != 106 or not isa.isascii():
        raise X12Error("isa_truncated", "sender and receiver ids have at most 15 characters, their qualifiers two")
    return isa.encode()


def _group(group: FunctionalGroup, interchange: Interchange) -> str:
    when = interchange.created_at
    number = str(group.control_number)
    header = segment(
        "GS", group.functional_id, interchange.sender.application_code, interchange.receiver.application_code,
        f"{when:%Y%m%d}", f"{when:%H%M}", number, "X", group.version,
    )  # fmt: skip
    sets = "".join(map(_transaction_set, group.transaction_sets))
    return header + sets + segment("GE", str(len(group.transaction_sets)), number)


def _transaction_set(transaction_set: TransactionSet) -> str:
    number = transaction_set.control_number
    count = count_segments(transaction_set.body) + 2
    header = segment("ST", transaction_set.code, number, transaction_set.version)
    return header + transaction_set.body + segment("SE", str(count), number)
