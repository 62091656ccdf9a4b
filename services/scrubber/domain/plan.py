"""Which edits run on a claim: planned once for all claims of a kind, day of service, bill and payer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from shared.claims import ClaimKind

if TYPE_CHECKING:
    from services.scrubber.domain.engine import Edit

Look = Callable[[Any, Any], Any]
"""What several edits see of a claim and its circumstances; None where they have nothing to say."""


class Step(NamedTuple):
    """Edits that see the same of a claim. They are left out together where that is None."""

    look: Look | None
    """None for edits that look at the claim itself."""
    edits: tuple[Edit, ...]


class Plan(NamedTuple):
    """What a claim is examined by."""

    applicable: int
    """How many edits apply, those too whose rule book is not the payer's."""
    steps: tuple[Step, ...]


@dataclass(frozen=True, eq=False)
class EditSet:
    """Edits in the order of their ids, and one version for all, which changes with each new edit or version of one."""

    edits: tuple[Edit, ...]
    version: str

    @classmethod
    def of(cls, edits: Iterable[Edit]) -> EditSet:
        ordered = tuple(sorted(edits, key=lambda edit: edit.id))
        return cls(ordered, f"{len(ordered)}.{sum(int(edit.version) for edit in ordered)}")

    @lru_cache(maxsize=4096)  # noqa: B019 - there is one set in a process, and it lives as long
    def plan(self, kind: ClaimKind, day: date, bill: str | None, books: frozenset[str] | None) -> Plan:
        """The edits for claims of this kind, day of service and bill of a facility, whose payer judges by `books`.

        None for `books` leaves it open.
        """
        applicable = [edit for edit in self.edits if edit.applies(kind, day, bill)]
        by_look: dict[Look | None, list[Edit]] = {}
        for edit in applicable:
            if edit.book is None or books is None or edit.book in books:
                by_look.setdefault(edit.sees, []).append(edit)
        return Plan(len(applicable), tuple(Step(look, tuple(edits)) for look, edits in by_look.items()))
