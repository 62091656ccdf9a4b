"""What the front end reads out of a transaction set: each claim with its provider, payer, people, codes and lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation

from services.simulator.domain.interchanges import ReceivedSet, take_apart
from shared.x12 import Segment

_DAY_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Party:
    """A person or organisation as NM1 and what follows it tell: absent parts are ""."""

    entity_type: str = ""
    last: str = ""
    first: str = ""
    id_qualifier: str = ""
    id: str = ""
    taxonomy: str = ""
    tax_id: str = ""
    address: tuple[str, ...] = ()
    city: str = ""
    state: str = ""
    zip_code: str = ""
    country: str = ""
    birth_date: str = ""
    sex: str = ""

    @property
    def is_person(self) -> bool:
        return self.entity_type == "1"


@dataclass
class ReceivedLine:
    number: str
    product: tuple[str, ...] = ()
    """SV101 or SV202 by component: qualifier, procedure, modifiers."""
    revenue_code: str = ""
    charge: Decimal | None = None
    units: Decimal | None = None
    pointers: tuple[str, ...] = ()
    control_number: str = ""
    """REF*6R."""
    service_date: str = ""
    """DTP03 of DTP*472."""
    segments: list[Segment] = field(default_factory=list)
    """All of loop 2400 and below, after LX."""

    @property
    def procedure(self) -> str:
        return self.product[1] if len(self.product) > 1 else ""

    @property
    def modifiers(self) -> tuple[str, ...]:
        return tuple(filter(None, self.product[2:6]))


@dataclass
class ReceivedClaim:
    """One CLM with what stands above and below it. Amounts that are no numbers are None."""

    kind: str
    control_number: str
    total_charge: Decimal | None
    facility: str
    frequency: str
    billing: Party
    payer: Party
    subscriber: Party
    patient: Party
    filing_indicator: str
    providers: dict[str, Party] = field(default_factory=dict)
    """2310 by NM101: 82 rendering, 71 attending, DN referring …"""
    references: dict[str, str] = field(default_factory=dict)
    """2300 REF by qualifier: D9, F8, G1, EA …"""
    dates: dict[str, str] = field(default_factory=dict)
    """2300 DTP03 by qualifier: 434, 435, 096 …"""
    codes: list[tuple[str, ...]] = field(default_factory=list)
    """HI composites by component."""
    lines: list[ReceivedLine] = field(default_factory=list)
    other_payers: int = 0
    above: tuple[Segment, ...] = ()
    """Loops 2000A to 2010 of its billing provider, subscriber and patient."""
    segments: list[Segment] = field(default_factory=list)
    """Loops 2300 and 2310, with CLM."""
    others: list[list[Segment]] = field(default_factory=list)
    """Loop 2320 and below of each other payer, from its SBR on."""

    def segment(self, segment_id: str, qualifier: str = "") -> Segment | None:
        """The first of loops 2300 and 2310 with this id, and this first element where one is asked for."""
        found = (one for one in self.segments if one.id == segment_id and qualifier in ("", one[1]))
        return next(found, None)

    def coded(self, *qualifiers: str) -> list[tuple[str, ...]]:
        """The HI composites with one of these qualifiers, each with nine components."""
        return [(*code, *[""] * (9 - len(code))) for code in self.codes if code[0] in qualifiers]

    @property
    def is_hospital_stay(self) -> bool:
        return self.kind == "institutional" and self.facility == "11"

    @property
    def is_inpatient(self) -> bool:
        """Facility 1, 2 or 4, classification 1 or 8 (CMS Pub 100-04 ch. 1 §50.2.1)."""
        return self.kind == "institutional" and self.facility[:1] in {"1", "2", "4"} and self.facility[1:] in {"1", "8"}

    @property
    def first_day(self) -> date | None:
        return day_of(self.service_dates[0]) if self.service_dates else None

    @property
    def last_day(self) -> date | None:
        return day_of(self.service_dates[-1]) if self.service_dates else None

    @property
    def diagnoses(self) -> list[str]:
        """Principal and other diagnoses in their order."""
        return [code[1] for code in self.codes if code[0] in ("ABK", "ABF") and len(code) > 1]

    @property
    def patient_is_subscriber(self) -> bool:
        return self.patient is self.subscriber

    @property
    def type_of_bill(self) -> str:
        return f"{self.facility}{self.frequency}"

    @property
    def service_dates(self) -> list[str]:
        """Every CCYYMMDD of the statement period, else of the lines."""
        periods = [self.dates["434"]] if "434" in self.dates else [line.service_date for line in self.lines]
        return sorted(day for period in periods for day in period.split("-") if day)


def read_claims(content: bytes) -> list[ReceivedClaim]:
    """Every claim of every transaction set of the first interchange. Raises X12Error where there is no readable ISA."""
    received = take_apart(content)
    return [claim for group in received.groups for one in group.sets for claim in claims_of(one, group.version)]


def claims_of(received: ReceivedSet, version: str) -> Iterator[ReceivedClaim]:
    """Every claim of a transaction set, whole before the next one begins."""
    reading = _Reading("institutional" if version.startswith("005010X223") else "professional")
    for segment, _ in received.segments:
        if segment.id in ("CLM", "HL"):
            yield from reading.finish()
        reading.take(segment)
    yield from reading.finish()


_PARTY_AT = {"85": "billing", "IL": "subscriber", "PR": "payer", "QC": "patient"}


class _Reading:
    """Where we are in the hierarchy, and the claim that is being put together."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._parties: dict[str, Party] = {}
        self._taxonomy = ""
        self._filing_indicator = ""
        self._claim: ReceivedClaim | None = None
        self._levels: dict[str, list[Segment]] = {}
        """The segments of the open levels (HL03), without HL."""
        self._level = ""
        self._at: str | None = None
        """Whose NM1 was last: a key of `_parties`, or a role of the claim's providers."""

    def finish(self) -> Iterator[ReceivedClaim]:
        claim, self._claim = self._claim, None
        if claim is not None:
            yield claim

    def take(self, segment: Segment) -> None:
        if self._claim is None:
            self._take_above(segment)
        elif self._claim.lines or segment.id == "LX":
            _take_line(self._claim, segment)
        else:
            self._take_claim(self._claim, segment)

    def _take_above(self, segment: Segment) -> None:
        """Loops 1000 to 2010."""
        self._levels.setdefault(self._level, []).append(segment)
        match segment.id:
            case "HL":
                self._leave(segment[3])
            case "PRV":
                self._taxonomy = segment[3]
            case "SBR":
                self._filing_indicator = segment[9]
            case "NM1":
                self._at = _PARTY_AT.get(segment[1])
                if self._at is not None:
                    self._parties[self._at] = _party(segment)
            case "CLM":
                self._claim = self._begun(segment)
                self._at = None
            case _ if self._at is not None:
                self._parties[self._at] = _told(self._parties[self._at], segment)

    def _leave(self, level: str) -> None:
        """A new level forgets what stood at it and below it."""
        self._at, self._level = None, level
        below = {"20": ("20", "22", "23"), "22": ("22", "23")}
        for one in below.get(level, ("23",)):
            self._levels.pop(one, None)
        forgotten = {"20": ("billing", "subscriber", "payer", "patient"), "22": ("subscriber", "payer", "patient")}
        for name in forgotten.get(level, ("patient",)):
            self._parties.pop(name, None)
        if level == "20":
            self._taxonomy = ""

    def _begun(self, clm: Segment) -> ReceivedClaim:
        subscriber = self._parties.get("subscriber", Party())
        return ReceivedClaim(
            kind=self._kind,
            control_number=clm[1],
            total_charge=number_of(clm[2]),
            facility=clm.component(5, 1),
            frequency=clm.component(5, 3),
            billing=replace(self._parties.get("billing", Party()), taxonomy=self._taxonomy),
            payer=self._parties.get("payer", Party()),
            subscriber=subscriber,
            patient=self._parties.get("patient", subscriber),
            filing_indicator=self._filing_indicator,
            above=tuple(segment for level in ("20", "22", "23") for segment in self._levels.get(level, ())),
            segments=[clm],
        )

    def _take_claim(self, claim: ReceivedClaim, segment: Segment) -> None:
        """Loops 2300, 2310 and 2320, up to the first line. What other payers say is only counted."""
        if segment.id == "SBR":
            claim.other_payers += 1
            claim.others.append([])
        if claim.other_payers:
            claim.others[-1].append(segment)
            return
        claim.segments.append(segment)
        match segment.id:
            case "NM1":
                self._at = segment[1]
                claim.providers[self._at] = _party(segment)
            case _ if self._at is not None:
                claim.providers[self._at] = _told(claim.providers[self._at], segment)
            case "REF":
                claim.references[segment[1]] = segment[2]
            case "DTP":
                claim.dates[segment[1]] = segment[3]
            case "HI":
                claim.codes += [tuple(segment.components(n)) for n in range(1, len(segment.elements) + 1)]


