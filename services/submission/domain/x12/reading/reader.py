"""The 837 reader: a file in, claims and faults out, one claim at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import BinaryIO, TypeAlias

from services.submission.domain.batching import MOST_CLAIMS
from services.submission.domain.x12.reading.checks import SegmentChecks, qualifier_faults
from services.submission.domain.x12.reading.claim_loops import (
    INSTITUTIONAL_PROVIDERS,
    INSTITUTIONAL_RULES,
    PROFESSIONAL_PROVIDERS,
    PROFESSIONAL_RULES,
)
from services.submission.domain.x12.reading.documents import begin_claim, finish_claim, relationship_faults
from services.submission.domain.x12.reading.envelope import (
    ENVELOPE_SEGMENTS,
    ClaimEnvelope,
    Envelope,
    Hierarchy,
    kind_of,
)
from services.submission.domain.x12.reading.faults import Fault, Placed, distinct, fault_at
from services.submission.domain.x12.reading.level_loops import LEVELS, level_openers
from services.submission.domain.x12.reading.line_loops import LINE_LOOPS, LINE_OPENERS
from services.submission.domain.x12.reading.loops import (
    Area,
    Levels,
    Loop,
    Openers,
    Rule,
    loop,
    not_carried,
    nothing,
    qualified,
)
from services.submission.domain.x12.reading.models import AnyClaim, Path, claim_of, origin_of
from services.submission.domain.x12.reading.parts import Part
from services.submission.domain.x12.reading.payer_loops import coverage_loop, other_payer_openers
from shared.claims import ClaimKind, Severity
from shared.x12 import Position, Segment, X12Error, read

_MOST_FAULTS = 100
"""Faults of its segments that are told of one claim; a claim with more is not one to mend by hand."""
_MOST_SEGMENTS = 100_000
"""Segments that are remembered of one claim, far above what the loops of the guides can hold."""


class NoClaims(Exception):
    """The file is X12, but holds no 837 of a guide that is read here."""


@dataclass(frozen=True, slots=True)
class ReceivedClaim:
    """One CLM with all that stands above and below it.

    `claim` is None where it cannot be made; `faults` say why, or what was left out of it. `segments` are those of the
    levels above and of the claim itself, in the order of the file.
    """

    claim: AnyClaim | None
    kind: ClaimKind
    envelope: ClaimEnvelope
    patient_control_number: str
    segments: tuple[Placed, ...]
    faults: tuple[Fault, ...]
    document: Part = field(repr=False)

    def origin(self, path: Path) -> tuple[Placed, str | None]:
        """The segment, and the element where it is known, that the value at a path of the claim came from."""
        return origin_of(self.document, path)


Received: TypeAlias = ReceivedClaim | Fault


def read_claims(source: bytes | BinaryIO) -> Iterator[Received]:
    """Every claim of a file, and every fault of the file that is no single claim's, in the order of the file.

    Memory is bounded by the longest claim. What is wrong in the file is told, not raised, and the next claim goes on;
    where the text is no longer X12, a fault says so and the reading ends. Raises X12Error where the file does not even
    begin with an interchange, and NoClaims at the end where it holds no 837.
    """
    segments = read(source)
    first = next(segments)
    reading = _FileReading()
    yield from reading.take(*first)
    try:
        for segment, position in segments:
            yield from reading.take(segment, position)
    except X12Error as error:
        yield from reading.broken(error)
    yield from reading.close()
    if not reading.any_claims:
        raise NoClaims("the file holds no 837")


class _FileReading:
    """The envelope, and the transaction set that is open in it."""

    def __init__(self) -> None:
        self.any_claims = False
        self._envelope = Envelope()
        self._set: _SetReading | None = None

    def take(self, segment: Segment, position: Position) -> Iterable[Received]:
        if segment.id in ENVELOPE_SEGMENTS:
            return self._of_envelope(segment, position)
        stray = self._envelope.count(segment, position)
        if stray is not None:
            return (stray,)
        return self._set.take(segment, position) if self._set is not None else ()

    def _of_envelope(self, segment: Segment, position: Position) -> Iterator[Received]:
        if self._set is not None:
            yield from self._set.close(cut_off=False)
            self._set = None
        yield from self._envelope.take(segment, position)
        if segment.id == "ST":
            yield from self._open(segment, position)

    def _open(self, st: Segment, position: Position) -> Iterator[Fault]:
        self.any_claims = self.any_claims or st[1] == "837"
        kind = kind_of(self._envelope.version) if st[1] == "837" else None
        if kind is not None:
            self._set = _SetReading(kind, self._envelope.of_claims, Placed(st, position, "ST"))
        else:
            message = "the transaction set is no 837 of professional or institutional claims: it is passed over"
            yield fault_at(Placed(st, position, "ST"), "set-type", message, "999 IK502 1")

    def broken(self, error: X12Error) -> Iterator[Received]:
        """Where the text is no longer X12: what stood open is cut off there."""
        if self._set is not None:
            yield from self._set.close(cut_off=True)
            self._set = None
        answer = "999 IK304 1" if error.code == "segment_id" else "TA1 022"
        yield Fault("text", str(error), answer, error.position or Position(0), "")

    def close(self) -> Iterator[Received]:
        if self._set is not None:
            yield from self._set.close(cut_off=True)
            self._set = None
        yield from self._envelope.close()


def _claim_loop(kind: ClaimKind) -> Loop:
    """2300. Its part is made by `begin_claim`, which knows the levels."""

    def begin(levels: Levels, clm: Placed) -> Part:
        levels.claim, levels.other_payer, levels.line = begin_claim(levels, clm), None, None
        return levels.claim

    rules = PROFESSIONAL_RULES if kind == "professional" else INSTITUTIONAL_RULES
    return loop("2300", "claim", begin, rules)


@cache
def _openers(kind: ClaimKind) -> Mapping[str, Openers]:
    """The loops that can follow in each area, by the segment that opens them."""
    claim: Openers = {"CLM": _claim_loop(kind)}
    line: Openers = {"LX": LINE_LOOPS[kind]}
    providers = PROFESSIONAL_PROVIDERS if kind == "professional" else INSTITUTIONAL_PROVIDERS
    payers: Openers = {"SBR": coverage_loop(kind)}
    above = level_openers(kind)
    return {
        "header": {**above["header"], **claim},
        "provider": {**above["provider"], **claim},
        "subscriber": {**above["subscriber"], **claim},
        "patient": {**above["patient"], **claim},
        "claim": {**providers, **payers, **line, **claim},
        "other_payer": {**other_payer_openers(kind), **payers, **line, **claim},
        "line": {**LINE_OPENERS[kind], **line, **claim},
    }


_HEADER = loop("ST", "header", lambda _levels, placed: Part(placed), {"BHT": nothing})

_HEADER_SEGMENTS = (("ST", "BHT"), ("1000A", "NM1"), ("1000A", "PER"), ("1000B", "NM1"))
"""What every transaction set begins with, by loop."""


@cache
def _unknown(area: Area) -> Loop:
    """Somebody who has no loop here, with what may follow an NM1: told of once, at the NM1."""
    rules = dict.fromkeys(("PRV", "N3", "N4", "DMG", "DTP", "REF", "PER"), Rule(nothing, 1_000))
    return loop("unknown", area, lambda _levels, placed: Part(placed), rules)


_NEW_COUNTS: Mapping[str, tuple[str, ...]] = {"HL": (), "CLM": (), "SBR": ("SBR", "LX"), "LX": ("SBR", "LX")}
"""Loops that others are counted under, each with those whose count goes on when it opens."""


class _SetReading:
    """One transaction set: where we are in its loops, and the claim that is being put together."""

    def __init__(self, kind: ClaimKind, envelope: ClaimEnvelope, st: Placed) -> None:
        self._kind: ClaimKind = kind
        self._envelope = envelope
        self._openers = _openers(kind)
        self._hierarchy = Hierarchy()
        self._levels = Levels()
        self._level = ""
        """HL03 of the level that is open."""
        self._above: dict[str, list[Placed]] = {}
        """The segments of the open levels by HL03."""
        self._left_out: dict[str, list[Fault]] = {}
        """Of the open levels by HL03, what claims have no place for."""
        self._own: list[Placed] = []
        self._faults: list[Fault] = []
        """Of the claim that is open."""
        self._dropped = False
        """Whether something of the open claim had no room, so that it cannot be made."""
        self._claims = 0
        self._st = st
        self._sound = SegmentChecks(kind)
        self._may_open = {"HL", *(key.partition("*")[0] for openers in self._openers.values() for key in openers)}
        self._is_header = True
        """Until the first level."""
        self._times: dict[str, int] = {}
        """How often each loop stood under the claim, payer or line that is open."""
        self._open(_HEADER, Part(st))

    def _open(self, opened: Loop, part: Part) -> None:
        self._loop, self._part = opened, part
        self._area: Area = opened.area
        self._seen: dict[str, int] = {}
        self._rank = 0

    def take(self, segment: Segment, position: Position) -> Sequence[Received]:
        """What is whole with this segment: the claim before, and faults that are no claim's."""
        name = segment.id
        if name in self._may_open:
            return self._take_opener(segment, position)
        placed = Placed(segment, position, self._loop.name)
        return self._told((*self._sound.faults(placed), *self._put(placed)), placed)

    def _take_opener(self, segment: Segment, position: Position) -> Sequence[Received]:
        """The same of a segment that opens a loop, here or elsewhere."""
        name, openers = segment.id, self._openers[self._area]
        key = name if name in openers else qualified(segment)
        opened = openers.get(key)
        whole: list[Received] = []
        if name == "HL":
            key, opened = name, LEVELS.get(segment[3])
            hl = Placed(segment, position, opened.name if opened is not None else "2000")
            whole += (*self._finish(), *self._header_faults(hl), *self._hierarchy.take(hl))
        elif name == "CLM" and opened is not None:
            whole += self._finish()
        placed = Placed(segment, position, opened.name if opened is not None else self._loop.name)
        faults = [*self._begin(opened, placed, key)] if opened is not None else []
        faults += self._sound.faults(placed)
        if name == "NM1" and opened is None:
            faults.append(self._nobody(placed))
        else:
            faults += self._put(placed)
        return (*whole, *self._told(faults, placed))

    def _told(self, faults: Sequence[Fault], placed: Placed) -> Sequence[Fault]:
        """Those that are no claim's; the others stand with the claim that is open."""
        if self._levels.claim is None:
            return faults
        if faults:
            self._tell(faults, placed)
        return ()

    def _tell(self, faults: Sequence[Fault], placed: Placed) -> None:
        """Of the open claim, as many as are told; that there are more is an error, whatever the others are."""
        room = _MOST_FAULTS - len(self._faults)
        self._faults += faults[: max(room, 0)]
        if 0 <= room < len(faults):
            message = f"the claim has more than {_MOST_FAULTS} faults: what follows is not told"
            self._faults.append(fault_at(placed, "faults-too-many", message, "999 IK502 5"))

    def _header_faults(self, hl: Placed) -> Sequence[Fault]:
        """What must stand before the first level."""
        if not self._is_header:
            return ()
        self._is_header = False
        there = {(placed.loop, placed.segment.id) for placed in self._above.get("", ())}
        return [
            fault_at(hl, "segment-missing", f"{segment} of {name} is required before this level", "999 IK304 3")
            for name, segment in _HEADER_SEGMENTS
            if (name, segment) not in there
        ]

    def _put(self, placed: Placed) -> Sequence[Fault]:
        """Put the segment where it belongs in the open loop: what is wrong with its being there."""
        segment, rules = placed.segment, self._loop.rules
        name = segment.id if segment.id in rules else qualified(segment)
        rule = rules.get(name)
        if rule is None:
            known = segment.id in self._loop.ranks
            return (_unexpected(placed, severity="warning" if known else "error"),)
        rank = self._loop.ranks[segment.id]
        if rank >= self._rank:
            self._rank = rank
            return self._applied(rule, name, placed)
        message = f"{segment.id} stands behind segments that come after it"
        return (fault_at(placed, "segment-order", message, "999 IK304 2"), *self._applied(rule, name, placed))

    def _begin(self, opened: Loop, placed: Placed, key: str) -> Sequence[Fault]:
        if key == "HL":
            self._levels.leave(placed.segment[3])
            self._level = placed.segment[3]
            self._above = {level: above for level, above in self._above.items() if level < self._level}
            self._left_out = {level: faults for level, faults in self._left_out.items() if level < self._level}
        if key in _NEW_COUNTS:
            self._times = {name: self._times[name] for name in _NEW_COUNTS[key] if name in self._times}
        self._times[key] = times = self._times.get(key, 0) + 1
        if times <= opened.most:
            self._open(opened, opened.begin(self._levels, placed))
            return [*relationship_faults(self._levels), *self._counted(placed)] if key == "CLM" else ()
        self._dropped = self._dropped or key in _NEW_COUNTS
        self._open(opened, Part(placed))
        if times > opened.most + 1:
            return ()
        message = f"loop {opened.name} stands more than {opened.most} times"
        return (fault_at(placed, "loop-repeated", message, "999 IK304 4"),)

    def _counted(self, clm: Placed) -> Sequence[Fault]:
        self._claims += 1
        if self._claims != MOST_CLAIMS + 1:
            return ()
        message = f"a transaction set holds at most {MOST_CLAIMS} claims"
        return (fault_at(clm, "claims-in-set", message, "999 IK304 4"),)

    def _applied(self, rule: Rule, name: str, placed: Placed) -> Sequence[Fault]:
        self._seen[name] = times = self._seen.get(name, 0) + 1
        if times > rule.most:
            if times > rule.most + 1:
                return ()
            message = f"{name.replace('*', ' ')} stands more often than loop {placed.loop} allows: the first counts"
            return (fault_at(placed, "segment-repeated", message, "999 IK304 5"),)
        kept = self._own if self._levels.claim is not None else self._above.setdefault(self._level, [])
        if len(kept) < _MOST_SEGMENTS:
            kept.append(placed)
        if rule.take is not_carried or (rule.needs and rule.needs not in self._part):
            message = f"{name.replace('*', ' ')} is in order, and not looked at: claims have no place for it here"
            left_out = fault_at(placed, "segment-not-carried", message, "", severity="information")
            if self._levels.claim is None:
                self._left_out.setdefault(self._level, []).append(left_out)
            return (left_out,)
        rule.take(self._part, placed)
        return ()

    def _nobody(self, nm1: Placed) -> Fault:
        """Somebody who has no loop here. What follows and says more of them is passed over."""
        self._open(_unknown(self._area), Part(nm1))
        return _unexpected(nm1, severity="error")

    def _finish(self) -> Iterator[ReceivedClaim]:
        if self._levels.claim is not None:
            yield self._received(self._levels.claim)
            self._levels.claim = self._levels.other_payer = self._levels.line = None
            self._own, self._faults, self._dropped = [], [], False

    def _received(self, open_claim: Part) -> ReceivedClaim:
        document = finish_claim(open_claim, self._envelope)
        claim, faults = claim_of(document, self._kind)
        if claim is not None:
            faults += qualifier_faults(claim, self._own)
        # Another currency, or whom to ask at a level above, is every claim's below it.
        told = [*chain.from_iterable(self._left_out.values()), *self._faults, *faults]
        return ReceivedClaim(
            claim=None if self._dropped else claim,
            kind=self._kind,
            envelope=self._envelope,
            patient_control_number=document.get("patient_control_number", ""),
            segments=(*[one for level in sorted(self._above) for one in self._above[level]], *self._own),
            faults=tuple(distinct(told)) if told else (),
            document=document,
        )

    def close(self, *, cut_off: bool) -> Iterator[Received]:
        """The end of the transaction set. Where the text just ends, the claim that was open is not all there."""
        if self._levels.claim is not None and cut_off:
            self._dropped = True
            last = self._own[-1] if self._own else self._levels.claim.begin
            message = "the text ends in this claim: it is not whole"
            self._faults.insert(0, fault_at(last, "claim-cut-off", message, "999 IK502 2"))
        yield from self._finish()
        yield from self._hierarchy.close()
        if not self._claims:
            yield fault_at(self._st, "segment-missing", "the transaction set holds no claim (CLM)", "999 IK304 3")


def _unexpected(placed: Placed, severity: Severity) -> Fault:
    """A segment that its loop does not have, or (a warning) has with other first elements: it is left out."""
    segment = placed.segment
    if segment.id not in _segment_ids():
        return fault_at(placed, "segment-unknown", f"{segment.id} is no segment of an 837", "999 IK304 1")
    message = f"{segment.id} with {segment.id}01 as it is has no place in or after loop {placed.loop}"
    return fault_at(placed, "segment-unexpected", message, "999 IK304 2", severity=severity)


@cache
def _segment_ids() -> frozenset[str]:
    """Every segment that some loop of either guide has."""
    kinds: tuple[ClaimKind, ...] = ("professional", "institutional")
    loops = [opened for kind in kinds for openers in _openers(kind).values() for opened in openers.values()]
    return frozenset(name for opened in (*loops, *LEVELS.values(), _HEADER) for name in opened.ranks)
