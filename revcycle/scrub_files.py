"""`revcycle scrub`: a file of claims through every edit, without a server.

As `json`, one object a claim and line: `claim_id` (of JSON the claim's id, of an 837 its CLM01), the
`patient_control_number`, `outcome` (`cleared`, `held`, or `unreadable` where the claim cannot be made), `repairs` that
were made first, and `findings`, each with `edit`, `severity` (error, warning, info), `message`, `pointer` into the
claim, `x12` such as `2010AA.NM109`, and the answer that the claim would have got in `predicted`; of an 837 also
`segment`, as SE01 counts, and `offset` in bytes. Findings of the file itself, such as a wrong count in its envelope,
stand in an object without claim id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, BinaryIO

import orjson

from revcycle.claim_files import ClaimInFile, FormFault, UnreadableClaims, claims_in, day_written, is_x12, seekable
from services.scrubber.domain.examination import Scrubber
from services.scrubber.domain.x12_place import path_of
from services.submission.domain.x12.reading import ReceivedClaim
from shared.claims import Finding, ScrubReport
from shared.x12 import Position, X12Error, read

Write = Callable[[bytes], object]

_SEVERITIES = {"error": "error", "warning": "warning", "information": "info"}
_TENANT = ""
"""A file at the command line belongs to no tenant: no repair is switched off."""


@dataclass(frozen=True, slots=True)
class ScrubbedFinding:
    """One line of the answer. `position` is where in an 837."""

    edit: str
    severity: str
    message: str
    pointer: str
    x12: str | None
    predicted: str | None
    position: Position | None = None

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        told: dict[str, Any] = {
            "edit": self.edit, "severity": self.severity, "message": self.message, "pointer": self.pointer,
            "x12": self.x12, "predicted": self.predicted,
        }  # fmt: skip
        if self.position is not None:
            told |= {"segment": self.position.segment, "offset": self.position.offset}
        return told


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """What was found on one claim, or on the file where `claim_id` is None."""

    claim_id: str | None
    patient_control_number: str | None
    outcome: str | None
    findings: tuple[ScrubbedFinding, ...]
    repairs: tuple[dict[str, str], ...] = ()

    @property
    def has_error(self) -> bool:
        return any(finding.severity == "error" for finding in self.findings)


def write_findings(
    file: BinaryIO, scrubber: Scrubber, as_of: date, write: Write, form: str, *, as_written: bool = False
) -> bool:
    """The answers to `write` in one of FORMATS; whether there is no error in any.

    `as_of` is the day on which the claims go out. `as_written`: those of an 837 that was made before it went out on the
    day that the file names (BHT04), unless they tell of later days. Raises UnreadableClaims where the file holds no
    claims, and at its end where parts of it are none.
    """
    with seekable(file) as source:
        written = day_written(source) if as_written else None
        answers = _Answers(_scrubbed(source, scrubber, as_of, written))
        for piece in FORMATS[form](source, answers):
            write(piece)
    return not answers.any_error


class _Answers:
    """The answers as they come, and whether any had an error."""

    def __init__(self, answers: Iterator[Scrubbed]) -> None:
        self._answers = answers
        self.any_error = False

    def __iter__(self) -> Iterator[Scrubbed]:
        for answer in self._answers:
            self.any_error = self.any_error or answer.has_error
            yield answer


def _scrubbed(file: BinaryIO, scrubber: Scrubber, as_of: date, written: date | None) -> Iterator[Scrubbed]:
    for entry in claims_in(file):
        faults = tuple(map(_of_form, entry.faults))
        if entry.claim is None:
            outcome = "unreadable" if entry.name is not None else None
            yield Scrubbed(entry.name, entry.patient_control_number, outcome, faults)
            continue
        day = min(as_of, written) if written and (entry.claim.last_day or written) <= written else as_of
        report = scrubber.examine(entry.claim, tenant=_TENANT, as_of=day).report
        findings = (*faults, *_of_edits(report, entry))
        held = any(finding.severity == "error" for finding in findings)
        repairs = tuple({"repair": one.repair_id, "pointer": one.pointer} for one in report.repairs)
        outcome = "held" if held else "cleared"
        yield Scrubbed(entry.name, entry.patient_control_number, outcome, findings, repairs)


def _of_form(fault: FormFault) -> ScrubbedFinding:
    return ScrubbedFinding(
        edit=fault.code,
        severity=_SEVERITIES[fault.severity],
        message=fault.message,
        pointer=fault.pointer,
        x12=fault.x12,
        predicted=fault.answer or None,
        position=fault.position,
    )


def _of_edits(report: ScrubReport, entry: ClaimInFile) -> Iterator[ScrubbedFinding]:
    """The findings of the edits, but for values that were told of already, since they are not in the claim."""
    told = {fault.pointer for fault in entry.faults if fault.pointer}
    for finding in report.findings:
        if not any(finding.pointer == pointer or finding.pointer.startswith(f"{pointer}/") for pointer in told):
            yield _of_edit(finding, entry.received)


def _of_edit(finding: Finding, received: ReceivedClaim | None) -> ScrubbedFinding:
    place, where = finding.x12, None
    if received is not None:
        where = received.origin(path_of(finding.pointer))[0].position
    return ScrubbedFinding(
        edit=finding.edit_id,
        severity=_SEVERITIES[finding.severity],
        message=finding.message,
        pointer=finding.pointer,
        x12=f"{place.loop}.{place.element or place.segment}" if place is not None else None,
        predicted=finding.predicted,
        position=where,
    )


def _as_json(_file: BinaryIO, answers: Iterable[Scrubbed]) -> Iterator[bytes]:
    for answer in answers:
        document: dict[str, Any] = {"claim_id": answer.claim_id}
        if answer.claim_id is not None:
            document |= {
                "patient_control_number": answer.patient_control_number,
                "outcome": answer.outcome,
                "repairs": answer.repairs,
            }
        findings = [finding.document() for finding in answer.findings]
        yield orjson.dumps(document | {"findings": findings}, option=orjson.OPT_APPEND_NEWLINE)


def _as_table(_file: BinaryIO, answers: Iterable[Scrubbed]) -> Iterator[bytes]:
    """A head line for each claim, its findings below it in columns, and the figures at the end."""
    counted: Counter[str] = Counter()
    for answer in answers:
        counted[answer.outcome or "file"] += 1
        yield f"{_head_line(answer)}\n".encode()
        for finding in answer.findings:
            predicted = f"  [{finding.predicted}]" if finding.predicted else ""
            place = f"{finding.x12 or finding.pointer or '-':<20}"
            where = f"  {_said(finding.position)}" if finding.position is not None else ""
            yield f"  {finding.severity:<7}  {place}  {finding.edit}: {finding.message}{predicted}{where}\n".encode()
    claims = counted["cleared"] + counted["held"] + counted["unreadable"]
    told = f"{claims} claim{'' if claims == 1 else 's'}: {counted['cleared']} without error, {counted['held']} with"
    yield f"{told}, {counted['unreadable']} that cannot be made\n".encode()


def _head_line(answer: Scrubbed) -> str:
    if answer.claim_id is None:
        return "the file"
    name = answer.patient_control_number or answer.claim_id
    if not answer.findings:
        return f"{name}: clean"
    severities = Counter(finding.severity for finding in answer.findings)
    return f"{name}: {', '.join(_many(severities[one], one) for one in _SEVERITIES.values() if severities[one])}"


def _many(count: int, severity: str) -> str:
    return f"{count} {severity}{'s' if count > 1 and severity != 'info' else ''}"


def _said(position: Position) -> str:
    segment = f"segment {position.segment}, " if position.segment else ""
    return f"({segment}byte {position.offset})"


def _as_x12(file: BinaryIO, answers: Iterable[Scrubbed]) -> Iterator[bytes]:
    """The file with a segment on each line, and below a faulty one what is wrong with it."""
    if not is_x12(file):
        raise UnreadableClaims("only an 837 can be annotated: the file is no X12")
    remarks = _Remarks()
    for answer in answers:
        remarks.add(answer)
    file.seek(0)
    try:
        for segment, position in read(file):
            yield f"{segment}{segment.separators.segment.strip()}\n".encode()
            yield from remarks.at(position.offset)
    except X12Error as error:
        offset = error.position.offset if error.position is not None else 0
        yield from remarks.from_on(offset)


@dataclass(frozen=True, slots=True)
class _Remarks:
    """What is said below each segment, by its offset; what several claims say of one segment is said once."""

    by_offset: dict[int, dict[str, None]] = field(default_factory=dict)

    def add(self, answer: Scrubbed) -> None:
        for finding in answer.findings:
            if finding.position is not None:
                predicted = f" [{finding.predicted}]" if finding.predicted else ""
                where = finding.x12 or finding.pointer
                text = f"    ^ {finding.severity} {where} {finding.edit}: {finding.message}{predicted}"
                self.by_offset.setdefault(finding.position.offset, {})[text] = None

    def at(self, offset: int) -> Iterator[bytes]:
        return (f"{text}\n".encode() for text in self.by_offset.get(offset, ()))

    def from_on(self, offset: int) -> Iterator[bytes]:
        """What is said of text that is no segment."""
        return (piece for place in sorted(self.by_offset) if place >= offset for piece in self.at(place))


FORMATS: Mapping[str, Callable[[BinaryIO, Iterable[Scrubbed]], Iterator[bytes]]] = {
    "table": _as_table,
    "json": _as_json,
    "x12": _as_x12,
}