def _take_line(claim: ReceivedClaim, segment: Segment) -> None:
    if segment.id == "LX":
        claim.lines.append(ReceivedLine(segment[1]))
        return
    line = claim.lines[-1]
    line.segments.append(segment)
    match segment.id:
        case "SV1":
            line.product = tuple(segment.components(1))
            line.charge, line.units = number_of(segment[2]), number_of(segment[4])
            line.pointers = tuple(segment.components(7))
        case "SV2":
            line.revenue_code = segment[1]
            line.product = tuple(segment.components(2))
            line.charge, line.units = number_of(segment[3]), number_of(segment[5])
        case "DTP" if segment[1] == "472":
            line.service_date = segment[3]
        case "REF" if segment[1] == "6R":
            line.control_number = segment[2]


def parties(segments: Iterable[Segment]) -> Iterator[tuple[str, Party]]:
    """Everybody that an NM1 names, by NM101, with what follows it."""
    role, party = "", Party()
    for segment in segments:
        if segment.id == "NM1":
            if role:
                yield role, party
            role, party = segment[1], _party(segment)
        elif role:
            party = _told(party, segment)
    if role:
        yield role, party


def _party(nm1: Segment) -> Party:
    return Party(entity_type=nm1[2], last=nm1[3], first=nm1[4], id_qualifier=nm1[8], id=nm1[9])


def _told(party: Party, segment: Segment) -> Party:
    """What follows an NM1 and says more about it."""
    match segment.id:
        case "N3":
            return replace(party, address=tuple(filter(None, segment.elements)))
        case "N4":
            return replace(party, city=segment[1], state=segment[2], zip_code=segment[3], country=segment[4])
        case "DMG":
            return replace(party, birth_date=segment[2], sex=segment[3])
        case "PRV":
            return replace(party, taxonomy=segment[3])
        case "REF" if segment[1] in ("EI", "SY") and not party.tax_id:
            return replace(party, tax_id=segment[2])
    return party


def day_of(text: str) -> date | None:
    """CCYYMMDD, with or without an hour after it; None where it is no day."""
    try:
        return date.fromisoformat(text[:8]) if text[:8].isdigit() and len(text) >= _DAY_LENGTH else None
    except ValueError:
        return None


def number_of(text: str) -> Decimal | None:
    """None where it is no number."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
