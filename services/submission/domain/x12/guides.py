"""Implementation guides of answers as data: the loops, segments and elements of 835, 277CA, 277, 999 and TA1.

The guides stand in `parameters/guide_*.yaml`, whose head says how they are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, TypeAlias

from services.submission.parameters import parameter
from shared.x12 import Segment

_GUIDES = ("guide_835", "guide_277ca", "guide_277", "guide_999")
_TODAYS = date(2012, 1, 1)
"""Since when 5010 is the version of HIPAA (45 CFR 162.1102, 162.1402, 162.1602). A set names its guide itself."""
_ELEMENT = re.compile(
    r"(?P<usage>[RSN])(?:(?P<kind>AN|ID|N0|R|DT|TM)(?P<shortest>\d+)(?:-(?P<longest>\d+))?)?"
    r"(?:\{(?P<components>.*)\})?(?:=(?P<codes>[^*]+))?(?:x(?P<repeats>\d+))?(?:\*(?P<alike>\d+))?"
)
_USE = re.compile(r"([RS])(\d+|\+)")


@dataclass(frozen=True, slots=True)
class ElementRule:
    """What an element, or a component of one, holds. `kind` is X12.6's type; "" where it is a composite or not used."""

    is_required: bool
    is_used: bool = True
    kind: str = ""
    shortest: int = 0
    longest: int = 0
    codes: frozenset[str] = frozenset()
    components: tuple[ElementRule, ...] = ()
    repeats: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class SegmentRule:
    """A segment at its place. `key` is the element that tells it from others with its id, with what stands there."""

    id: str
    is_required: bool
    most: int | None
    elements: tuple[ElementRule, ...]
    key: tuple[int, frozenset[str]] | None

    @property
    def first(self) -> SegmentRule:
        return self

    def is_meant(self, segment: Segment) -> bool:
        """By its id and key."""
        if segment.id != self.id or self.key is None:
            return segment.id == self.id
        number, codes = self.key
        return segment.component(number, 1) in codes


@dataclass(frozen=True, slots=True, eq=False)
class LoopRule:
    """A loop, known by its first segment. What stands together in `content` may stand in any order."""

    id: str
    is_required: bool
    most: int | None
    content: tuple[tuple[Node, ...], ...]

    @property
    def first(self) -> SegmentRule:
        return self.content[0][0].first


Node: TypeAlias = "SegmentRule | LoopRule"


@dataclass(frozen=True, slots=True)
class Guide:
    """One transaction set's guide; `version` is how ST03 or GS08 begin that name it."""

    transaction_set: str
    version: str
    root: LoopRule
    segment_ids: frozenset[str]


def guide_of(transaction_set: str, version: str) -> Guide | None:
    """The guide of a set by ST01 and ST03 (or GS08); None where it is none of ours."""
    for guide in map(_guide, _GUIDES):
        if guide.transaction_set == transaction_set and version.startswith(guide.version):
            return guide
    return None


def interchange_answer_rule() -> SegmentRule:
    """Of TA1, which stands outside of transaction sets."""
    return _guide("guide_ta1").root.first


@cache
def _guide(name: str) -> Guide:
    value = parameter(name).on(_TODAYS)
    root = LoopRule("", is_required=True, most=1, content=_content(value["content"]))
    return Guide(value["transaction_set"], value["version"], root, frozenset(_ids(root)))


def _ids(node: Node) -> Iterator[str]:
    if isinstance(node, SegmentRule):
        yield node.id
    else:
        for together in node.content:
            for one in together:
                yield from _ids(one)


def _content(listed: Sequence[Any]) -> tuple[tuple[Node, ...], ...]:
    return tuple(tuple(map(_node, one)) if isinstance(one, tuple) else (_node(one),) for one in listed)


def _node(written: str | Mapping[str, Any]) -> Node:
    if isinstance(written, str):
        return _segment(written)
    is_required, most = _use(written["use"])
    return LoopRule(str(written["loop"]), is_required, most, _content(written["content"]))


def _segment(text: str) -> SegmentRule:
    segment_id, use, *written = text.split()
    is_required, most = _use(use)
    elements = tuple(rule for one in written for rule in _elements(one))
    return SegmentRule(segment_id, is_required, most, elements, _key(segment_id, elements))


def _key(segment_id: str, elements: Sequence[ElementRule]) -> tuple[int, frozenset[str]] | None:
    number = 3 if segment_id == "HL" else 1
    rule = elements[number - 1]
    codes = rule.components[0].codes if rule.components else rule.codes
    return (number, codes) if codes else None


def _use(text: str) -> tuple[bool, int | None]:
    found = _USE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text} says neither how often nor whether a guide has it")
    usage, most = found.groups()
    return usage == "R", None if most == "+" else int(most)


def _elements(text: str) -> list[ElementRule]:
    found = _ELEMENT.fullmatch(text)
    if found is None:
        raise ValueError(f"{text} is no element of a guide")
    shortest, codes, components = found["shortest"] or "0", found["codes"], found["components"]
    rule = ElementRule(
        is_required=found["usage"] == "R",
        is_used=found["usage"] != "N",
        kind=found["kind"] or "",
        shortest=int(shortest),
        longest=int(found["longest"] or shortest),
        codes=frozenset(code.replace("_", " ") for code in codes.split(",")) if codes else frozenset(),
        components=tuple(rule for one in components.split(";") for rule in _elements(one)) if components else (),
        repeats=int(found["repeats"] or 1),
    )
    return [rule] * int(found["alike"] or 1)
