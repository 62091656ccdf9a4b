"""`revcycle x12 write`: claims into one 837, whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from revcycle.failures import Failure

if TYPE_CHECKING:
    from revcycle.claim_files import FormFault
    from services.submission.domain.x12 import EnvelopeSettings
    from shared.claims import InstitutionalClaim, ProfessionalClaim

    AnyClaim = ProfessionalClaim | InstitutionalClaim


_TELEPHONE_DIGITS = 10


class UnwritableClaims(Failure):
    """The claims, or what was said of their envelope, make no 837. Nothing was written."""


class Kind(StrEnum):
    PROFESSIONAL = "professional"
    INSTITUTIONAL = "institutional"


class Qualifier(StrEnum):
    """ISA05 and ISA07: what kind of id names a partner (005010X222A1 and X223A2, Appendix C)."""

    DUNS = "01"
    DUNS_SUFFIX = "14"
    HEALTH_INDUSTRY_NUMBER = "20"
    CARRIER = "27"
    FISCAL_INTERMEDIARY = "28"
    MEDICARE_PROVIDER = "29"
    TAX_ID = "30"
    NAIC = "33"
    MUTUALLY_DEFINED = "ZZ"


def _said(text: str | None) -> str | None:
    if text is not None and not text.strip():
        raise typer.BadParameter("it is required in the envelope and cannot be blank")
    return text


def _ten_digits(text: str) -> str:
    if len(text) != _TELEPHONE_DIGITS or not (text.isascii() and text.isdigit()):
        raise typer.BadParameter("a telephone number is ten digits")
    return text


def write(
    claims: Annotated[
        typer.FileBinaryRead, typer.Argument(help="Claims as NDJSON, JSON or an 837; - for standard input.")
    ],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file. None: standard output.")] = None,
    kind: Annotated[Kind | None, typer.Option(help="Only claims of this kind: 837P or 837I.")] = None,
    sender: Annotated[str, typer.Option(callback=_said, help="ISA06, GS02 and 1000A NM109.")] = "REVCYCLE",
    sender_qualifier: Annotated[Qualifier, typer.Option(help="ISA05.")] = Qualifier.MUTUALLY_DEFINED,
    sender_name: Annotated[str, typer.Option(callback=_said, help="1000A NM103.")] = "REVCYCLE",
    submitter: Annotated[
        str | None, typer.Option(callback=_said, help="1000A NM109 where it is not the sender.")
    ] = None,
    contact_name: Annotated[str, typer.Option(callback=_said, help="1000A PER02.")] = "EDI SUPPORT",
    contact_telephone: Annotated[
        str, typer.Option(callback=_ten_digits, help="1000A PER04, ten digits.")
    ] = "6155550100",
    receiver: Annotated[str, typer.Option(callback=_said, help="ISA08, GS03 and 1000B NM109.")] = "CLEARINGHOUSE",
    receiver_qualifier: Annotated[Qualifier, typer.Option(help="ISA07.")] = Qualifier.MUTUALLY_DEFINED,
    receiver_name: Annotated[str, typer.Option(callback=_said, help="1000B NM103.")] = "CLEARINGHOUSE",
    receiver_id: Annotated[
        str | None, typer.Option(callback=_said, help="1000B NM109 where it is not the receiver.")
    ] = None,
    control_number: Annotated[int, typer.Option(min=1, max=999_999_999, help="ISA13 and GS06, each used once.")] = 1,
    created_at: Annotated[datetime | None, typer.Option(help="When, as the envelope says. None: now.")] = None,
    production: Annotated[bool, typer.Option("--production", help="ISA15 is P. Without: T, test.")] = False,
    basic: Annotated[bool, typer.Option("--basic", help="The basic character set. Without: the extended.")] = False,
) -> None:
    """Write claims into one 837 interchange, each of them once, at most 5,000 in a transaction set.

    Other alphabets are transliterated. Either every claim is written or nothing is: the first that cannot be is named
    in one line, with exit code 2.
    """
    from services.submission.domain.x12 import EnvelopeSettings
    from shared.claims import Contact
    from shared.x12 import TradingPartner

    envelope = EnvelopeSettings(
        sender=TradingPartner(sender, sender_qualifier),
        sender_name=sender_name,
        submitter_id=submitter or sender,
        contact=Contact(name=contact_name, telephone=contact_telephone),
        receiver=TradingPartner(receiver, receiver_qualifier),
        receiver_name=receiver_name,
        receiver_id=receiver_id or receiver,
        control_number=control_number,
        created_at=created_at or datetime.now().astimezone(),
        usage="P" if production else "T",
        character_set="basic" if basic else "extended",
    )
    _put(_written(claims, kind, envelope), output)


def _written(file: BinaryIO, kind: Kind | None, envelope: EnvelopeSettings) -> bytes:
    """The interchange. Raises UnwritableClaims, or UnreadableClaims where the file holds none."""
    from services.submission.domain.x12 import UnwritableClaim, write_interchange
    from shared.x12 import X12Error

    claims = [claim for claim in _claims(file) if kind is None or claim.kind == kind]
    if not claims:
        raise UnwritableClaims("there is no claim to write")
    if len({claim.kind for claim in claims}) > 1:
        raise UnwritableClaims("professional and institutional claims do not go into one 837: choose with --kind")
    try:
        return write_interchange(claims, envelope)
    except UnwritableClaim as error:
        raise UnwritableClaims(f"claim {error.patient_control_number}: {error}") from None
    except (X12Error, ValueError) as error:
        raise UnwritableClaims(str(error)) from None


def _claims(file: BinaryIO) -> Iterator[AnyClaim]:
    from revcycle.claim_files import claims_in, seekable

    with seekable(file) as source:
        for entry in claims_in(source):
            fault = next(filter(_keeps_back, entry.faults), None)
            if fault is not None:
                whose = f"claim {entry.name}: " if entry.name is not None else ""
                raise UnwritableClaims(f"{whose}{_place(fault)}{fault.message}")
            if entry.claim is not None:
                yield entry.claim


def _keeps_back(fault: FormFault) -> bool:
    """Whether the claim of an 837 would be written as another."""
    from services.submission.domain.x12.reading import NOT_CARRIED

    return fault.severity == "error" or fault.code.removeprefix("x12-") in NOT_CARRIED


def _place(fault: FormFault) -> str:
    """Where in the claim as JSON and in the 837: `/billing/npi (2010AA.NM109): `."""
    places = [place for place in (fault.pointer, fault.x12) if place]
    return f"{' ('.join(places)}{')' * (len(places) - 1)}: " if places else ""


def _put(content: bytes, output: Path | None) -> None:
    """To standard output, or to a file that appears whole or not at all."""
    if output is None:
        sys.stdout.buffer.write(content)
        return
    part = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(output)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise UnwritableClaims(f"{output}: {error.strerror}") from None
