"""Files of claims as the command line takes them: JSON (one claim or a list), NDJSON, and 837, told by content.

Each claim comes with what was wrong with its form, so that a bad one is answered and the next one goes on.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, TypeGuard, cast

import orjson
from pydantic import ValidationError

from revcycle.failures import Failure
from services.submission.domain.x12.reading import Fault, NoClaims, ReceivedClaim, read_claims
from shared.claims import AS_RECEIVED, CLAIM, InstitutionalClaim, ProfessionalClaim, x12_location
from shared.x12 import Position, X12Error, read

AnyClaim = ProfessionalClaim | InstitutionalClaim

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_KEPT_IN_MEMORY = 32_000_000
_MOST_BYTES = 4_000_000
"""A longer line holds no claim."""
_WITHIN = 10
"""Segments from ISA, within which BHT stands."""
_MOST_TOGETHER = 100
"""Faults of a file that are told at once."""
_OTHER_FORMS = {
    b"\x1f\x8b": "compressed (gzip): unpack it first",
    b"PK\x03\x04": "an archive (zip): unpack it first",
    b"\xff\xfe": "in UTF-16: write it as UTF-8",
    b"\xfe\xff": "in UTF-16: write it as UTF-8",
    b"%PDF": "a PDF, which holds no claims",
}
"""What people hand in that is neither X12 nor JSON, by its first bytes."""
_KINDS: dict[str, type[AnyClaim]] = {"professional": ProfessionalClaim, "institutional": InstitutionalClaim}


class UnreadableClaims(Failure):
    """The file, or lines of it, hold no claims. Those before were answered."""


@dataclass(frozen=True, slots=True)
class FormFault:
    """What is wrong with the form of a claim or of its file, whatever it says. `answer` is "" where none is sent."""

    code: str
    severity: str
    message: str
    pointer: str = ""
    x12: str | None = None
    answer: str = ""
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class ClaimInFile:
    """A claim as it stands in a file; `name` and `claim` are None where the faults are of the file itself."""

    name: str | None
    claim: AnyClaim | None
    faults: tuple[FormFault, ...] = ()
    received: ReceivedClaim | None = None
    """Of an 837: where each part of the claim stands."""
    patient_control_number: str | None = field(default=None)


@contextmanager
def seekable(file: BinaryIO) -> Iterator[BinaryIO]:
    """The same bytes in a file that can be read again; of a pipe, a copy."""
    if file.seekable():
        yield file
        return
    with SpooledTemporaryFile(max_size=_KEPT_IN_MEMORY) as copy:
        shutil.copyfileobj(file, copy)
        yield cast(BinaryIO, copy)


def is_x12(file: BinaryIO) -> bool:
    """Whether a seekable file begins as an interchange does. Raises UnreadableClaims where there is nothing in it."""
    head = _head(file)
    if not head:
        raise UnreadableClaims("the file is empty")
    return head.startswith(b"ISA")


def _head(file: BinaryIO) -> bytes:
    """What a file begins with, behind a byte-order mark and blanks; the file stands at its begin again."""
    file.seek(0)
    head = b""
    while (chunk := file.read(4_096)) and not head:
        head = (head or chunk).removeprefix(_BYTE_ORDER_MARK).lstrip()
    file.seek(0)
    return head


def day_written(file: BinaryIO) -> date | None:
    """The day on which a seekable 837 says that it was made (BHT04 of its first transaction set); None of other files.

    The file stands at its begin again. Raises UnreadableClaims where there is nothing in it.
    """
    if not is_x12(file):
        return None
    try:
        header = next((segment for segment, _ in islice(read(file), _WITHIN) if segment.id == "BHT"), None)
        return date.fromisoformat(header[4]) if header is not None else None
    except (X12Error, ValueError):
        return None  # which is told where the claims are read
    finally:
        file.seek(0)


def claims_in(file: BinaryIO) -> Iterator[ClaimInFile]:
    """Every claim of a seekable file, in its order. Raises UnreadableClaims at the end, naming what are none."""
    if is_x12(file):
        yield from _claims_of_837(file)
        return
    head = _head(file)
    for signature, named in _OTHER_FORMS.items():
        if head.startswith(signature):
            raise UnreadableClaims(f"the file is {named}")
    if head.startswith(b"["):
        yield from _numbered(_json(file))
    else:
        yield from _lines(file)


def _claims_of_837(file: BinaryIO) -> Iterator[ClaimInFile]:
    """The claims, and between them the faults of the file that stand beside one another."""
    of_file: list[FormFault] = []
    try:
        for received in read_claims(file):
            if isinstance(received, ReceivedClaim):
                yield from _of_file(of_file)
                number = received.patient_control_number
                faults = tuple(map(form_fault, received.faults))
                yield ClaimInFile(number, received.claim, faults, received, number)
            else:
                of_file.append(form_fault(received))
                if len(of_file) == _MOST_TOGETHER:
                    yield from _of_file(of_file)
    except X12Error as error:
        raise UnreadableClaims(f"no X12 that can be read: {error}") from None
    except NoClaims as error:
        yield from _of_file(of_file)
        raise UnreadableClaims(str(error)) from None
    yield from _of_file(of_file)


def _of_file(faults: list[FormFault]) -> Iterator[ClaimInFile]:
    if faults:
        yield ClaimInFile(None, None, tuple(faults))
        faults.clear()


def form_fault(fault: Fault) -> FormFault:
    """A fault of an 837 as the command line tells it."""
    last = fault.element or fault.segment
    return FormFault(
        code=f"x12-{fault.code}",
        severity=fault.severity,
        message=fault.message,
        pointer=fault.pointer,
        x12=(last or None) if fault.loop in ("", fault.segment) else f"{fault.loop}.{last}",
        answer=fault.answer,
        position=fault.position,
    )


def _json(file: BinaryIO) -> list[Any]:
    try:
        return cast(list[Any], orjson.loads(file.read().removeprefix(_BYTE_ORDER_MARK)))
    except orjson.JSONDecodeError as error:
        raise UnreadableClaims(f"neither X12 nor JSON: {_where(error)}") from None


def _where(error: json.JSONDecodeError) -> str:
    return f"line {error.lineno}, column {error.colno}"


def _numbered(documents: list[Any]) -> Iterator[ClaimInFile]:
    if not documents:
        raise UnreadableClaims("the list is empty")
    unread = []
    for number, document in enumerate(documents, 1):
        if _is_claim(document):
            yield _claim(document, number)
        else:
            unread.append(f"item {number} {_is_none(document, b'')}")
    _refuse(unread)


def _lines(file: BinaryIO) -> Iterator[ClaimInFile]:
    """NDJSON; or one JSON object over many lines."""
    unread: list[str] = []
    is_first = True
    for number, line in enumerate(_bounded_lines(file), 1):
        text = line.removeprefix(_BYTE_ORDER_MARK).strip()
        if not text:
            continue
        why = ""
        try:
            document = orjson.loads(text) if len(text) <= _MOST_BYTES else None
        except orjson.JSONDecodeError as error:
            if is_first and (whole := _one_object(file)) is not None:
                yield whole
                return
            document, why = None, f": no JSON at column {error.colno}"
        is_first = False
        if _is_claim(document):
            yield _claim(document, number)
        else:
            unread.append(f"line {number} {_is_none(document, text)}{why}")
    _refuse(unread)


def _bounded_lines(file: BinaryIO) -> Iterator[bytes]:
    """Each line, of one that is too long its begin: what stands behind that is not kept."""
    while line := file.readline(_MOST_BYTES + 1):
        end = line
        while end and not end.endswith(b"\n"):
            end = file.readline(_MOST_BYTES + 1)
        yield line


def _is_none(document: Any, text: bytes) -> str:
    """Why a line or an item is no claim."""
    if len(text) > _MOST_BYTES:
        return f"is no claim: it is longer than {_MOST_BYTES:,} bytes"
    if isinstance(document, dict):
        return f"is no claim: its kind is none of {' and '.join(_KINDS)}"
    return "is no claim"


def _one_object(file: BinaryIO) -> ClaimInFile | None:
    """The file as one claim; None, and the file behind its first line, where it is not."""
    behind = file.tell()
    file.seek(0)
    try:
        document = orjson.loads(file.read().removeprefix(_BYTE_ORDER_MARK))
    except orjson.JSONDecodeError:
        document = None
    file.seek(behind)
    return _claim(document, 1) if _is_claim(document) else None


def _refuse(unread: list[str]) -> None:
    if unread:
        more = f", and {len(unread) - 1} more" if len(unread) > 1 else ""
        raise UnreadableClaims(f"{unread[0]}{more}")


def _is_claim(document: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(document, dict) and document.get("kind") in _KINDS


def _claim(document: dict[str, Any], number: int) -> ClaimInFile:
    """The claim, or what keeps it from being one."""
    name, control_number = document.get("id"), document.get("patient_control_number")
    told = name if isinstance(name, str) else str(number)
    told_number = control_number if isinstance(control_number, str) else None
    try:
        claim = CLAIM.validate_json(orjson.dumps(document), context=AS_RECEIVED)
    except ValidationError as error:
        model = _KINDS[document["kind"]]
        faults = tuple(
            _misfit(model, detail["loc"], detail["msg"])
            for detail in error.errors(include_url=False, include_input=False, include_context=False)
        )
        return ClaimInFile(told, None, faults, patient_control_number=told_number)
    return ClaimInFile(told, claim, patient_control_number=told_number)


def _misfit(model: type[AnyClaim], path: tuple[int | str, ...], message: str) -> FormFault:
    """What the claim's model refuses. The first step of the path is the kind."""
    steps = path[1:]
    pointer = "".join(f"/{step}" for step in steps)
    return FormFault("claim-form", "error", message, pointer, x12_location(model, steps))
