"""What was noticed while a Bundle was read, told as FHIR's own OperationOutcome tells it."""

from __future__ import annotations

from typing import Literal

from services.encoder.domain.problems import pointer
from shared.claims import Model


class Issue(Model):
    """One observation. An `error` keeps the whole Bundle out; a `warning` says what was left out or is missing;
    `information` counts what the encoder has no use for."""

    severity: Literal["error", "warning", "information"]
    code: str
    expression: str
    """FHIRPath of the place: `Bundle.entry[3].resource.period.start`."""
    pointer: str
    """The same place as a JSON pointer into the body."""
    message: str


Path = tuple[str | int, ...]


class Notes:
    """The issues of one reading, gathered in the order in which they were found."""

    def __init__(self) -> None:
        self.issues: list[Issue] = []

    def error(self, code: str, path: Path, message: str) -> None:
        self._note("error", code, path, message)

    def warning(self, code: str, path: Path, message: str) -> None:
        self._note("warning", code, path, message)

    def information(self, code: str, path: Path, message: str) -> None:
        self._note("information", code, path, message)

    def _note(self, severity: Literal["error", "warning", "information"], code: str, path: Path, message: str) -> None:
        issue = Issue(
            severity=severity, code=code, expression=expression(path), pointer=pointer(*path), message=message
        )
        self.issues.append(issue)

    @property
    def errors(self) -> tuple[Issue, ...]:
        return tuple(issue for issue in self.issues if issue.severity == "error")


def expression(path: Path) -> str:
    """FHIRPath of a path below the Bundle."""
    return "Bundle" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
