"""The envelope of files of claims: what a TA1 or 999 would say of interchange, group, transaction set and hierarchy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.submission.domain.x12.interchange import VERSIONS
from services.submission.domain.x12.reading.faults import Fault, FaultCode, Placed, fault_at
from shared.claims import ClaimKind
from shared.x12 import Position, Segment

_MOST_REMEMBERED = 10_000
"""Control numbers that are kept to find one that comes again: memory must not grow with the file."""

ENVELOPE_SEGMENTS = frozenset({"ISA", "GS", "ST", "SE", "GE", "IEA", "TA1"})

_WIDTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
_ID_QUALIFIERS = frozenset({"01", "14", "20", "27", "28", "29", "30", "33", "ZZ"})

SETS_OF_GROUP: Mapping[str, frozenset[str]] = {
    "HC": frozenset({"837"}),
    "FA": frozenset({"999", "997"}),
    "HN": frozenset({"277"}),
    "HP": frozenset({"835"}),
    "HS": frozenset({"270"}),
    "HB": frozenset({"271"}),
    "HR": frozenset({"276"}),
}
"""ST01 by GS01."""


def kind_of(version: str) -> ClaimKind | None:
    """Of claims by their guide: 005010X222 and its errata, 005010X223 and its. None of any other."""
    if version.startswith("005010X222"):
        return "professional"
    return "institutional" if version.startswith("005010X223") else None


@dataclass(frozen=True, slots=True)
class ClaimEnvelope:
    """Where a claim came from: who sent it to whom, and the numbers that answers to it name."""

    sender: str
    """ISA06."""
    receiver: str
    """ISA08."""
    interchange_control_number: str
    """ISA13."""
    group_control_number: str
    """GS06."""
    set_control_number: str
    """ST02."""
    version: str
    """ST03, or GS08 where the set does not say it."""
    usage: str
    """ISA15: P production, T test."""


class Envelope:
    """Follows ISA, GS, ST, SE, GE, IEA and counts. One for a whole file."""

    def __init__(self) -> None:
        self._interchange: Placed | None = None
        self._group: Placed | None = None
        self._set: Placed | None = None
        self._groups = self._sets = self._segments = 0
        self._numbers: set[tuple[str, str]] = set()
        self._set_numbers: set[str] = set()
        self._stray = False

    @property
    def open_set(self) -> Placed | None:
        return self._set

    @property
    def version(self) -> str:
        """Of the open transaction set."""
        stated = self._set.segment[3] if self._set else ""
        return stated or (self._group.segment[8] if self._group else "")

    @property
    def of_claims(self) -> ClaimEnvelope:
        """For a claim of the open transaction set."""
        isa = self._interchange.segment.elements if self._interchange else ("",) * 16
        return ClaimEnvelope(
            sender=isa[5].strip(),
            receiver=isa[7].strip(),
            interchange_control_number=isa[12].strip(),
            group_control_number=self._group.segment[6] if self._group else "",
            set_control_number=self._set.segment[2] if self._set else "",
            version=self.version,
            usage=isa[14],
        )

    def take(self, segment: Segment, position: Position) -> Iterator[Fault]:
        """One of ENVELOPE_SEGMENTS."""
        placed = Placed(segment, position, segment.id)
        self._stray = False
        match segment.id:
            case "ISA":
                yield from self.close()
                yield from self._open_interchange(placed)
            case "GS":
                yield from self._close_group()
                yield from self._open_group(placed)
            case "ST":
                yield from self._close_set()
                yield from self._open_set(placed)
            case "SE":
                yield from self._end_set(placed)
            case "GE":
                yield from self._close_set()
                yield from self._end_group(placed)
            case "IEA":
                yield from self._close_group()
                yield from self._end_interchange(placed)

    def count(self, segment: Segment, position: Position) -> Fault | None:
        """Any other segment. One where no transaction set is open is told of, those right behind it are not."""
        self._segments += 1
        if self._set is not None or self._stray:
            return None
        self._stray = True
        placed = Placed(segment, position, "")
        return fault_at(placed, "interchange-structure", "a segment stands outside of a transaction set", "TA1 022")

    def counted(self, segments: int) -> None:
        """So many segments of the open transaction set that somebody else has looked at."""
        self._segments += segments

    def close(self) -> Iterator[Fault]:
        """The end of the file, or of an interchange that another follows: trailers that are missing."""
        yield from self._close_group()
        if self._interchange is not None:
            yield fault_at(self._interchange, "interchange-trailer", "the interchange has no IEA", "TA1 023")
            self._interchange = None

    def _open_interchange(self, isa: Placed) -> Iterator[Fault]:
        self._interchange, self._groups = isa, 0
        segment = isa.segment
        for note, element, holds in _header_checks(segment):
            if not holds:
                message = f"{element or 'ISA'} is not what an interchange header has there"
                yield fault_at(isa, "interchange-header", message, f"TA1 {note}", element=element)
        key = (segment[6].strip(), segment[13])
        if key in self._numbers:
            yield fault_at(
                isa, "interchange-duplicate", "ISA13 was used before in this file", "TA1 025", element="ISA13"
            )
        if len(self._numbers) < _MOST_REMEMBERED:
            self._numbers.add(key)

    def _open_group(self, gs: Placed) -> Iterator[Fault]:
        self._group, self._sets = gs, 0
        self._set_numbers.clear()
        self._groups += 1
        if gs.segment[1] not in SETS_OF_GROUP:
            yield fault_at(gs, "group-type", "GS01 names no group that is taken", "999 AK905 1", element="GS01")
        elif gs.segment[1] == "HC" and gs.segment[8] not in VERSIONS.values():
            yield fault_at(
                gs, "group-version", f"GS08 is not {' or '.join(VERSIONS.values())}", "999 AK905 2", element="GS08"
            )

    def _open_set(self, st: Placed) -> Iterator[Fault]:
        self._set, self._segments = st, 1
        self._sets += 1
        segment, group = st.segment, self._group
        if group is None:
            yield fault_at(st, "interchange-structure", "a transaction set stands outside of a group", "TA1 022")
        elif segment[1] not in SETS_OF_GROUP.get(group.segment[1], (segment[1],)):
            yield fault_at(st, "set-type", "ST01 does not belong into this group", "999 IK502 1", element="ST01")
        elif segment[3] not in ("", group.segment[8]):
            yield fault_at(st, "set-version", "ST03 is not the group's GS08", "999 IK502 I6", element="ST03")
        if segment[2] in self._set_numbers:
            yield fault_at(st, "set-duplicate", "ST02 was used before in this group", "999 IK502 23", element="ST02")
        if len(self._set_numbers) < _MOST_REMEMBERED:
            self._set_numbers.add(segment[2])

    def _end_set(self, se: Placed) -> Iterator[Fault]:
        st, self._set = self._set, None
        if st is None:
            yield fault_at(se, "interchange-structure", "SE stands without ST", "TA1 022")
            return
        yield from _agree(se, st, 2, "set-control-number", "999 IK502 3", "ST02")
        yield from _counted(se, self._segments + 1, "set-count", "999 IK502 4", "segments")

    def _close_set(self) -> Iterator[Fault]:
        if self._set is not None:
            yield fault_at(self._set, "set-trailer", "the transaction set has no SE", "999 IK502 2")
            self._set = None

    def _end_group(self, ge: Placed) -> Iterator[Fault]:
        gs, self._group = self._group, None
        if gs is None:
            yield fault_at(ge, "interchange-structure", "GE stands without GS", "TA1 022")
            return
        if ge.segment[2] != gs.segment[6]:
            yield fault_at(ge, "group-control-number", "GE02 is not GS06", "999 AK905 4", element="GE02")
        yield from _counted(ge, self._sets, "group-count", "999 AK905 5", "transaction sets")

    def _close_group(self) -> Iterator[Fault]:
        yield from self._close_set()
        if self._group is not None:
            yield fault_at(self._group, "group-trailer", "the group has no GE", "999 AK905 3")
            self._group = None

    def _end_interchange(self, iea: Placed) -> Iterator[Fault]:
        isa, self._interchange = self._interchange, None
        if isa is None:
            yield fault_at(iea, "interchange-structure", "IEA stands without ISA", "TA1 022")
            return
        if iea.segment[2] != isa.segment[13]:
            yield fault_at(iea, "interchange-control-number", "IEA02 is not ISA13", "TA1 001", element="IEA02")
        yield from _counted(iea, self._groups, "interchange-count", "TA1 021", "groups")


def _agree(trailer: Placed, header: Placed, number: int, code: FaultCode, answer: str, name: str) -> Iterator[Fault]:
    if trailer.segment[number] != header.segment[number]:
        element = f"{trailer.segment.id}{number:02d}"
        yield fault_at(trailer, code, f"{element} is not {name}", answer, element=element)


def _counted(trailer: Placed, counted: int, code: FaultCode, answer: str, what: str) -> Iterator[Fault]:
    """The first element of a trailer says how many; zeros before the number are forgiven."""
    stated = trailer.segment[1]
    if not stated.isdecimal() or stated.lstrip("0") != str(counted).lstrip("0"):
        element = f"{trailer.segment.id}01"
        yield fault_at(
            trailer, code, f"{element} does not count the {counted} {what} there are", answer, element=element
        )


def _header_checks(isa: Segment) -> tuple[tuple[str, str | None, bool], ...]:
    """TA105, the element it speaks of, and whether it is in order (005010X231A1 appendix C.1)."""
    return (
        ("010", "ISA01", isa[1] in ("00", "03")),
        ("011", "ISA02", isa[1] != "00" or not isa[2].strip()),
        ("012", "ISA03", isa[3] in ("00", "01")),
        ("013", "ISA04", isa[3] != "00" or not isa[4].strip()),
        ("005", "ISA05", isa[5] in _ID_QUALIFIERS),
        ("006", "ISA06", bool(isa[6].strip())),
        ("007", "ISA07", isa[7] in _ID_QUALIFIERS),
        ("008", "ISA08", bool(isa[8].strip())),
        ("014", "ISA09", isa[9].isdecimal() and len(isa[9]) == 6),
        ("015", "ISA10", isa[10].isdecimal() and len(isa[10]) == 4),
        ("017", "ISA12", isa[12] == "00501"),
        ("018", "ISA13", isa[13].isdecimal() and len(isa[13]) == 9),
        ("019", "ISA14", isa[14] in ("0", "1")),
        ("020", "ISA15", isa[15] in ("P", "T")),
        ("024", None, tuple(map(len, isa.elements)) == _WIDTHS),
    )


class Hierarchy:
    """HL of one transaction set: 20 over 22 over 23. Only the levels that are open are remembered."""

    def __init__(self) -> None:
        self._last = 0
        self._open: dict[str, tuple[Placed, bool]] = {}
        """By HL03: the segment, and whether anything stood below it."""

    def take(self, hl: Placed) -> Iterator[Fault]:
        self._last += 1
        segment = hl.segment
        code = segment[3]
        if segment[1] != str(self._last):
            yield _out_of_order(hl, "HL01 does not count on from the level before", "HL01")
        if code not in _PARENTS:
            yield _out_of_order(hl, "HL03 is not 20, 22 or 23", "HL03")
            return
        for closed in [level for level in self._open if level >= code]:
            yield from self._leave(closed)
        parent = self._open.get(_PARENTS[code])
        if segment[2] != (parent[0].segment[1] if parent else ""):
            yield _out_of_order(hl, "HL02 is not the level above", "HL02")
        if parent is not None:
            self._open[_PARENTS[code]] = (parent[0], True)
        self._open[code] = (hl, False)

    def close(self) -> Iterator[Fault]:
        """The end of the transaction set."""
        for code in list(self._open):
            yield from self._leave(code)

    def _leave(self, code: str) -> Iterator[Fault]:
        hl, has_children = self._open.pop(code)
        if hl.segment[4] != ("1" if has_children else "0"):
            yield _out_of_order(hl, "HL04 does not say whether levels follow below", "HL04")


_PARENTS = {"20": "", "22": "20", "23": "22"}


def _out_of_order(hl: Placed, message: str, element: str) -> Fault:
    return fault_at(hl, "hierarchy", message, "999 IK403 7", element=element)
