"""A loop of the guides: which segments it holds, how often, in which order, and where they go in the document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from services.submission.domain.x12.reading.faults import Placed
from services.submission.domain.x12.reading.parts import Part, Take
from shared.x12 import Segment

Area: TypeAlias = Literal["header", "provider", "subscriber", "patient", "claim", "other_payer", "line"]
"""What part of the hierarchy a loop stands in: it decides which loops can follow."""


@dataclass(slots=True)
class Levels:
    """The objects that are open at a place in the file. Those that are not are None."""

    provider: Part | None = None
    """`billing`, `pay_to_address`, `pay_to_plan`."""
    subscriber: Part | None = None
    """`coverage`, `patient` with what PAT says of it, `billing_ids` under which the payer knows the provider."""
    patient: Part | None = None
    """`patient`, `relationship`, `property_casualty_claim_number`."""
    claim: Part | None = None
    """Fields of the claim; `billed` and `others` are its coverages, apart until it is whole."""
    other_payer: Part | None = None
    line: Part | None = None

    def leave(self, code: str) -> None:
        """A new level (HL03) forgets what stood at it and below it."""
        self.claim = self.other_payer = self.line = self.patient = None
        if code != "23":
            self.subscriber = None
        if code == "20":
            self.provider = None


Begin: TypeAlias = Callable[[Levels, Placed], Part]


@dataclass(frozen=True, slots=True)
class Rule:
    take: Take
    most: int = 1
    """How often the segment may stand in the loop."""
    needs: str = ""
    """The field without which claims have no place for it."""


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """`rules` by segment id, or id and first element (`REF*G1`), in the guide's order of ids; `ranks` follow."""

    name: str
    area: Area
    begin: Begin
    rules: Mapping[str, Rule]
    ranks: Mapping[str, int]
    most: int


Openers: TypeAlias = Mapping[str, Loop]
"""Loops by the segment that opens them: its id, or id and first element."""


def loop(name: str, area: Area, begin: Begin, rules: Mapping[str, Take | Rule], most: int = 1) -> Loop:
    """A loop from its table. `most` is how often it may stand in its area."""
    ranks: dict[str, int] = {}
    for key in rules:
        ranks.setdefault(key.partition("*")[0], len(ranks))
    whole = {key: rule if isinstance(rule, Rule) else Rule(rule) for key, rule in rules.items()}
    return Loop(name, area, begin, whole, ranks, most)


def qualified(segment: Segment) -> str:
    """As rules and openers know a segment that its first element tells from its like: REF*G1."""
    return f"{segment.id}*{segment.elements[0]}" if segment.elements else segment.id


def not_carried(_part: Part, _placed: Placed) -> None:
    """A segment that the guides have and our claim has no place for: the reader says so."""


def nothing(_part: Part, _placed: Placed) -> None:
    """A segment that says nothing about the claim, such as the one that opens a loop."""
