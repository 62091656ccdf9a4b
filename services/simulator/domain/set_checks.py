"""Whether groups and transaction sets follow their guide, as far as a 999 goes: envelopes, hierarchy, elements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from services.simulator.domain.interchanges import ReceivedGroup, ReceivedSet
from shared.x12 import Segment

VERSIONS = {"005010X222A1": "professional", "005010X223A2": "institutional"}

_SEGMENT_IDS = frozenset(
    {
        "BHT", "NM1", "N3", "N4", "REF", "PER", "HL", "PRV", "CUR", "SBR", "PAT", "DMG", "CLM", "DTP", "CL1", "PWK",
        "CN1", "AMT", "K3", "NTE", "CR1", "CR2", "CR3", "CRC", "HI", "HCP", "CAS", "OI", "MIA", "MOA", "LX", "SV1",
        "SV2", "SV5", "QTY", "MEA", "PS1", "LIN", "CTP", "SVD", "LQ", "FRM",
    }
)  # fmt: skip
_ELEMENTS = {
    "BHT": ((1, True, 4), (2, True, 2), (3, True, 50), (4, True, 8), (6, True, 2)),
    "CLM": ((1, True, 38), (2, True, 18), (7, True, 1), (8, True, 1), (9, True, 1)),
    "DMG": ((1, True, 3), (2, True, 35), (3, False, 1)),
    "DTP": ((1, True, 3), (2, True, 3), (3, True, 35)),
    "HL": ((1, True, 12), (2, False, 12), (3, True, 2), (4, False, 1)),
    "LX": ((1, True, 6),),
    "N3": ((1, True, 55), (2, False, 55)),
    "N4": ((1, True, 30), (2, False, 2), (3, False, 15), (4, False, 3)),
    "NM1": ((1, True, 3), (2, True, 1), (3, False, 60), (4, False, 35), (5, False, 25), (9, False, 80)),
    "NTE": ((1, True, 3), (2, True, 80)),
    "REF": ((1, True, 3), (2, True, 50)),
    "SBR": ((1, True, 1), (3, False, 50), (4, False, 60)),
}
"""Elements that are looked at: number, whether required, greatest length (005010X222A1 and X223A2)."""

_FACILITY_QUALIFIER = {"professional": "B", "institutional": "A"}


@dataclass(frozen=True, slots=True)
class StructureFault:
    """One IK3, with an IK4 where an element is at fault. `code` is IK304, `element_code` IK403."""

    segment: str
    position: int
    code: str
    element: int | None = None
    component: int | None = None
    element_code: str | None = None


@dataclass(frozen=True, slots=True)
class SetVerdict:
    """What a 999 says of one transaction set. `codes` are IK502 and on; empty where it is accepted."""

    control_number: str
    version: str
    codes: tuple[str, ...]
    faults: tuple[StructureFault, ...]

    @property
    def accepted(self) -> bool:
        return not self.codes


def group_codes(group: ReceivedGroup) -> tuple[str, ...]:
    """AK905 and on: 1 group not supported, 2 version not supported, 3 trailer missing, 4 control numbers, 5 count."""
    if group.header[1] != "HC":
        return ("1",)
    if group.version not in VERSIONS:
        return ("2",)
    if group.trailer is None:
        return ("3",)
    codes = []
    if group.trailer[2] != group.control_number:
        codes.append("4")
    if group.trailer[1] != str(len(group.sets)):
        codes.append("5")
    return tuple(codes)


def judge_set(received: ReceivedSet, group: ReceivedGroup) -> SetVerdict:
    """IK502: 2 trailer missing, 3 control numbers, 4 count, 5 segments in error, 23 or I6 ST03."""
    codes = []
    if received.trailer is None:
        codes.append("2")
    else:
        if received.trailer[2] != received.control_number:
            codes.append("3")
        if received.trailer[1] != str(received.segment_count):
            codes.append("4")
    if received.header[3] not in ("", group.version):
        codes.append("I6")
    faults = tuple(_faults(received, VERSIONS.get(group.version, "professional")))
    if faults:
        codes.append("5")
    return SetVerdict(received.control_number, received.header[3], tuple(codes), faults)


def made_up_fault(received: ReceivedSet, draw: int) -> StructureFault:
    """A value that is said to be no code of CLM05-3, in one of the set's claims: `draw` chooses which."""
    positions = [position.segment for segment, position in received.segments if segment.id == "CLM"]
    return StructureFault("CLM", positions[draw % len(positions)], "8", 5, 3, "7")


def _faults(received: ReceivedSet, kind: str) -> Iterator[StructureFault]:
    levels: set[str] = set()
    expected = 1
    for segment, position in received.segments:
        if segment.id not in _SEGMENT_IDS:
            yield StructureFault(segment.id, position.segment, "1")
            continue
        if segment.id == "HL":
            if segment[1] != str(expected) or (segment[2] and segment[2] not in levels):
                yield StructureFault("HL", position.segment, "8", 1, None, "7")
            levels.add(segment[1])
            expected += 1
        yield from _element_faults(segment, position.segment)
        if segment.id == "CLM" and segment.component(5, 2) != _FACILITY_QUALIFIER[kind]:
            yield StructureFault("CLM", position.segment, "8", 5, 2, "7")
    ids = {segment.id for segment, _ in received.segments}
    for required in ("BHT", "HL", "SBR", "CLM"):
        if required not in ids:
            yield StructureFault(required, received.segment_count, "3")


def _element_faults(segment: Segment, position: int) -> Iterator[StructureFault]:
    """IK403: 1 required element missing, 5 too long; IK304 8 also for empty elements at the end of the segment."""
    if segment.elements and segment.elements[-1] == "":
        yield StructureFault(segment.id, position, "8")
    for number, required, longest in _ELEMENTS.get(segment.id, ()):
        value = segment[number]
        if required and not value:
            yield StructureFault(segment.id, position, "8", number, None, "1")
        elif len(value) > longest:
            yield StructureFault(segment.id, position, "8", number, None, "5")
