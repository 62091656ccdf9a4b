"""An 837 interchange as the clearinghouse takes it apart: groups, transaction sets, segments with their positions."""

from __future__ import annotations

from dataclasses import dataclass, field

from shared.x12 import Position, Segment, X12Error, read


@dataclass
class ReceivedSet:
    """From ST to SE; `trailer` is None where SE is missing."""

    header: Segment
    segments: list[tuple[Segment, Position]] = field(default_factory=list)
    trailer: Segment | None = None

    @property
    def control_number(self) -> str:
        return self.header[2]

    @property
    def segment_count(self) -> int:
        """As SE01 counts: with ST and SE."""
        return len(self.segments) + 2


@dataclass
class ReceivedGroup:
    """From GS to GE; `trailer` is None where GE is missing."""

    header: Segment
    sets: list[ReceivedSet] = field(default_factory=list)
    trailer: Segment | None = None

    @property
    def control_number(self) -> str:
        return self.header[6]

    @property
    def version(self) -> str:
        return self.header[8]


@dataclass
class ReceivedInterchange:
    """From ISA to IEA. `fault` is what ended the reading early."""

    header: Segment
    groups: list[ReceivedGroup] = field(default_factory=list)
    trailer: Segment | None = None
    fault: X12Error | None = None
    stray: bool = False
    """A segment stands where none can."""

    @property
    def key(self) -> tuple[str, str]:
        """Sender and ISA13: what a control number must be unique in."""
        return self.header[6].strip(), self.header[13]


def take_apart(content: bytes) -> ReceivedInterchange:
    """The first interchange of the file. Raises X12Error only where there is no readable ISA."""
    segments = read(content)
    header, _ = next(segments)
    received = ReceivedInterchange(header)
    try:
        for segment, position in segments:
            if segment.id == "ISA":
                break
            _place(segment, position, received)
    except X12Error as error:
        received.fault = error
    return received


def _place(segment: Segment, position: Position, received: ReceivedInterchange) -> None:
    group = received.groups[-1] if received.groups else None
    open_set = group.sets[-1] if group and group.sets and group.sets[-1].trailer is None else None
    match segment.id:
        case "GS":
            received.groups.append(ReceivedGroup(segment))
        case "IEA":
            received.trailer = segment
        case "ST" if group:
            group.sets.append(ReceivedSet(segment))
        case "SE" if open_set:
            open_set.trailer = segment
        case "GE" if group:
            group.trailer = segment
        case _ if open_set:
            open_set.segments.append((segment, position))
        case _:
            received.stray = True
