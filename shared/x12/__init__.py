"""X12 as such: separators, segments, the envelope, a writer that cannot break and a reader that does not trust.

What a guide says about a transaction set stands in the service that writes or reads it.
"""

from shared.x12.characters import CharacterSet
from shared.x12.envelope import (
    LARGEST_CONTROL_NUMBER,
    FunctionalGroup,
    Interchange,
    TradingPartner,
    TransactionSet,
    render,
)
from shared.x12.errors import Position, X12Error, X12Fault
from shared.x12.reading import NO_SEGMENT_ID, Block, Limits, is_segment_id, read, read_blocks
from shared.x12.segment import Segment
from shared.x12.separators import Separators
from shared.x12.writing import composite, count_segments, form, marked, segment

__all__ = [
    "LARGEST_CONTROL_NUMBER",
    "NO_SEGMENT_ID",
    "Block",
    "CharacterSet",
    "FunctionalGroup",
    "Interchange",
    "Limits",
    "Position",
    "Segment",
    "Separators",
    "TradingPartner",
    "TransactionSet",
    "X12Error",
    "X12Fault",
    "composite",
    "count_segments",
    "form",
    "is_segment_id",
    "marked",
    "read",
    "read_blocks",
    "render",
    "segment",
]
