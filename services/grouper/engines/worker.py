"""One worker process of the pool: `python -m services.grouper.engines.worker`.

Reads frames of claims from standard input and answers each with a frame of results on standard output, until its input
ends: when the pool's process dies, so do its workers.
"""

from __future__ import annotations

import sys
from typing import BinaryIO

import orjson

from services.grouper.engines.frames import LENGTH_BYTES, frame
from services.grouper.engines.msdrg_session import MsdrgSession


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer every frame of `requests`; return at its end."""
    session = MsdrgSession()
    while len(head := requests.read(LENGTH_BYTES)) == LENGTH_BYTES:
        claims = orjson.loads(requests.read(int.from_bytes(head, "big")))
        answers.write(frame(session.group(claims)))
        answers.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
