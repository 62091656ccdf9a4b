"""One interchange through the clearinghouse and its payers: what answers it gets, and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import count

from services.simulator.domain.acknowledgements import (
    Answer,
    implementation_acknowledgement,
    interchange_acknowledgement,
)
from services.simulator.domain.adjudication import REPLACEMENT, VOID, FormerDecision
from services.simulator.domain.behaviour import Behaviour
from services.simulator.domain.claim_acknowledgement import Answered, Source, Submission, claim_acknowledgement
from services.simulator.domain.claim_edits import CLAIM_EDITS
from services.simulator.domain.code_edits import CODE_EDITS
from services.simulator.domain.interchange_checks import ACCEPTED, DUPLICATE, interchange_note
from services.simulator.domain.interchanges import ReceivedGroup, ReceivedInterchange, ReceivedSet, take_apart
from services.simulator.domain.line_edits import LINE_EDITS
from services.simulator.domain.party_edits import PARTY_EDITS
from services.simulator.domain.payer_edits import PAYER_EDITS
from services.simulator.domain.payments import Remitting
from services.simulator.domain.questions import Asked
from services.simulator.domain.received_claims import Party, ReceivedClaim, claims_of
from services.simulator.domain.set_checks import SetVerdict, group_codes, judge_set, made_up_fault
from services.simulator.domain.statuses import RECEIVED, SEE_LINES, ClaimVerdict, LineStatus, Status
from services.simulator.parameters import PayerProfile, payers
from shared.tables import Tables

_DUPLICATE_NUMBER = Status("A3", "746")
_DUPLICATE_CLAIM = Status("A3", "78")
_NOTHING_LATE = timedelta(0)

Service = tuple[str, ...]
"""What makes two claims the same service: provider, member, patient, dates, codes, charge."""


@dataclass(frozen=True, slots=True)
class History:
    """What was seen before: control numbers by sender, services in process, and payers' decisions by their number."""

    control_numbers: AbstractSet[tuple[str, str]] = frozenset()
    services: AbstractSet[Service] = frozenset()
    decisions: Mapping[str, FormerDecision] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadSet:
    """A transaction set, what the 999 says of it, and its claims where it is accepted."""

    received: ReceivedSet
    verdict: SetVerdict
    claims: tuple[ReceivedClaim, ...]


@dataclass(frozen=True, slots=True)
class ReadGroup:
    """A functional group; `codes` (AK905 and on) say why it is refused as a whole."""

    received: ReceivedGroup
    codes: tuple[str, ...]
    sets: tuple[ReadSet, ...]


