"""Work on the lines of a stream, done where the engine is: lines in, what is made of them out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, NamedTuple

from services.grouper.engines.frames import Setup
from services.grouper.engines.msdrg_session import MsdrgSession

LineWork = Callable[[int, bytes], Any]
"""The number of the first line, and whole lines; gives plain values. One that raises has lost its engine."""


class WorkPlace(NamedTuple):
    """Where a work is found, and what it needs to know."""

    opener: str
    """`package.module:function`, called with a session and `**setup`, which gives the work."""
    setup: Setup


class Block(NamedTuple):
    """Whole lines of a stream. Numbers count from 1, blank lines too."""

    first: int
    content: bytes

    def lines(self) -> Iterator[Block]:
        """Each line alone, without those that are blank."""
        for number, line in enumerate(self.content.split(b"\n"), start=self.first):
            if line.strip():
                yield Block(number, line)


def open_work(opener: str, setup: Setup, session: MsdrgSession) -> LineWork:
    """The work that `opener` names, ready to be done with this session."""
    module, _, function = opener.partition(":")
    work: LineWork = getattr(import_module(module), function)(session, **setup)
    return work
