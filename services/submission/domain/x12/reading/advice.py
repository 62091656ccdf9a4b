"""An 835 (005010X221A1) as it says itself: payment, claims, service lines, adjustments of the provider's account.

The reader makes claims and lines while their segments pass. Amounts have two decimals and the sign that the payer gave
them: an adjustment that takes away is positive, one of a reversal negative.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import NamedTuple, TypeAlias

from services.submission.domain.x12.reading.faults import Fault
from shared.x12 import Position

Row: TypeAlias = list[str]
"""A segment: its id, then its elements."""
Service: TypeAlias = tuple[str, str, tuple[str, ...]]
"""A composite of SVC taken apart: qualifier, code, modifiers."""

NOTHING = Decimal("0.00")

REVERSAL = "22"
PREDETERMINATION = "25"
DENIED = "4"
NOT_OURS = "23"
"""CLP02: 1, 2, 3 paid as primary, secondary, tertiary; 19, 20, 21 the same and forwarded; 23 forwarded undecided."""


class Adjustment(NamedTuple):
    """One reason of a CAS: group CO, OA, PI or PR, and a CARC (X12 code source 139)."""

    group: str
    reason: str
    amount: Decimal
    quantity: Decimal | None


class Name(NamedTuple):
    """NM1."""

    is_person: bool
    last: str
    first: str
    id_kind: str
    id: str


class ProviderAdjustment(NamedTuple):
    """One pair of a PLB: money that moves on the provider's account and belongs to no claim of this payment.

    A positive `amount` lowers the payment (005010X221A1 PLB04). `reason` is a code of X12 element 426: WO overpayment
    recovery, FB forwarding balance, 72 authorized return, L6 interest owed, CS adjustment, IR, 50, CV …
    """

    provider_id: str
    period_end: date | None
    reason: str
    reference: str
    amount: Decimal


@dataclass(slots=True)
class Party:
    """N1 of the payer (PR) or payee (PE) with its REF."""

    name: str = ""
    id_kind: str = ""
    id: str = ""
    references: list[tuple[str, str]] = field(default_factory=list)

    @property
    def ids(self) -> Iterator[str]:
        """Every number that it is known by."""
        return filter(None, (self.id, *(number for _, number in self.references)))


@dataclass(slots=True)
class Payment:
    """One transaction set: what stands above its claims (BPR, TRN, 1000A, 1000B)."""

    offset: int
    """Byte where its ST begins."""
    interchange_control_number: str
    """ISA13."""
    control_number: str
    """ST02."""
    handling: str = ""
    """BPR01: I with payment, H notification only, D, C, P, U, X …"""
    amount: Decimal = NOTHING
    """BPR02."""
    is_debit: bool = False
    """BPR03 is D: the payer takes."""
    method: str = ""
    """BPR04: ACH, CHK, FWT, BOP, NON."""
    paid_on: date | None = None
    """BPR16: when the money is there, or the check was written."""
    trace_number: str = ""
    """TRN02: check or EFT number, which the bank statement shows too."""
    originator: str = ""
    """TRN03: 1 and the payer's tax id."""
    produced_on: date | None = None
    """DTM*405."""
    payer: Party = field(default_factory=Party)
    payee: Party = field(default_factory=Party)
    references: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Adjudicated:
    """What a claim and a service line have in common: an amount charged, one paid, and the segments that say why.

    The reader has looked at every amount and date of `row` and `segments`; their values are taken out when asked for.
    """

    offset: int
    """Bytes from the start of the file."""
    segment: int
    """As `Position` counts."""
    row: Row
    """CLP or SVC with its elements."""
    charged: Decimal
    paid: Decimal
    segments: list[Row]
    """CAS, REF, DTM, AMT, QTY, NM1, MIA, MOA, LQ in their order."""
    adjusted: Decimal = NOTHING
    """Sum of CAS."""

    @property
    def position(self) -> Position:
        return Position(self.offset, self.segment)

    def of(self, name: str) -> Iterator[Row]:
        """Its segments of one kind."""
        return (row for row in self.segments if row[0] == name)

    @property
    def adjustments(self) -> Iterator[Adjustment]:
        for row in self.of("CAS"):
            for place in range(2, len(row) - 1, 3):
                if row[place] or row[place + 1]:
                    quantity = Decimal(row[place + 2]) if len(row) > place + 2 and row[place + 2] else None
                    yield Adjustment(row[1], row[place], _amount(row[place + 1]), quantity)

    def references(self, kind: str) -> Iterator[str]:
        """REF02 by REF01."""
        return (row[2] for row in self.of("REF") if row[1:2] == [kind] and _element(row, 2))

    def amount(self, kind: str) -> Decimal | None:
        """AMT02 by AMT01: B6 allowed, AU covered, I interest, F5 patient paid, D discount …; the sum of several."""
        found = [_amount(row[2]) for row in self.of("AMT") if row[1] == kind]
        return sum(found, NOTHING) if found else None

    def day(self, *kinds: str) -> date | None:
        """DTM02 of the first of these DTM01 that there is: 472, 150 service, 232 statement begins, 233 ends …"""
        found = {row[1]: row[2] for row in self.of("DTM")}
        text = next((found[kind] for kind in kinds if found.get(kind)), "")
        return date(int(text[:4]), int(text[4:6]), int(text[6:])) if text else None


