"""Defects put into clean claims, each with the edit that its rule says must be found.

The expected edit follows from the published rule that the defect breaks, by its row in the list of front-end edits
where it has one, not from what the scrubber answers. A defect is put into many clean claims; it must be found in each,
and nothing else may be called an error.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any, NamedTuple

from services.scrubber.domain.claim_parts import AnyClaim
from shared.claims import AS_RECEIVED, CLAIM
from tests.strategies.clean import Kind, sent

Document = dict[str, Any]
Spoil = Callable[[Document, random.Random], object]
"""Spoils the claim as JSON holds it in place; `NOT_HERE` where the claim is not one for the defect."""

NOT_HERE = object()
_SEEDS_LOOKED_AT = 20_000


class Spoilt(NamedTuple):
    claim: AnyClaim
    on: date
    seed: int


@dataclass(frozen=True)
class Seeded:
    """A defect: what is done, the edit that must be found, and the errors that it cannot be without."""

    edit: str
    spoil: Spoil
    kinds: Sequence[Kind]
    row: int | None = None
    also: frozenset[str] = frozenset()
    later: int = 0
    """Days by which the claim goes out later than the clean one."""

    def __str__(self) -> str:
        return f"{self.edit} {self.spoil.__name__}"

    def spoilt(self, how_many: int) -> Iterator[Spoilt]:
        """So many spoilt claims, of the kinds in turn. Raises LookupError where no clean claim is one for it."""
        found = 0
        for seed in count():
            if found == how_many:
                return
            if seed > _SEEDS_LOOKED_AT:
                raise LookupError(f"no clean claim for {self}")
            clean = sent(self.kinds[seed % len(self.kinds)], seed)
            document = deepcopy(clean.claim.model_dump(mode="json"))
            if self.spoil(document, random.Random(seed)) is not NOT_HERE:
                found += 1
                claim = CLAIM.validate_python(document, context=AS_RECEIVED, strict=False)
                yield Spoilt(claim, clean.on + timedelta(days=self.later), seed)


ANY: tuple[Kind, ...] = ("professional", "inpatient", "outpatient")
PROFESSIONAL: tuple[Kind, ...] = ("professional",)
INPATIENT: tuple[Kind, ...] = ("inpatient",)
OUTPATIENT: tuple[Kind, ...] = ("outpatient",)
FACILITY: tuple[Kind, ...] = ("inpatient", "outpatient")


def billed(document: Document) -> Document:
    """The coverage that the claim is sent to."""
    found: Document = next(c for c in document["coverages"] if c["sequence"] == document["billed_sequence"])
    return found


def is_medicare(document: Document) -> bool:
    return billed(document)["filing_indicator"] in ("MA", "MB")


def first_day(document: Document) -> date:
    if document["kind"] == "institutional":
        return date.fromisoformat(document["statement_from"])
    return min(date.fromisoformat(line["service_from"]) for line in document["lines"])


def put(place: str, value: Any) -> Spoil:
    """Write a value into a place of every claim that has what is above it: `billing.npi`, `lines.0.units`."""

    def spoil(document: Document, chance: random.Random) -> object:
        *above, last = (int(step) if step.isdigit() else step for step in place.split("."))
        part: Any = document
        for step in above:
            part = part[step]
            if part is None:
                return NOT_HERE
        part[last] = value
        return None

    spoil.__name__ = f"{place}={value}"
    return spoil
