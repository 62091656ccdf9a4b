"""From claims to an interchange: grouped by billing provider, subscriber and patient, hierarchy and counts derived."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import starmap
from typing import Literal, TypeAlias, TypeVar

from services.submission.domain.batching import MOST_CLAIMS
from services.submission.domain.references import batch_reference
from services.submission.domain.x12.claim_institutional import institutional_claim
from services.submission.domain.x12.claim_professional import professional_claim
from services.submission.domain.x12.elements import Segments, contact
from services.submission.domain.x12.parties import (
    billing_facility,
    billing_provider,
    pay_to_address,
    pay_to_plan,
    provider_values,
)
from services.submission.domain.x12.subscribers import patient_level, subscriber_level
from shared.claims import ClaimKind, Contact, Coverage, InstitutionalClaim, PatientControlNumber, ProfessionalClaim
from shared.x12 import (
    CharacterSet,
    FunctionalGroup,
    Interchange,
    TradingPartner,
    TransactionSet,
    X12Error,
    form,
    render,
    segment,
)

AnyClaim = ProfessionalClaim | InstitutionalClaim
T = TypeVar("T")

VERSIONS: dict[ClaimKind, str] = {"professional": "005010X222A1", "institutional": "005010X223A2"}

_FAULTS_OF_A_CLAIM = frozenset({"character", "segment_repeated", "separators"})

_hl_provider = form("HL*{}**20*1~")
_hl_subscriber = form("HL*{}*{}*22*{}~")
_hl_patient = form("HL*{}*{}*23*0~")

_MOST_CLAIMS_OF_ONE = 100
"""CLM under one subscriber or patient (2300 repeat)."""


@dataclass(frozen=True, slots=True)
class EnvelopeSettings:
    """Who sends to whom, when and under which number. `created_at` is written as its own clock reads."""

    sender: TradingPartner
    sender_name: str
    submitter_id: str
    """1000A NM109, the electronic transmitter id given by the receiver."""
    contact: Contact
    receiver: TradingPartner
    receiver_name: str
    receiver_id: str
    """1000B NM109."""
    control_number: int
    """ISA13 and, the only group of its interchange, GS06."""
    created_at: datetime
    usage: Literal["P", "T"] = "T"
    purpose: Literal["CH", "RP"] = "CH"
    """BHT06: chargeable claims, or reports of encounters."""
    character_set: CharacterSet = "extended"
    claims_in_set: int = MOST_CLAIMS


class UnwritableClaim(X12Error):
    """One claim cannot be written, and the interchange with it. Take it out and write the rest."""

    def __init__(self, error: X12Error, patient_control_number: PatientControlNumber) -> None:
        super().__init__(error.code, str(error))
        self.patient_control_number = patient_control_number


def write_interchange(claims: Sequence[AnyClaim], envelope: EnvelopeSettings) -> bytes:
    """The claims, all of one kind, as one interchange with one functional group, each claim in it once.

    ISA to IEA, ASCII, no line breaks. The same claims and envelope give the same bytes. Raises ValueError where there
    are no claims, where they are of both kinds or two have the same CLM01; UnwritableClaim for one that an 837, or its
    character set, cannot hold; X12Error for an envelope that is impossible.
    """
    kind = _kind_of(claims)
    try:
        return render(_interchange(claims, kind, envelope), envelope.character_set)
    except X12Error as error:
        raise _blamed(error, claims, envelope) from None


def _interchange(claims: Sequence[AnyClaim], kind: ClaimKind, envelope: EnvelopeSettings) -> Interchange:
    sets = [
        TransactionSet("837", f"{number:04d}", VERSIONS[kind], _transaction_set(part, kind, envelope, number))
        for number, part in enumerate(_parts(claims, envelope.claims_in_set), 1)
    ]
    return Interchange(
        sender=envelope.sender,
        receiver=envelope.receiver,
        control_number=envelope.control_number,
        created_at=envelope.created_at,
        usage=envelope.usage,
        groups=[FunctionalGroup("HC", VERSIONS[kind], envelope.control_number, sets)],
    )


def _kind_of(claims: Sequence[AnyClaim]) -> ClaimKind:
    kinds = {claim.kind for claim in claims}
    if len(kinds) != 1:
        raise ValueError("an interchange holds claims of one kind")
    if len({claim.patient_control_number for claim in claims}) != len(claims):
        raise ValueError("two claims have the same patient control number")
    return kinds.pop()


def _parts(claims: Sequence[T], size: int) -> Sequence[Sequence[T]]:
    if len(claims) <= size:
        return (claims,)
    return [claims[begin : begin + size] for begin in range(0, len(claims), size)]


def _blamed(error: X12Error, claims: Sequence[AnyClaim], envelope: EnvelopeSettings) -> X12Error:
    """The claim that a fault in the text belongs to, found by writing each alone. The envelope's are nobody's."""
    if error.code not in _FAULTS_OF_A_CLAIM:
        return error
    if len(claims) == 1:
        return UnwritableClaim(error, claims[0].patient_control_number)
    return next(_unwritable(claims, envelope), error)


def _unwritable(claims: Sequence[AnyClaim], envelope: EnvelopeSettings) -> Iterator[UnwritableClaim]:
    for claim in claims:
        try:
            write_interchange([claim], envelope)
        except UnwritableClaim as unwritable:
            yield unwritable


def _transaction_set(claims: Sequence[AnyClaim], kind: ClaimKind, envelope: EnvelopeSettings, number: int) -> str:
    return _header(envelope, number) + "".join(_Hierarchy(kind).segments(claims))


def _header(envelope: EnvelopeSettings, number: int) -> Segments:
    """BHT, 1000A, 1000B."""
    when = envelope.created_at
    reference = batch_reference(envelope.control_number, number)
    return "".join(
        (
            segment("BHT", "0019", "00", reference, f"{when:%Y%m%d}", f"{when:%H%M}", envelope.purpose),
            segment("NM1", "41", "2", envelope.sender_name, "", "", "", "", "46", envelope.submitter_id),
            contact(envelope.contact),
            segment("NM1", "40", "2", envelope.receiver_name, "", "", "", "", "46", envelope.receiver_id),
        )
    )


Billed: TypeAlias = tuple[AnyClaim, Coverage]
"""A claim and which of its coverages it is sent to."""


class _Hierarchy:
    """2000A over 2000B over 2000C. Claims whose level would read the same share it; HL numbers follow."""

    def __init__(self, kind: ClaimKind) -> None:
        self._billing: Callable[..., Segments] = billing_provider if kind == "professional" else billing_facility
        self._claim: Callable[..., Segments] = professional_claim if kind == "professional" else institutional_claim
        self._last = 0
        self._billing_loops: dict[object, Segments] = {}
        """2000A and 2010AA of each provider, by all that they are made of: a batch has few."""

    def segments(self, claims: Sequence[AnyClaim]) -> Iterator[Segments]:
        billed = [(claim, claim.billed_coverage) for claim in claims]
        for provider, of_provider in _shared(billed, self._billing_level):
            provider_number = self._next()
            yield _hl_provider(provider_number) + provider
            for subscriber, of_subscriber in _shared(of_provider, subscriber_level):
                for part in _parts(of_subscriber, _MOST_CLAIMS_OF_ONE):
                    yield self._subscriber(subscriber, part, provider_number)

    def _subscriber(self, subscriber: Segments, claims: Sequence[Billed], parent: int) -> Segments:
        number = self._next()
        if claims[0][1].patient_is_subscriber:
            return _hl_subscriber(number, parent, "0") + subscriber + self._claims(claims)
        return _hl_subscriber(number, parent, "1") + subscriber + "".join(self._patients(claims, number))

    def _patients(self, claims: Sequence[Billed], parent: int) -> Iterator[Segments]:
        for patient, of_patient in _shared(claims, patient_level):
            yield _hl_patient(self._next(), parent) + patient + self._claims(of_patient)

    def _claims(self, claims: Sequence[Billed]) -> Segments:
        return "".join(starmap(self._claim, claims))

    def _billing_level(self, claim: AnyClaim, _: Coverage) -> Segments:
        provider, address, plan = claim.billing, claim.pay_to_address, claim.pay_to_plan
        made_of = provider_values(provider)
        level = self._billing_loops.get(made_of)
        if level is None:
            level = self._billing_loops[made_of] = self._billing(provider)
        return level if address is None and plan is None else level + pay_to_address(address) + pay_to_plan(plan)

    def _next(self) -> int:
        self._last += 1
        return self._last


def _shared(
    claims: Sequence[Billed], level: Callable[[AnyClaim, Coverage], Segments]
) -> Iterable[tuple[Segments, Sequence[Billed]]]:
    """Claims by the text of their level, in the order in which each text first came."""
    groups: defaultdict[Segments, list[Billed]] = defaultdict(list)
    for billed in claims:
        groups[level(*billed)].append(billed)
    return groups.items()
