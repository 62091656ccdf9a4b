"""What can be wrong with X12 text. Messages never repeat the content of an element: it may be the patient's."""

from __future__ import annotations

from typing import Literal, NamedTuple

X12Fault = Literal[
    "binary",
    "character",
    "control_number",
    "element_too_long",
    "isa_missing",
    "isa_truncated",
    "segment_id",
    "segment_repeated",
    "segment_too_long",
    "separators",
    "text_outside_interchange",
]
"""Stable codes, one for each kind of fault."""


class Position(NamedTuple):
    """Where a segment begins.

    `offset` in bytes from the start of the file, from 0. `segment` as SE01 and IK302 count: ST is 1; 0 outside of a
    transaction set.
    """

    offset: int
    segment: int = 0


class X12Error(Exception):
    """The text is not X12 or cannot be made X12. `code` is stable; `position` is where, when something was read."""

    def __init__(self, code: X12Fault, message: str, position: Position | None = None) -> None:
        where = f" (byte {position.offset}, segment {position.segment})" if position else ""
        super().__init__(message + where)
        self.code = code
        self.position = position
