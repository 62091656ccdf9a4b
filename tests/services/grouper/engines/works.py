"""Works on lines for the tests of the engines: they run in the workers."""

from __future__ import annotations

import os
import signal

from services.grouper.engines.msdrg_session import MsdrgSession
from services.grouper.engines.subject_lines import SubjectLines

FATAL = "FATAL"


def numbering(_session: MsdrgSession) -> Numbering:
    return Numbering()


class Numbering:
    """Answers each line with its number and content; one with FATAL in it is a fault in native code."""

    def __call__(self, first: int, content: bytes) -> bytes:
        _die_of(content)
        lines = content.splitlines()
        return b"".join(b"%d:%b\n" % (number, line) for number, line in enumerate(lines, start=first))


class FatalSubjects(SubjectLines):
    """The work on a batch, with an engine that dies of a stay whose discharge status is FATAL."""

    def __call__(self, first: int, content: bytes) -> bytes:
        _die_of(content)
        return super().__call__(first, content)


def _die_of(content: bytes) -> None:
    if FATAL.encode() in content:
        os.kill(os.getpid(), signal.SIGSEGV)
