"""`revcycle x12`: files of X12 read into JSON, and their structure checked, without a server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any, BinaryIO, NamedTuple

import orjson

from revcycle.claim_files import ClaimInFile, FormFault, UnreadableClaims, claims_in, form_fault, seekable
from revcycle.remittance_files import document_of, faults_of
from services.submission.domain.acknowledgements import NotAnAcknowledgement, read_answers
from services.submission.domain.answers import Answer
from services.submission.domain.x12.reading import check, first_set, read_remittances
from shared.x12 import X12Error

Write = Callable[[bytes], object]
Form = Callable[[FormFault], bytes]


class UnreadableX12(UnreadableClaims):
    """The file is no X12, or none of the transaction sets that are read."""


def write_read(file: BinaryIO, received_on: date, write: Write, tell: Callable[[str], object]) -> bool:
    """What a file says to `write`, a JSON object a line: of an 837 its claims, of an 835 its payments with their claims
    and provider adjustments, of TA1, 999, 277 and 277CA their answers.

    Faults go to `tell`, a line each. Whether there is none that keeps a claim or a value of it back. Raises
    UnreadableX12 where the file holds none of these.
    """
    with seekable(file) as source:
        try:
            first = first_set(source)
        except X12Error as error:
            raise UnreadableX12(f"no X12 that can be read: {error}") from None
        if first == "837":
            return _claims(source, write, tell)
        if first == "835":
            return _remittances(source, write, tell)
        return _answers(source, received_on, write)


def _claims(source: BinaryIO, write: Write, tell: Callable[[str], object]) -> bool:
    whole = True
    for entry in claims_in(source):
        for fault in entry.faults:
            tell(_sentence(fault, entry))
        whole = whole and not any(fault.severity == "error" for fault in entry.faults)
        if entry.claim is not None:
            write(entry.claim.model_dump_json().encode() + b"\n")
    return whole


def _remittances(source: BinaryIO, write: Write, tell: Callable[[str], object]) -> bool:
    whole = True
    for given in read_remittances(source):
        for fault in faults_of(given):
            tell(_line(form_fault(fault)))
            whole = whole and fault.severity != "error"
        if (document := document_of(given)) is not None:
            write(orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE, default=str))
    return whole


def _answers(source: BinaryIO, received_on: date, write: Write) -> bool:
    try:
        for answer in read_answers(source, received_on):
            write(orjson.dumps(_document(answer), option=orjson.OPT_APPEND_NEWLINE))
    except X12Error as error:
        raise UnreadableX12(f"no X12 that can be read: {error}") from None
    except NotAnAcknowledgement:
        raise UnreadableX12("the file holds no 837, 835, TA1, 999, 277 or 277CA") from None
    return True


def _document(answer: Answer) -> dict[str, Any]:
    return asdict(answer) | {"statuses": [status.model_dump(mode="json") for status in answer.statuses]}


class Checked(NamedTuple):
    """What came of checking a file: whether it has no error, and how many faults were not written."""

    is_sound: bool
    untold: int


def write_check(file: BinaryIO, write: Write, form: str, *, most: int = 0) -> Checked:
    """What is wrong with the structure of a file to `write`, in one of FORMATS: of many faults the first `most`, 0 all.

    Raises UnreadableX12 where the file does not begin with an interchange.
    """
    sound, found = True, 0
    with seekable(file) as source:
        try:
            for found, fault in enumerate(map(form_fault, check(source)), 1):
                sound = sound and fault.severity != "error"
                if not most or found <= most:
                    write(FORMATS[form](fault))
        except X12Error as error:
            raise UnreadableX12(f"no X12 that can be read: {error}") from None
    return Checked(sound, max(found - most, 0) if most else 0)


def _sentence(fault: FormFault, entry: ClaimInFile) -> str:
    whose = f"claim {entry.name}: " if entry.name is not None else ""
    return f"{whose}{_line(fault)}"


def _line(fault: FormFault) -> str:
    answer = f" [{fault.answer}]" if fault.answer else ""
    return f"{_place(fault)}: {fault.severity}: {fault.message} ({fault.code}){answer}"


def _place(fault: FormFault) -> str:
    """Where: the byte and, in a transaction set, the segment as SE01 counts; then loop and element."""
    offset, segment = fault.position or (0, 0)
    place = [f"byte {offset}", *([f"segment {segment}"] if segment else []), *([fault.x12] if fault.x12 else [])]
    return ", ".join(place)


def _as_json(fault: FormFault) -> bytes:
    offset, segment = fault.position or (0, 0)
    return orjson.dumps(
        {
            "code": fault.code, "severity": {"information": "info"}.get(fault.severity, fault.severity),
            "message": fault.message, "offset": offset, "segment": segment, "x12": fault.x12,
            "answer": fault.answer or None,
        },
        option=orjson.OPT_APPEND_NEWLINE,
    )  # fmt: skip


FORMATS: Mapping[str, Form] = {"text": lambda fault: f"{_line(fault)}\n".encode(), "json": _as_json}
