"""The pipe to a worker carries frames: a length in four bytes, big-endian, and a content, most often in MessagePack."""

from __future__ import annotations

from typing import Any

import msgspec

from services.grouper.domain.engine import GrouperAnswer, GrouperInput

LENGTH_BYTES = 4

Setup = dict[str, Any]
"""What a worker needs to know to open a work: plain values."""


class Start(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """The first frame to a worker: which work it does on lines, `package.module:function`, and with what.

    Answered with nothing.
    """

    work: str | None
    setup: Setup


class GroupStays(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """Answered with `Answers`: None where the engine gave none."""

    stays: list[GrouperInput]


class WorkLines(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """Whole lines, and the number of the first. Answered with the bytes that the work makes of them."""

    first: int
    content: bytes


Request = Start | GroupStays | WorkLines
Answers = list[GrouperAnswer | None]

encode = msgspec.msgpack.Encoder().encode
read_request = msgspec.msgpack.Decoder(Request).decode
read_answers = msgspec.msgpack.Decoder(Answers).decode


def frame(content: bytes) -> bytes:
    """A content with its length before it."""
    return len(content).to_bytes(LENGTH_BYTES, "big") + content