@dataclass(slots=True)
class RemittedLine(Adjudicated):
    """SVC and what belongs to it (2110)."""

    service: Service = ("", "", ())
    submitted: Service = ("", "", ())
    """SVC06: what was billed, where the payer decided on something else (bundled, unbundled, changed)."""

    @property
    def qualifier(self) -> str:
        """SVC01-1: HC HCPCS, NU revenue code, N4 NDC, AD dental …"""
        return self.service[0]

    @property
    def code(self) -> str:
        return self.service[1]

    @property
    def modifiers(self) -> tuple[str, ...]:
        return self.service[2]

    @property
    def revenue_code(self) -> str:
        """SVC04."""
        return _element(self.row, 4)

    @property
    def units(self) -> Decimal:
        """SVC05; one where the payer says nothing (005010X221A1 SVC05)."""
        return Decimal(_element(self.row, 5) or 1)

    @property
    def billed_code(self) -> str:
        """The code that stood on the claim: SVC06-2, else SVC01-2."""
        return self.submitted[1] or self.code

    @property
    def billed_units(self) -> Decimal | None:
        """SVC07, where they are others than those paid."""
        text = _element(self.row, 7)
        return Decimal(text) if text else None

    @property
    def control_number(self) -> str:
        """REF*6R, as it was billed."""
        return next(self.references("6R"), "")

    @property
    def remarks(self) -> tuple[str, ...]:
        """LQ*HE: RARC (X12 code source 411)."""
        return tuple(row[2] for row in self.of("LQ") if row[1:2] == ["HE"] and _element(row, 2))


@dataclass(slots=True)
class RemittedClaim(Adjudicated):
    """CLP and what belongs to it (2100, 2110)."""

    patient_responsibility: Decimal | None = None
    """CLP05."""
    provider_id: str = ""
    """TS301 of the group (LX) that it stands in."""
    lines: list[RemittedLine] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    """What is wrong with it, in the order of the file."""
    is_whole: bool = True
    """False where the file ended within it."""

    @property
    def patient_control_number(self) -> str:
        """CLP01, which is CLM01 of the claim."""
        return self.row[1]

    @property
    def status(self) -> str:
        """CLP02."""
        return self.row[2]

    @property
    def filing_indicator(self) -> str:
        return _element(self.row, 6)

    @property
    def payer_claim_control_number(self) -> str:
        """CLP07."""
        return _element(self.row, 7)

    @property
    def drg(self) -> str:
        return _element(self.row, 11)

    @property
    def is_reversal(self) -> bool:
        return self.status == REVERSAL

    @property
    def is_balanced(self) -> bool:
        return not any(fault.code in ("claim-balance", "service-balance") for fault in self.faults)

    @property
    def every_adjustment(self) -> Iterator[Adjustment]:
        """Of the claim, then of each line."""
        return chain(self.adjustments, chain.from_iterable(line.adjustments for line in self.lines))

    @property
    def own_remarks(self) -> tuple[str, ...]:
        """RARC of MIA05, MIA20 to MIA23 and MOA03 to MOA07: of the claim as a whole, each once."""
        found = [code for row in self.of("MIA") for code in (*row[5:6], *row[20:24])]
        found += [code for row in self.of("MOA") for code in row[3:8]]
        return tuple(dict.fromkeys(filter(None, found)))

    @property
    def remarks(self) -> tuple[str, ...]:
        """Its own, then those of its lines; each once."""
        return tuple(dict.fromkeys(chain(self.own_remarks, *(line.remarks for line in self.lines))))

    def name(self, role: str) -> Name | None:
        """NM1 by NM101: QC patient, IL insured, 74 corrected insured, 82 rendering provider, TT crossover carrier …"""
        row = next((row for row in self.of("NM1") if row[1:2] == [role]), None)
        if row is None:
            return None
        return Name(_element(row, 2) == "1", *(_element(row, place) for place in (3, 4, 8, 9)))


class PaymentEnd(NamedTuple):
    """The end of a transaction set: what it held, and whether that makes the payment."""

    payment: Payment
    claims: int
    claims_paid: Decimal
    """Sum of CLP04."""
    provider_adjusted: Decimal
    """Sum of PLB."""
    is_balanced: bool
    is_whole: bool
    """False without SE."""


def _element(row: Row, place: int) -> str:
    return row[place] if len(row) > place else ""


def _amount(text: str) -> Decimal:
    return Decimal(text or 0).quantize(NOTHING)


def every_row(said: RemittedClaim | ProviderAdjustment) -> list[object]:
    """All that it says, to tell two apart."""
    if isinstance(said, ProviderAdjustment):
        return [*said]
    return [said.row, said.segments, *((line.row, line.segments) for line in said.lines)]
