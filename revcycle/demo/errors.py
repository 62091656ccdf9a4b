"""What can go wrong with the demo itself.

DemoFailed
├── ServerFailed      the embedded server did not start or went away
├── Refused           a service answered with a problem that the day does not expect
└── LineStuck         the claims did not come to where they belong in the time given
"""

from __future__ import annotations


class DemoFailed(Exception):
    """The day cannot be played to its end. One line for the person who watches."""


class ServerFailed(DemoFailed):
    pass


class Refused(DemoFailed):
    """`status` of the answer and `code` of its problem document."""

    def __init__(self, request: str, status: int, code: str, detail: str) -> None:
        super().__init__(f"{request} was answered {status} {code}: {detail}")
        self.status = status
        self.code = code


class LineStuck(DemoFailed):
    pass