@dataclass(frozen=True, slots=True)
class ReadInterchange:
    """An interchange as the clearinghouse read it. What it decides depends on what `asks` it has seen before."""

    received: ReceivedInterchange
    groups: tuple[ReadGroup, ...]

    @property
    def sender(self) -> str:
        return self.received.header[6].strip()

    @property
    def asks(self) -> History:
        """All that a History must say of each whether it was seen."""
        numbers = frozenset((self.sender, claim.control_number) for claim in self._claims)
        return History(numbers, frozenset(map(_service, self._claims)))

    @property
    def names(self) -> frozenset[str]:
        """The payers' numbers of earlier claims that its claims replace or void (REF*F8)."""
        again = [claim for claim in self._claims if claim.frequency in (REPLACEMENT, VOID)]
        return frozenset(claim.references["F8"] for claim in again if "F8" in claim.references)

    @property
    def _claims(self) -> Sequence[ReceivedClaim]:
        return [claim for group in self.groups for one in group.sets for claim in one.claims]


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that an interchange leads to; `history` is what it adds."""

    note: str
    """TA105."""
    claims: int
    answers: tuple[Answer, ...]
    history: History


def read_interchange(content: bytes) -> ReadInterchange:
    """The first interchange of the file. Raises X12Error only where there is no readable ISA."""
    received = take_apart(content)
    return ReadInterchange(received, tuple(map(_read_group, received.groups)))


def _read_group(group: ReceivedGroup) -> ReadGroup:
    codes = group_codes(group)
    return ReadGroup(group, codes, tuple(_read_set(one, group, taken=not codes) for one in group.sets))


def _read_set(one: ReceivedSet, group: ReceivedGroup, *, taken: bool) -> ReadSet:
    verdict = judge_set(one, group)
    return ReadSet(one, verdict, tuple(claims_of(one, group.version)) if taken and verdict.accepted else ())


def process(
    interchange: ReadInterchange,
    *,
    behaviour: Behaviour,
    history: History,
    already_used: bool,
    at: datetime,
    first_control_number: int,
    tables: Tables | None = None,
) -> Outcome:
    """The answers to `interchange`, in the order in which they go out.

    `already_used` says that the sender has sent another interchange under this ISA13. Answers take control numbers
    from `first_control_number` on. With `tables` codes must be valid on the day of service. The same arguments give the
    same answers.
    """
    note = interchange_note(interchange.received)
    if note == ACCEPTED and already_used:
        note = DUPLICATE
    run = _Run(interchange, behaviour, history, at, count(first_control_number), tables)
    answers = tuple(run.answers(note))
    seen = History(frozenset(run.numbers), frozenset(run.services), run.decisions)
    return Outcome(note, run.claims, answers, seen)


class _Run:
    """One interchange on its way."""

    def __init__(
        self,
        interchange: ReadInterchange,
        behaviour: Behaviour,
        history: History,
        at: datetime,
        control_numbers: Iterator[int],
        tables: Tables | None,
    ) -> None:
        self._interchange = interchange
        self._received = interchange.received
        self._behaviour = behaviour
        self._history = history
        self._at = at
        self._control_numbers = control_numbers
        self._tables = tables
        self.claims = 0
        self.numbers: set[tuple[str, str]] = set()
        self.services: set[Service] = set()
        self.decisions: dict[str, FormerDecision] = {}

    def answers(self, note: str) -> Iterator[Answer]:
        if note != ACCEPTED or self._received.header[14] == "1":
            number = next(self._control_numbers)
            yield Answer("TA1", interchange_acknowledgement(self._received, note, number, self._at))
        if note == ACCEPTED:
            for group in self._interchange.groups:
                yield from self._group(group)

    def _group(self, group: ReadGroup) -> Iterator[Answer]:
        sets = [self._or_refused(one) for one in group.sets]
        verdicts = [one.verdict for one in sets]
        number = next(self._control_numbers)
        content = implementation_acknowledgement(
            self._received, group.received, group.codes, verdicts, number, self._at
        )
        yield Answer("999", content)
        if group.codes:
            return
        for one in sets:
            if one.verdict.accepted:
                yield from self._set(one)

    def _or_refused(self, one: ReadSet) -> ReadSet:
        """A set that has no fault may be refused for one that behaviour makes up."""
        key = f"{self._received.header[13]}/{one.received.control_number}"
        if one.verdict.accepted and self._behaviour.happens(self._behaviour.refused_sets, "refused-set", key):
            made_up = made_up_fault(one.received, self._behaviour.draw("refused-claim", key))
            return replace(one, verdict=replace(one.verdict, codes=("5",), faults=(made_up,)))
        return one

    def _set(self, one: ReadSet) -> Iterator[Answer]:
        """The clearinghouse first and then each payer, or the other way round where the seed says so."""
        self.claims += len(one.claims)
        submission = _submission(one.received)
        fronts = [Answered(claim, self._front_end(claim)) for claim in one.claims]
        clearinghouse = Source("AY", self._received.header[8].strip(), self._received.header[8].strip())
        first = [self._file(clearinghouse, submission, fronts)]
        passed = [front.claim for front in fronts if not front.verdict.rejected]
        then = list(self._payer_files(passed, submission))
        key = f"{self._received.header[13]}/{one.received.control_number}"
        swapped = self._behaviour.happens(self._behaviour.out_of_order, "out-of-order", key)
        for index, answer in enumerate(then + first if swapped else first + then):
            yield answer
            if self._behaviour.happens(self._behaviour.repeated, "repeated", f"{key}/{index}"):
                yield answer
        remitting = Remitting(self._received, self._behaviour, self._at, self._control_numbers, self._history.decisions)
        yield from remitting.answers(passed)
        self.decisions |= remitting.kept

    def _file(
        self, source: Source, submission: Submission, answered: Sequence[Answered], after: timedelta = _NOTHING_LATE
    ) -> Answer:
        number = next(self._control_numbers)
        content = claim_acknowledgement(self._received, source, submission, answered, number, self._at + after)
        return Answer("277CA", content, after)

    def _front_end(self, claim: ReceivedClaim) -> ClaimVerdict:
        """The edits, and whether the claim was seen before. A service is in process unless its payer refuses it."""
        number, service = (self._interchange.sender, claim.control_number), _service(claim)
        if number in self._history.control_numbers or number in self.numbers:
            return ClaimVerdict((_DUPLICATE_NUMBER,))
        self.numbers.add(number)
        verdict = front_end_verdict(claim, payers().get(claim.payer.id), self._at.date(), self._tables)
        if verdict.rejected:
            return verdict
        if service in self._history.services or service in self.services:
            return ClaimVerdict((_DUPLICATE_CLAIM,))
        if made_up := self._behaviour.front_end_rejection(claim):
            return ClaimVerdict((made_up,))
        if not self._behaviour.of(claim.payer.id).payer_verdict(claim).rejected:
            self.services.add(service)
        return verdict

    def _payer_files(self, claims: Sequence[ReceivedClaim], submission: Submission) -> Iterator[Answer]:
        """A file for each payer, and another one later for the claims that it is late with."""
        by_payer: dict[str, list[ReceivedClaim]] = {}
        for claim in claims:
            by_payer.setdefault(claim.payer.id, []).append(claim)
        for payer_id, members in by_payer.items():
            source, behaviour = Source("PR", payers()[payer_id].name, payer_id), self._behaviour.of(payer_id)
            for after, part in _by_delay(members, behaviour):
                answered = [Answered(claim, behaviour.payer_verdict(claim)) for claim in part]
                yield self._file(source, submission, answered, after)


def _by_delay(claims: Sequence[ReceivedClaim], behaviour: Behaviour) -> Iterator[tuple[timedelta, list[ReceivedClaim]]]:
    """Those whose payer answers at once and those that it is late with; none that it is silent on."""
    on_time: list[ReceivedClaim] = []
    late: list[ReceivedClaim] = []
    for claim in claims:
        if behaviour.happens(behaviour.silent, "silent", claim.control_number):
            continue
        is_late = behaviour.happens(behaviour.late, "late", claim.control_number)
        (late if is_late else on_time).append(claim)
    for after, part in ((_NOTHING_LATE, on_time), (behaviour.late_by, late)):
        if part:
            yield after, part


def front_end_verdict(
    claim: ReceivedClaim, payer: PayerProfile | None, day: date, tables: Tables | None = None
) -> ClaimVerdict:
    """What the edits say: every status of the claim and its lines, once each, or that the clearinghouse has it.

    Without reference tables codes are held to their form alone.
    """
    asked = Asked(claim, payer, day, tables)
    statuses = [status for edit in CLAIM_EDITS if (status := edit(claim, payer, day))]
    statuses += [status for edit in (*PARTY_EDITS, *PAYER_EDITS, *CODE_EDITS) for status in edit(asked)]
    lines = tuple(
        LineStatus(index, status)
        for index, line in enumerate(claim.lines)
        for edit in LINE_EDITS
        if (status := edit(line, asked))
    )
    if lines and not statuses:
        statuses = [SEE_LINES]
    return ClaimVerdict(tuple(dict.fromkeys(statuses)) or (RECEIVED,), lines)


def _service(claim: ReceivedClaim) -> Service:
    """A replacement or void is no duplicate of what it names."""
    codes = tuple(f"{line.procedure or line.revenue_code}{line.modifiers}{line.units}" for line in claim.lines)
    return (
        claim.billing.id, claim.payer.id, claim.subscriber.id, claim.patient.first, claim.patient.birth_date,
        claim.frequency, claim.references.get("F8", ""), str(claim.total_charge), *claim.service_dates, *codes,
    )  # fmt: skip


def _submission(one: ReceivedSet) -> Submission:
    """1000A and BHT03."""
    submitter = next((s for s, _ in one.segments if s.id == "NM1" and s[1] == "41"), None)
    header = next((s for s, _ in one.segments if s.id == "BHT"), None)
    name = Party(last=submitter[3], id=submitter[9]) if submitter else Party(last="UNKNOWN", id="UNKNOWN")
    return Submission(name, header[3] if header else "0")
