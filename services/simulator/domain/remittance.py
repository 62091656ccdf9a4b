"""835 as a payer writes it (005010X221A1): one payment, its claims with their lines, and the provider's account."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b

from services.simulator.domain.acknowledgements import envelope
from services.simulator.domain.adjudication import NOTHING, DecidedLine, Decision
from services.simulator.domain.interchanges import ReceivedInterchange
from services.simulator.domain.received_claims import Party
from services.simulator.parameters import PayerProfile, code_list
from shared.x12 import FunctionalGroup, TransactionSet, composite, segment

VERSION = "005010X221A1"
_ROUTING = "999999992"


@dataclass(frozen=True, slots=True)
class ProviderAdjustment:
    """A PLB: a positive amount lowers the payment."""

    reason: str
    reference: str
    amount: Decimal


def remittance(
    received: ReceivedInterchange,
    payer: PayerProfile,
    decisions: Sequence[Decision],
    recovered: Sequence[ProviderAdjustment],
    control_number: int,
    at: datetime,
) -> bytes:
    """One 835 with one payment. What would be less than nothing is carried forward (PLB FB): nothing is paid then."""
    body = "".join(_Writer(payer, decisions, recovered, control_number, at).segments())
    answer = TransactionSet("835", "0001", "", body)  # the guide leaves ST03 out
    return envelope(received, control_number, at, [FunctionalGroup("HP", VERSION, control_number, [answer])])


class _Writer:
    def __init__(
        self,
        payer: PayerProfile,
        decisions: Sequence[Decision],
        recovered: Sequence[ProviderAdjustment],
        number: int,
        at: datetime,
    ) -> None:
        self._payer = payer
        self._decisions = decisions
        self._day = f"{at:%Y%m%d}"
        self._year_end = f"{at:%Y}1231"
        self._trace = f"EFT{at:%y%m%d}{number:09d}"
        self._tax_id = "1" + str(int.from_bytes(blake2b(payer.payer_id.encode(), digest_size=4).digest())).zfill(10)[:9]
        self._adjustments = list(recovered)
        left = self._left()
        if left < 0:
            self._adjustments.append(ProviderAdjustment("FB", self._trace, left))

    def _left(self) -> Decimal:
        paid = sum((decision.paid for decision in self._decisions), NOTHING)
        return paid - sum((one.amount for one in self._adjustments), NOTHING)

    def segments(self) -> Iterator[str]:
        payee = self._decisions[0].claim.billing
        yield self._payment()
        yield segment("TRN", "1", self._trace, self._tax_id)
        yield segment("DTM", "405", self._day)
        yield segment("N1", "PR", self._payer.name, "XV", self._payer.payer_id)
        yield segment("N3", "1 PAYER PLAZA") + segment("N4", "NASHVILLE", "TN", "37201")
        yield segment("PER", "BL", "REMITTANCE HELP", "TE", "6155550190")
        yield segment("N1", "PE", payee.last or "UNKNOWN", "XX", payee.id)
        if payee.tax_id:
            yield segment("REF", "TJ", payee.tax_id)
        yield segment("LX", "1")
        for decision in self._decisions:
            yield from self._claim(decision)
        for one in self._adjustments:
            what = composite(one.reason, one.reference)
            yield segment("PLB", payee.id, self._year_end, what, _money(one.amount))

    def _payment(self) -> str:
        left = self._left()
        if not left:
            return segment("BPR", "H", "0", "C", "NON", *[""] * 11, self._day)
        return segment(
            "BPR", "I", _money(left), "C", "ACH", "CCP", "01", _ROUTING, "DA", "123456", self._tax_id, "", "01",
            _ROUTING, "DA", "98765", self._day,
        )  # fmt: skip

    def _claim(self, decision: Decision) -> Iterator[str]:
        claim = decision.claim
        yield segment(
            "CLP", claim.control_number, decision.status, _money(decision.charged), _money(decision.paid),
            _money(decision.of_patient) if decision.of_patient > 0 else "", _filing_indicator(claim.filing_indicator),
            decision.payer_number, claim.facility, claim.frequency,
        )  # fmt: skip
        yield _patient(claim.patient, claim.subscriber)
        if dates := claim.service_dates:
            yield segment("DTM", "232", dates[0]) + segment("DTM", "233", dates[-1])
        for line in decision.lines:
            yield from self._line(line)

    def _line(self, decided: DecidedLine) -> Iterator[str]:
        line = decided.line
        if line.procedure:
            what = composite("HC", line.procedure, *line.modifiers)
            revenue_code = line.revenue_code
        else:
            what, revenue_code = composite("NU", line.revenue_code), ""
        units = f"{line.units.normalize():f}" if line.units is not None else "1"
        yield segment("SVC", what, _money(decided.charged), _money(decided.paid), revenue_code, units)
        if line.service_date:
            first, _, last = line.service_date.partition("-")
            one_day = not last or first == last
            yield (
                segment("DTM", "472", first) if one_day else segment("DTM", "150", first) + segment("DTM", "151", last)
            )
        for adjustment in decided.adjustments:
            yield segment("CAS", adjustment.group, adjustment.reason, _money(adjustment.amount))
        if line.control_number:
            yield segment("REF", "6R", line.control_number)
        if decided.allowed > 0:
            yield segment("AMT", "B6", _money(decided.allowed))
        if decided.remark:
            yield segment("LQ", "HE", decided.remark)


def _filing_indicator(of_claim: str) -> str:
    """An 837 may say commercial (CI) or Blue Cross (BL), an 835 may not."""
    return of_claim if of_claim in code_list("remitted_filing_indicators") else "ZZ"


def _patient(patient: Party, subscriber: Party) -> str:
    member = subscriber.id
    return segment("NM1", "QC", "1", patient.last, patient.first, "", "", "", "MI" if member else "", member)


def _money(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
