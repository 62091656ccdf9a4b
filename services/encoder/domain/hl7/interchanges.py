"""One message or a batch of them (FHS, BHS … BTS, FTS): parted before any is read, so that a bad one fails alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.encoder.domain.hl7.faults import refused

_LINE_END = re.compile(rb"\r\n|\n|\r")
_FRAME = {b"FHS", b"BHS", b"BTS", b"FTS"}


@dataclass(frozen=True)
class Interchange:
    """The messages of one delivery, each in bytes. `is_batch`: they came in a frame and are answered in one."""

    messages: tuple[bytes, ...]
    is_batch: bool
    header: bytes = b""
    """The BHS or FHS segment that the answer turns round."""


def read_interchange(content: bytes) -> Interchange:
    """Raises MessageRefused where no message can be found at all."""
    lines = [line for line in _LINE_END.split(content.lstrip(b"\xef\xbb\xbf \t\r\n\x0b")) if line.strip(b" \t\x00\x1c")]
    frames = [line for line in lines if line[:3] in _FRAME]
    messages = _messages([line for line in lines if line[:3] not in _FRAME])
    header = next((line for line in frames if line[:3] in (b"BHS", b"FHS")), b"")
    _check_count(frames, len(messages))
    return Interchange(tuple(messages), bool(frames), header)


def _messages(lines: Sequence[bytes]) -> list[bytes]:
    messages: list[list[bytes]] = []
    for line in lines:
        if line[:3] == b"MSH":
            messages.append([line])
        elif not messages:
            raise refused("100", "a message begins with MSH", "MSH")
        else:
            messages[-1].append(line)
    if not messages:
        raise refused("100", "there is no message", "MSH")
    return [b"\r".join(message) for message in messages]


def _check_count(frames: Sequence[bytes], count: int) -> None:
    """BTS-1 counts the messages of one batch; where it says another number, something was lost on the way."""
    trailers = [line for line in frames if line[:3] == b"BTS"]
    told = trailers[0][4:].split(trailers[0][3:4])[0] if len(trailers) == 1 and len(trailers[0]) > 4 else b""
    if told.isdigit() and int(told[:9]) != count:
        raise refused("100", "the batch does not hold as many messages as BTS-1 counts", "BTS", 1)
