"""Edits of a rule book that not every payer judges by: who applies it, and how severe a finding is there at most."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from services.scrubber.domain.engine import Check, Circumstances, Defect, edit

Seen = TypeVar("Seen")
Rule = Callable[[Seen], Iterator[Defect]]

RETURNED = "RTP"
"""The answer of a Medicare contractor that returns a bill to the provider: it is neither rejected nor denied."""


def rule_book(
    name: str, sees: Callable[[Any, Circumstances], Seen | None], *, bills: Iterable[str] | None = None
) -> Callable[..., Callable[[Rule[Seen]], Check]]:
    """The decorator for edits of a rule book, in place of `edit` and with the same arguments.

    A rule is a function of what `sees` makes of the claim; where that is None the book has nothing to say of it. It is
    run where the payer applies the book, and weighs no more than it does there. `bills` are those of facilities that
    the book is for, as in `edit`; None for all.
    """

    def book_edit(edit_id: str, **metadata: Any) -> Callable[[Rule[Seen]], Check]:
        return edit(edit_id, book=name, sees=sees, bills=bills, **metadata)

    return book_edit
