"""Edits of a rule book that not every payer judges by: who applies it, and how severe a finding is there at most."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import wraps
from typing import Any, TypeVar

from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.engine import Check, Circumstances, Defect, edit
from shared.claims import Severity

Seen = TypeVar("Seen")
Rule = Callable[[Seen], Iterator[Defect]]

RETURNED = "RTP"
"""The answer of a Medicare contractor that returns a bill to the provider: it is neither rejected nor denied."""
_WEIGHT: dict[Severity, int] = {"information": 0, "warning": 1, "error": 2}


def rule_book(
    name: str, sees: Callable[[Any, Circumstances], Seen | None], *, bills: Iterable[str] | None = None
) -> Callable[..., Callable[[Rule[Seen]], Check]]:
    """The decorator for edits of a rule book, in place of `edit` and with the same arguments.

    A rule is a function of what `sees` makes of the claim, once for all of them; where that is None the book has
    nothing to say of the claim. It is run where the payer applies the book, and weighs no more than it does there.
    `bills` are those of facilities that the book is for, as in `edit`; None for all.
    """

    def book_edit(edit_id: str, *, severity: Severity = "error", **metadata: Any) -> Callable[[Rule[Seen]], Check]:
        def register(rule: Rule[Seen]) -> Check:
            @wraps(rule)
            def check(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
                most = on.payer_rule.applies.get(name)
                if most is None or (seen := on.once(sees, claim)) is None:
                    return iter(())
                return (at_most(most, defect, usual=severity) for defect in rule(seen))

            return edit(edit_id, severity=severity, bills=bills, book=name, **metadata)(check)

        return register

    return book_edit


def at_most(most: Severity, defect: Defect, *, usual: Severity) -> Defect:
    """The defect, no more severe than the payer makes it; `usual` is the severity of its edit."""
    return replace(defect, severity=most) if _WEIGHT[most] < _WEIGHT[defect.severity or usual] else defect
