"""What is wrong with a message, told as an ERR segment tells it."""

from __future__ import annotations

from typing import Literal

from shared.claims import Model

ErrorCode = Literal["100", "101", "102", "103", "104", "199", "200", "201", "202", "203", "204", "205", "206", "207"]
"""HL7 table 0357, message error condition codes: 1xx errors in the content, 2xx reasons to reject."""

Severity = Literal["E", "W", "I"]
"""HL7 table 0516: error, warning, information."""


class Fault(Model):
    """One observation of one place. `text` is for a person and holds nothing of the patient."""

    segment: str = ""
    sequence: int = 1
    """Which of the segments of this name, from one."""
    field: int | None = None
    code: ErrorCode
    severity: Severity = "E"
    text: str

    @property
    def place(self) -> str:
        """`PV1[1]-19`, as interface engines write it."""
        position = "" if self.field is None else f"-{self.field}"
        return f"{self.segment}[{self.sequence}]{position}" if self.segment else ""


class Faults:
    """The faults of one message, in the order in which they were found."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def error(self, code: ErrorCode, place: tuple[str, int, int | None], text: str) -> None:
        self._note("E", code, place, text)

    def warning(self, code: ErrorCode, place: tuple[str, int, int | None], text: str) -> None:
        self._note("W", code, place, text)

    def _note(self, severity: Severity, code: ErrorCode, place: tuple[str, int, int | None], text: str) -> None:
        segment, sequence, field = place
        self.found.append(
            Fault(segment=segment, sequence=sequence, field=field, code=code, severity=severity, text=text)
        )

    @property
    def errors(self) -> tuple[Fault, ...]:
        return tuple(fault for fault in self.found if fault.severity == "E")


class MessageRefused(Exception):
    """A message has no effect. Always answered with an acknowledgement, never seen by a caller as an exception."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(faults[0].text)
        self.faults = faults

    @property
    def acknowledgement(self) -> Literal["AE", "AR"]:
        """HL7 table 0008: AR where the first error is a reason to reject (2xx), AE where the content is at fault."""
        return "AR" if self.faults[0].code.startswith("2") else "AE"


def refused(
    code: ErrorCode, text: str, segment: str = "", field: int | None = None, sequence: int = 1
) -> MessageRefused:
    """The refusal for one reason."""
    return MessageRefused(Fault(segment=segment, sequence=sequence, field=field, code=code, text=text))
