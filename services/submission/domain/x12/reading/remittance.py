"""The 835 reader (005010X221A1): payments, their claims one by one, and every fault, in memory of one claim.

It reads many segments at a time (`shared.x12.read_blocks`) and takes each apart once: a payer's monthly file has
millions. What an element holds that is no amount or date is a fault with its place, never a reason to drop the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import BinaryIO, TypeAlias

from services.submission.domain.x12.reading.advice import (
    NOTHING,
    Adjudicated,
    Payment,
    PaymentEnd,
    ProviderAdjustment,
    RemittedClaim,
    RemittedLine,
    Row,
    Service,
)
from services.submission.domain.x12.reading.balances import claim_faults, fault_of, payment_fault
from services.submission.domain.x12.reading.envelope import ENVELOPE_SEGMENTS, Envelope
from services.submission.domain.x12.reading.faults import Fault, FaultCode
from services.submission.domain.x12.reading.remittance_elements import (
    AMOUNTS,
    DATES,
    LONGEST,
    OF_CLAIM,
    PASSED_OVER,
    REQUIRED,
    Amounts,
    Days,
    Misread,
    Services,
    Unexpected,
    holds,
    unexpected,
)
from shared.claims import Severity
from shared.x12 import NO_SEGMENT_ID, Block, Position, Segment, Separators, X12Error, is_segment_id, read_blocks

Read: TypeAlias = "Payment | RemittedClaim | ProviderAdjustment | PaymentEnd | Fault"
Take = Callable[[Row], None]

_LARGEST_CLAIM = 4_000_000
"""Bytes. 999 service lines with all that the guide allows them are less than half of it."""
_MOST_TOLD = 1_000
_NO_SERVICE: Service = ("", "", ())


class NotARemittance(Exception):
    """The file is X12, but holds no 835."""


def read_remittances(source: bytes | BinaryIO) -> Iterator[Read]:
    """What the file says, in its order: a Payment, its claims, its provider adjustments, a PaymentEnd; and so on.

    Faults of a claim stand with it, others between. A file that stops being X12 ends with the fault that says where.
    Raises X12Error where the file does not begin with an interchange, NotARemittance at the end if there was no 835.
    """
    reader = _Reader()
    started = False
    try:
        for block in read_blocks(source):
            started = True
            reader.take(block)
            yield from reader.given()
    except X12Error as error:
        if not started:
            raise
        reader.cut_off(error)
    reader.close()
    yield from reader.given()
    if not reader.any_remittance:
        raise NotARemittance("the file holds no 835")


class _Reader:
    """Follows a file of 835s block by block. `given` hands over what is whole."""

    def __init__(self) -> None:
        self.any_remittance = False
        self._given: list[Read] = []
        self._envelope = Envelope()
        self._amounts, self._days, self._services = Amounts(), Days(), Services(":")
        self._block = Block(Separators(), (), ())
        self._before = self._at = 0
        """Segments in the blocks before, and the place in this one."""
        self._set_begin = 0
        self._interchange = ""
        self._told: set[str] = set()
        self._payment: Payment | None = None
        self._header = Payment(0, "", "")
        """The payment that was opened last."""
        self._claim: RemittedClaim | None = None
        self._line: RemittedLine | None = None
        self._lines: list[RemittedLine] = []
        self._segments: list[Row] = []
        self._holder: Adjudicated
        self._forget_set()
        self._of_remittance: dict[str, Take] = {
            "BPR": self._bpr, "TRN": self._trn, "N1": self._n1, "TS3": self._ts3, "LX": self._lx, "CLP": self._clp,
            "PLB": self._plb, **dict.fromkeys(OF_CLAIM, unexpected), "REF": self._ref, "DTM": self._produced,
        }  # fmt: skip
        self._within_claim: dict[str, Take] = {
            "SVC": self._svc, "CAS": self._cas, "DTM": self._dtm, "AMT": self._amt, "QTY": self._amt,
        }  # fmt: skip
        self._handlers: dict[str, Take] = {}

    # -- the file -----------------------------------------------------------------------------------------------------

    def given(self) -> list[Read]:
        """What is whole since the last call."""
        given, self._given = self._given, []
        return given

    def take(self, block: Block) -> None:
        """Raises X12Error where the file stops being X12."""
        self._block, self._at = block, 0
        self._check_size(block)
        element, handlers = block.separators.element, self._handlers
        for self._at, text in enumerate(block.texts):
            row = text.split(element)
            take = handlers.get(row[0])
            if take is None:
                self._other(row)
                continue
            try:
                take(row)
            except (Misread, IndexError):
                self._take_mended(row)
            except Unexpected:
                self._fault(row, "segment-unexpected", "a segment of a claim stands where no claim is open")
        self._before, self._at = self._before + len(block.texts), 0
        if block.broken is not None:
            raise block.broken.error(max(self._place_in_set() - 1, 0))

    def _check_size(self, block: Block) -> None:
        if self._claim is not None and block.texts and block.offset(0) - self._claim.offset > _LARGEST_CLAIM:
            raise X12Error("segment_too_long", f"a claim has at most {_LARGEST_CLAIM} bytes", self._position())

    def cut_off(self, error: X12Error) -> None:
        """The file stops being X12: what is open is told as far as it goes."""
        self._end_claims(is_whole=False)
        self._given.append(Fault("text", str(error), "", error.position or Position(0), ""))

    def close(self) -> None:
        """The end of the file."""
        self._end_set(is_whole=False)
        self._given.extend(self._envelope.close())

    def _other(self, row: Row) -> None:
        """An envelope segment, one that says nothing that is kept, or one that the guide does not know."""
        name = row[0]
        if name in ENVELOPE_SEGMENTS:
            self._of_envelope(row)
        elif name in PASSED_OVER and self._payment is not None:
            return
        elif not is_segment_id(name):
            raise X12Error("segment_id", NO_SEGMENT_ID, self._position())
        elif self._envelope.open_set is None:
            if (stray := self._envelope.count(self._segment(row), self._position())) is not None:
                self._given.append(stray)
        elif self._payment is not None and name not in self._told and len(self._told) < _MOST_TOLD:
            self._told.add(name)
            self._fault(row, "segment-unknown", "the guide has no such segment", severity="warning")

    def _of_envelope(self, row: Row) -> None:
        name, segment, position = row[0], self._segment(row), self._position()
        if name == "ISA":
            self._interchange = segment[13].strip()
            self._services = Services(segment.separators.component)
        if name != "TA1":
            if self._envelope.open_set is not None:
                self._envelope.counted(position.segment - 2)
            self._end_set(is_whole=name == "SE")
        self._given.extend(self._envelope.take(segment, position if name != "ST" else Position(position.offset, 1)))
        if name == "ST":
            self._set_begin = self._before + self._at
            if segment[1] == "835":
                self.any_remittance = True
                self._open_set(Payment(position.offset, self._interchange, segment[2]))

    def _segment(self, row: Row) -> Segment:
        return Segment(row[0], tuple(row[1:]), self._block.separators)

    def _place_in_set(self) -> int:
        return self._before + self._at - self._set_begin + 1 if self._envelope.open_set is not None else 0

    def _position(self) -> Position:
        """Of the segment that is being read."""
        offset = self._block.offset(self._at) if self._block.texts else 0
        return Position(offset, self._place_in_set())

    # -- faults -------------------------------------------------------------------------------------------------------

    def _fault(
        self, row: Row, code: FaultCode, message: str, *, element: str | None = None, severity: Severity = "error"
    ) -> None:
        loop = "2110" if self._line else "2100" if self._claim else ""
        fault = Fault(code, message, "", self._position(), row[0], loop, element, severity)
        (self._claim.faults if self._claim is not None and row[0] != "CLP" else self._given).append(fault)

    def _take_mended(self, row: Row) -> None:
        """The segment with nothing in the place of what is no amount or date, each of them told."""
        name = row[0]
        required, amounts, dates = REQUIRED.get(name, ()), AMOUNTS.get(name, ()), DATES.get(name, ())
        row = row + [""] * (max(required, default=0) + 1 - len(row))
        for place in sorted({*required, *amounts, *dates}):
            if place >= len(row):
                break
            text, element = row[place], f"{name}{place:02d}"
            if not text and place in required:
                self._fault(row, "element-missing", f"{element} is required and missing", element=element)
            elif text and place in amounts and not holds(self._amounts, text):
                self._fault(row, "element-number", f"{element} is no amount", element=element)
                row[place] = ""
            elif text and place in dates and not holds(self._days, text):
                self._fault(row, "element-date", f"{element} is no date", element=element)
                row[place] = ""
            if place in amounts and not row[place]:
                row[place] = "0"
        self._handlers[name](row)

    def _cut(self, row: Row) -> None:
        """A segment has no more elements than the guide gives it: what stands behind them is told and not read."""
        if len(row) > (longest := LONGEST[row[0]]):
            name = f"{row[0]}{longest:02d}"
            self._fault(row, "element-unexpected", f"{name} is one element too many", element=name)
            del row[longest:]

    # -- above the claims ---------------------------------------------------------------------------------------------

    def _forget_set(self) -> None:
        self._claims, self._claims_paid, self._provider_adjusted = 0, NOTHING, NOTHING
        self._of_patient = NOTHING
        self._payment_told = False
        self._provider_id = ""

    def _open_set(self, payment: Payment) -> None:
        self._payment = self._header = payment
        self._references = payment.references
        self._forget_set()
        self._handlers.update(self._of_remittance)

    def _tell_payment(self) -> None:
        """What stands above the claims is whole as soon as something else begins."""
        if self._payment is not None and not self._payment_told:
            self._given.append(self._payment)
            self._payment_told = True

    def _bpr(self, row: Row) -> None:
        payment = self._header
        payment.handling, payment.amount, payment.is_debit = row[1], self._amounts[row[2]], row[3] == "D"
        payment.method = row[4] if len(row) > 4 else ""
        payment.paid_on = self._days[row[16]] if len(row) > 16 else None

    def _trn(self, row: Row) -> None:
        if self._claim is None:
            self._header.trace_number = row[2]
            self._header.originator = row[3] if len(row) > 3 else ""

    def _n1(self, row: Row) -> None:
        if row[1] not in ("PR", "PE"):
            return
        party = self._header.payer if row[1] == "PR" else self._header.payee
        party.name, party.id_kind, party.id = [*row, "", "", ""][2:5]
        self._references = party.references

    def _ref(self, row: Row) -> None:
        """Of the payment and its parties; below CLP they are kept as they are."""
        if len(self._references) < _MOST_TOLD:
            self._references.append((row[1], row[2]))

    def _ts3(self, row: Row) -> None:
        self._provider_id = row[1]

    def _lx(self, _row: Row) -> None:
        self._end_claims()
        self._tell_payment()
        self._provider_id = ""

    # -- claims -------------------------------------------------------------------------------------------------------

    def _clp(self, row: Row) -> None:
        amounts = self._amounts
        charged, paid = amounts[row[3]], amounts[row[4]]
        of_patient = amounts[row[5]] if len(row) > 5 and row[5] else None
        if self._claim is not None:
            self._end_claim(self._claim)
        else:
            self._tell_payment()
            self._handlers.update(self._within_claim)
        segments: list[Row] = []
        at, handlers, self._segments = self._at, self._handlers, segments
        offset, place = self._block.before[at] + at, self._before + at - self._set_begin + 1
        self._claim = self._holder = claim = RemittedClaim(
            offset, place, row, charged, paid, segments, NOTHING, of_patient, self._provider_id
        )
        self._lines = claim.lines
        handlers["REF"] = handlers["NM1"] = handlers["LQ"] = handlers["MIA"] = handlers["MOA"] = segments.append

    def _svc(self, row: Row) -> None:
        amounts = self._amounts
        charged, paid, service = amounts[row[2]], amounts[row[3]], self._services[row[1]]
        submitted = _NO_SERVICE
        if len(row) > 5 and row[5]:
            amounts[row[5]]
        if len(row) > 6:
            submitted = self._services[row[6]]
            if len(row) > 7 and row[7]:
                amounts[row[7]]
        segments: list[Row] = []
        at, handlers, self._segments = self._at, self._handlers, segments
        offset, place = self._block.before[at] + at, self._before + at - self._set_begin + 1
        self._line = self._holder = line = RemittedLine(
            offset, place, row, charged, paid, segments, NOTHING, service, submitted
        )
        self._lines.append(line)
        handlers["REF"] = handlers["LQ"] = segments.append

    def _cas(self, row: Row) -> None:
        adjusted = self._amounts[row[3]] if len(row) == 4 else self._several(row)
        self._holder.adjusted += adjusted
        if row[1] == "PR":
            self._of_patient += adjusted
        self._segments.append(row)

    def _several(self, row: Row) -> Decimal:
        """The sum of a CAS with quantities or several reasons."""
        self._cut(row)
        amounts = self._amounts
        amounts[row[3]]
        for text in filter(None, row[4::3]):
            amounts[text]
        return sum((amounts[text] for text in row[3::3] if text), NOTHING)

    def _dtm(self, row: Row) -> None:
        self._days[row[2]]
        self._segments.append(row)

    def _produced(self, row: Row) -> None:
        """DTM above the claims."""
        produced_on = self._days[row[2]]
        if row[1] == "405":
            self._header.produced_on = produced_on

    def _amt(self, row: Row) -> None:
        """AMT or QTY."""
        self._amounts[row[2]]
        self._segments.append(row)

    # -- the provider's account ---------------------------------------------------------------------------------------

    def _plb(self, row: Row) -> None:
        self._cut(row)
        provider, end = row[1], self._days[row[2]]
        found = [
            ProviderAdjustment(provider, end, *self._services[row[place]][:2], self._amounts[row[place + 1]])
            for place in range(3, len(row) - 1, 2)
            if row[place] or row[place + 1]
        ]
        self._end_claims()
        self._tell_payment()
        self._given.extend(found)
        self._provider_adjusted += sum((one.amount for one in found), NOTHING)

    # -- ends ---------------------------------------------------------------------------------------------------------

    def _end_claim(self, claim: RemittedClaim, *, is_whole: bool = True) -> None:
        if is_whole:
            claim.faults += claim_faults(claim, self._of_patient)
        else:
            claim.is_whole = False
            claim.faults.append(fault_of(claim, "claim-cut-off", "the file ends within the claim"))
        self._claims += 1
        self._claims_paid += claim.paid
        self._given.append(claim)
        self._claim, self._line, self._of_patient = None, None, NOTHING

    def _end_claims(self, *, is_whole: bool = True) -> None:
        """No claim goes on: another group, the provider's account, or the end."""
        if self._claim is not None:
            self._end_claim(self._claim, is_whole=is_whole)
            self._handlers.update(dict.fromkeys(OF_CLAIM, unexpected))

    def _end_set(self, *, is_whole: bool) -> None:
        self._end_claims()
        payment, self._payment = self._payment, None
        self._handlers.clear()
        if payment is None:
            return
        if not self._payment_told:
            self._given.append(payment)
        if (fault := payment_fault(payment, self._claims_paid, self._provider_adjusted)) is not None:
            self._given.append(fault)
        made = self._claims, self._claims_paid, self._provider_adjusted
        self._given.append(PaymentEnd(payment, *made, is_balanced=fault is None, is_whole=is_whole))
