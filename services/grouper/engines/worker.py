"""One worker process of the pool: `python -m services.grouper.engines.worker`.

Reads frames of requests from standard input and answers each with a frame on standard output, until its input ends:
when the pool's process dies, so do its workers.
"""

from __future__ import annotations

import sys
from typing import BinaryIO

from services.grouper.engines.frames import (
    LENGTH_BYTES,
    GroupStays,
    Request,
    Start,
    WorkLines,
    encode,
    frame,
    read_request,
)
from services.grouper.engines.line_work import LineWork, open_work
from services.grouper.engines.msdrg_session import MsdrgSession


class Worker:
    """An open engine and, where the pool asks for one, the work that is done on lines with it."""

    def __init__(self) -> None:
        self._session = MsdrgSession()
        self._work: LineWork | None = None

    def answer(self, request: Request) -> bytes:
        match request:
            case Start(work, setup):
                self._work = open_work(work, setup, self._session) if work is not None else None
                return b""
            case GroupStays(stays):
                return encode(self._session.group(stays))
            case WorkLines(first, content):
                if self._work is None:
                    raise ValueError("this worker was started without a work for lines")
                return self._work(first, content)


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer every frame of `requests`; return at its end."""
    worker = Worker()
    while len(head := requests.read(LENGTH_BYTES)) == LENGTH_BYTES:
        request = read_request(requests.read(int.from_bytes(head, "big")))
        answers.write(frame(worker.answer(request)))
        answers.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
