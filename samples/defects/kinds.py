"""What a kind of defect is, and the list of them, in the order in which the modules name them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from samples.encounters import Draft
from samples.models import Change, Defect, Fate

Injection = Callable[[Draft, Random], tuple[Change, ...] | None]
"""Spoils the draft in place and returns what cures the claim; None, and nothing changed, where it does not fit."""


@dataclass(frozen=True)
class DefectKind:
    """A named way for an encounter to be wrong. `edit` as in `samples.models.Defect`."""

    name: str
    fate: Fate
    edit: str
    inject: Injection

    def spoil(self, draft: Draft, random: Random) -> bool:
        """Put the defect into the draft. False where it does not fit this encounter."""
        cure = self.inject(draft, random)
        if cure is None:
            return False
        draft.defect = Defect(kind=self.name, fate=self.fate, edit=self.edit, cure=cure)
        return True


KINDS: list[DefectKind] = []


def defect(name: str, *, fate: Fate, edit: str) -> Callable[[Injection], Injection]:
    """Register the function below as a kind of defect."""

    def register(inject: Injection) -> Injection:
        KINDS.append(DefectKind(name, fate, edit, inject))
        return inject

    return register


def put(path: str, value: object) -> tuple[Change, ...]:
    """Set what stands at `path`, whether or not anything stands there (RFC 6902 `add`)."""
    return (Change(op="add", path=path, value=value),)  # type: ignore[arg-type]  # JSON
