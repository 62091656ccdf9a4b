"""TA1 and 999 as the clearinghouse writes them (005010X231A1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.simulator.domain.interchanges import ReceivedGroup, ReceivedInterchange
from services.simulator.domain.set_checks import SetVerdict, StructureFault
from shared.x12 import FunctionalGroup, Interchange, TradingPartner, TransactionSet, composite, render, segment

VERSION = "005010X231A1"


@dataclass(frozen=True, slots=True)
class Answer:
    """A file that goes back, `after` so long."""

    kind: str
    content: bytes
    after: timedelta = timedelta(0)


def envelope(
    received: ReceivedInterchange,
    control_number: int,
    at: datetime,
    groups: Sequence[FunctionalGroup] = (),
    bare_segments: str = "",
) -> bytes:
    """An interchange back to the sender of `received`."""
    isa = received.header
    group_header = received.groups[0].header if received.groups else None
    return render(
        Interchange(
            sender=TradingPartner(isa[8].strip(), isa[7], group_header[3] if group_header else ""),
            receiver=TradingPartner(isa[6].strip(), isa[5], group_header[2] if group_header else ""),
            control_number=control_number,
            created_at=at,
            usage="P" if isa[15] == "P" else "T",
            groups=groups,
            acknowledgment_requested=False,
            bare_segments=bare_segments,
        )
    )


def interchange_acknowledgement(received: ReceivedInterchange, note: str, control_number: int, at: datetime) -> bytes:
    """TA1: A with note 000, else R with what is wrong."""
    isa = received.header
    ta1 = segment("TA1", isa[13], isa[9], isa[10], "A" if note == "000" else "R", note)
    return envelope(received, control_number, at, bare_segments=ta1)


def implementation_acknowledgement(
    received: ReceivedInterchange,
    group: ReceivedGroup,
    codes: tuple[str, ...],
    verdicts: Sequence[SetVerdict],
    control_number: int,
    at: datetime,
) -> bytes:
    """The 999 of one group."""
    body = "".join(_group(group, codes, verdicts))
    answer = TransactionSet("999", "0001", VERSION, body)
    return envelope(received, control_number, at, [FunctionalGroup("FA", VERSION, control_number, [answer])])


def _group(group: ReceivedGroup, codes: tuple[str, ...], verdicts: Sequence[SetVerdict]) -> Iterator[str]:
    yield segment("AK1", group.header[1], group.control_number, group.version)
    for verdict in verdicts:
        yield segment("AK2", "837", verdict.control_number, verdict.version)
        for fault in verdict.faults:
            yield from _fault(fault)
        yield segment("IK5", "A" if verdict.accepted and not codes else "R", *verdict.codes[:5])
    accepted = 0 if codes else sum(verdict.accepted for verdict in verdicts)
    total = len(verdicts)
    yield segment("AK9", _outcome(accepted, total), str(total), str(total), str(accepted), *codes[:5])


def _outcome(accepted: int, total: int) -> str:
    if accepted == 0:
        return "R"
    return "A" if accepted == total else "P"


def _fault(fault: StructureFault) -> Iterator[str]:
    yield segment("IK3", fault.segment, str(fault.position), "", fault.code)
    if fault.element is not None and fault.element_code is not None:
        component = str(fault.component) if fault.component else ""
        yield segment("IK4", composite(str(fault.element), component), "", fault.element_code)
