"""Whether a transaction set follows its guide: what stands where, how often, and what its elements hold.

A segment is looked for from the place where the last one stood: in the loop that is open, then in those around it. What
is passed over on the way and required is missing. A segment that is found nowhere from there on moves nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from services.submission.domain.x12.guides import ElementRule, Guide, LoopRule, Node, SegmentRule
from services.submission.domain.x12.reading.faults import Fault, FaultCode, Placed, fault_at
from services.submission.domain.x12.syntax_notes import syntax_notes

_MOST_TOLD = 1_000
"""Faults of one transaction set."""
_DATES = {6: "%y%m%d", 8: "%Y%m%d"}
_TIMES = {4: "%H%M", 6: "%H%M%S"}


@dataclass
class _Open:
    """A loop that is open: the place in its content, how often each part of it stood, and its HL01 where it has one."""

    rule: LoopRule
    place: int = 0
    stood: Counter[Node] = field(default_factory=Counter)
    level: str = ""

    def missing(self, to: int) -> Iterator[Node]:
        """What is required from the place on, up to `to`, and did not stand."""
        for together in self.rule.content[self.place : to]:
            yield from (node for node in together if node.is_required and not self.stood[node])


class GuideWalk:
    """Follows one transaction set, segment by segment from the one behind ST to the one before SE."""

    def __init__(self, guide: Guide) -> None:
        self._guide = guide
        self._open = [_Open(guide.root)]
        self._levels = 0
        self._told = 0

    def take(self, placed: Placed) -> Iterator[Fault]:
        """What is wrong with this segment, or was missing before it."""
        yield from self._limited(self._take(placed), placed)

    def close(self, trailer: Placed) -> Iterator[Fault]:
        """The end of the set: what was still to come."""
        yield from self._limited(self._leave(0, trailer), trailer)

    def _limited(self, faults: Iterator[Fault], placed: Placed) -> Iterator[Fault]:
        for fault in faults:
            self._told += 1
            if self._told < _MOST_TOLD:
                yield fault
            elif self._told == _MOST_TOLD:
                yield fault_at(placed, "faults-too-many", f"no more than {_MOST_TOLD} faults of a set are told", "")

    def _take(self, placed: Placed) -> Iterator[Fault]:
        segment = placed.segment
        found = self._find(placed, by_key=True) or self._find(placed, by_key=False)
        if found is None:
            yield self._out_of_place(placed)
            return
        depth, place, node = found
        yield from self._leave(depth + 1, placed)
        around = self._open[depth]
        for missing in around.missing(place):
            yield _missing(missing, around.rule, placed)
        around.place = place
        around.stood[node] += 1
        if node.most is not None and around.stood[node] == node.most + 1:
            yield _too_often(node, around.rule, placed)
        if isinstance(node, LoopRule):
            self._enter(node)
        here = self._open[-1]
        at = placed._replace(loop=here.rule.id)
        if segment.id == "HL":
            yield from self._level(at)
        yield from element_faults(at, node.first.elements)
        yield from _syntax_faults(at)

    def _find(self, placed: Placed, *, by_key: bool) -> tuple[int, int, Node] | None:
        """Depth of the open loop, place in it, and what stands there: the innermost that can be."""
        for depth in range(len(self._open) - 1, -1, -1):
            around = self._open[depth]
            for place in range(around.place, len(around.rule.content)):
                for node in around.rule.content[place]:
                    if depth and node is around.rule.content[0][0]:
                        continue  # it begins the loop anew
                    first = node.first
                    if first.is_meant(placed.segment) if by_key else first.id == placed.segment.id:
                        return depth, place, node
        return None

    def _enter(self, loop: LoopRule) -> None:
        opened = _Open(loop)
        node: Node = loop.content[0][0]
        opened.stood[node] += 1
        self._open.append(opened)
        if isinstance(node, LoopRule):
            self._enter(node)

    def _leave(self, depth: int, placed: Placed) -> Iterator[Fault]:
        """Close the loops from `depth` on, the innermost first."""
        while len(self._open) > depth:
            closed = self._open.pop()
            for missing in closed.missing(len(closed.rule.content)):
                yield _missing(missing, closed.rule, placed)

    def _level(self, hl: Placed) -> Iterator[Fault]:
        """HL01 counts on, HL02 names the level above (X12.6 and each guide's HL)."""
        self._levels += 1
        if hl.segment[1] != str(self._levels):
            yield fault_at(hl, "hierarchy", "HL01 does not count on from the level before", "", element="HL01")
        above = next((one.level for one in reversed(self._open[:-1]) if one.level), "")
        if hl.segment[2] != above:
            yield fault_at(hl, "hierarchy", "HL02 is not the level above", "", element="HL02")
        self._open[-1].level = hl.segment[1]

    def _out_of_place(self, placed: Placed) -> Fault:
        segment_id = placed.segment.id
        if segment_id not in self._guide.segment_ids:
            return fault_at(placed, "segment-unknown", f"the guide has no {segment_id}", "")
        for around in reversed(self._open):
            for together in around.rule.content[: around.place]:
                if any(node.first.is_meant(placed.segment) for node in together):
                    at = placed._replace(loop=around.rule.id)
                    return fault_at(at, "segment-order", f"{segment_id} stands behind its place in the guide", "")
        return fault_at(placed, "segment-unexpected", f"{segment_id} has no place here", "")


def element_faults(placed: Placed, rules: tuple[ElementRule, ...]) -> Iterator[Fault]:
    """What is wrong with the elements of a segment."""
    segment = placed.segment
    if segment.elements and not segment.elements[-1]:
        yield fault_at(placed, "elements-empty-at-end", "empty elements stand at the end of the segment", "")
    for number, rule in enumerate(rules, 1):
        yield from _element(placed, f"{segment.id}{number:02d}", segment[number], rule)
    if segment.id == "DTP" and segment[3] and not _is_period(segment[2], segment[3]):
        yield _wrong(placed, "DTP03", "element-date", "is not what DTP02 says")
    if any(segment.elements[len(rules) :]):
        name = f"{segment.id}{len(rules) + 1:02d}"
        yield fault_at(placed, "element-unexpected", f"the guide does not use {name}", "", element=name)


def _syntax_faults(placed: Placed) -> Iterator[Fault]:
    """Elements that go together by the standard, whatever the guide says of each."""
    for note in syntax_notes(placed.segment.id):
        number = note.broken_at(placed.segment)
        if number is not None:
            name = f"{placed.segment.id}{number:02d}"
            code: FaultCode = "element-unexpected" if note.condition == "E" else "element-missing"
            yield _wrong(placed, name, code, f"breaks syntax note {note}")


def _element(placed: Placed, name: str, value: str, rule: ElementRule) -> Iterator[Fault]:
    separators = placed.segment.separators
    if rule.repeats > 1 and separators.repetition and separators.repetition in value:
        given = value.split(separators.repetition)
        if len(given) > rule.repeats:
            yield _wrong(placed, name, "element-unexpected", f"stands more than {rule.repeats} times")
    else:
        given = [value]
    for one in given:
        if rule.components and one:
            parts = one.split(separators.component)
            for number, component in enumerate(rule.components, 1):
                part = parts[number - 1] if number <= len(parts) else ""
                yield from _value(placed, f"{name}-{number}", part, component)
            if any(parts[len(rule.components) :]):
                yield _wrong(placed, name, "element-unexpected", "has more components than the guide uses")
        else:
            yield from _value(placed, name, one, rule)


def _value(placed: Placed, name: str, value: str, rule: ElementRule) -> Iterator[Fault]:
    if not value:
        if rule.is_required:
            yield _wrong(placed, name, "element-missing", "is required and missing")
        return
    if not rule.is_used:
        yield _wrong(placed, name, "element-unexpected", "is not used by the guide")
        return
    if (what := _not_of_kind(value, rule)) is not None:
        yield _wrong(placed, name, *what)
        return
    length = sum(character not in "-." for character in value) if rule.kind in ("R", "N0") else len(value)
    if length > rule.longest:
        yield _wrong(placed, name, "element-too-long", f"is longer than {rule.longest}")
    elif length < rule.shortest:
        yield _wrong(placed, name, "element-too-short", f"is shorter than {rule.shortest}")
    elif rule.codes and value not in rule.codes:
        yield _wrong(placed, name, "element-code", "is no code that the guide has here")


def _not_of_kind(value: str, rule: ElementRule) -> tuple[FaultCode, str] | None:
    match rule.kind:
        case "R":
            whole, _, part = value.removeprefix("-").partition(".")
            digits = whole + part
            return None if digits.isascii() and digits.isdecimal() else ("element-number", "is no number")
        case "N0":
            digits = value.removeprefix("-")
            return None if digits.isascii() and digits.isdecimal() else ("element-number", "is no whole number")
        case "DT":
            return None if _is_moment(value, _DATES) else ("element-date", "is no date")
        case "TM":
            # Hundredths of a second may follow (X12 element 337).
            return None if _is_moment(value[:6], _TIMES) and value.isdecimal() else ("element-date", "is no time")
    return None


def _is_period(qualifier: str, value: str) -> bool:
    """D8: a day. RD8: two days and a hyphen between them (X12 element 1250)."""
    days = value.split("-") if qualifier == "RD8" else [value]
    is_known = len(days) == {"D8": 1, "RD8": 2}.get(qualifier)
    return qualifier not in ("D8", "RD8") or (is_known and all(_is_moment(day, {8: _DATES[8]}) for day in days))


def _is_moment(value: str, formats: dict[int, str]) -> bool:
    form = formats.get(len(value))
    if form is None or not (value.isascii() and value.isdecimal()):
        return False
    try:
        datetime.strptime(value, form)  # noqa: DTZ007 - a day or time of day without a zone
    except ValueError:
        return False
    return True


def _wrong(placed: Placed, name: str, code: FaultCode, what: str) -> Fault:
    return fault_at(placed, code, f"{name} {what}", "", element=name)


def _missing(node: Node, around: LoopRule, placed: Placed) -> Fault:
    loop = node.id if isinstance(node, LoopRule) else around.id
    name = _named(node.first)
    return Fault("segment-missing", f"{name} is required and missing", "", placed.position, node.first.id, loop)


def _too_often(node: Node, around: LoopRule, placed: Placed) -> Fault:
    if isinstance(node, LoopRule):
        message = f"loop {node.id} stands more than {node.most} times"
        return fault_at(placed._replace(loop=node.id), "loop-repeated", message, "")
    message = f"{_named(node)} stands more than {node.most} times"
    return fault_at(placed._replace(loop=around.id), "segment-repeated", message, "")


def _named(rule: SegmentRule) -> str:
    """`N1*PR`: a segment by what tells it from others, where that is one code."""
    if rule.key is None or rule.key[0] != 1 or len(rule.key[1]) != 1:
        return rule.id
    (code,) = rule.key[1]
    return f"{rule.id}*{code}"
