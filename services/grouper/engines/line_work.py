"""Work on the lines of a stream, done where the engine is: lines in, what is made of them out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import NamedTuple, Protocol

from services.grouper.engines.frames import Setup
from services.grouper.engines.msdrg_session import MsdrgSession

LineWork = Callable[[int, bytes], bytes]
"""Takes the number of the first line, and whole lines. One that raises ends its worker."""


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

    def line(self, number: int) -> bytes:
        """The line of a number."""
        return self.content.split(b"\n")[number - self.first]


class LineEngine(Protocol):
    """Does the work that it was made for, where the engine is. Safe to call from many tasks at once."""

    at_once: int
    """How many blocks are worked on at once."""

    async def work(self, block: Block) -> bytes:
        """What the work makes of a block; waits for its turn. Raises EngineFailed: one of the lines is at fault."""
        ...


def open_work(opener: str, setup: Setup, session: MsdrgSession) -> LineWork:
    """The work that `opener` names, ready to be done with this session."""
    module, _, function = opener.partition(":")
    work: LineWork = getattr(import_module(module), function)(session, **setup)
    return work
