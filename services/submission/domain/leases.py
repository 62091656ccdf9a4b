"""One owner at a time: whose a claim on a worklist is, and until when.

A lease ends by itself, so that what nobody works on any more is free again. Every touch of its owner lets it go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import Field

from services.submission.errors import ClaimNotOwned, ClaimOwned
from shared.claims import Model


@dataclass(frozen=True)
class Lease:
    """Whose a claim is until when. An owner without an end has it no longer."""

    owner: str | None = None
    ends_at: datetime | None = None

    def standing(self, at: datetime) -> Lease:
        """The lease as it holds at `at`: free where it has ended."""
        return self if self.ends_at is not None and self.ends_at > at else FREE

    def taken_by(self, biller: str, ends_at: datetime, at: datetime) -> Lease:
        """Theirs until `ends_at`; one that they have goes on. Raises ClaimOwned."""
        standing = self.checked(biller, at)
        return standing.touched_by(biller, ends_at) if standing.owner == biller else Lease(biller, ends_at)

    def touched_by(self, actor: str, ends_at: datetime) -> Lease:
        """Going on where the actor is the owner; never shorter than it was."""
        goes_on = self.owner == actor and self.ends_at is not None and self.ends_at < ends_at
        return Lease(actor, ends_at) if goes_on else self

    def renewed_by(self, biller: str, ends_at: datetime, at: datetime) -> Lease:
        """Raises ClaimOwned, and ClaimNotOwned where nobody has it."""
        standing = self.checked(biller, at)
        if standing.owner is None:
            raise ClaimNotOwned("the claim is not yours; take it first")
        return standing.touched_by(biller, ends_at)

    def checked(self, actor: str, at: datetime) -> Lease:
        """The lease as it holds at `at`. Raises ClaimOwned where it is another's."""
        standing = self.standing(at)
        if standing.owner not in (None, actor):
            raise ClaimOwned("somebody else works on this claim")
        return standing


FREE = Lease()


class Assignment(Model):
    """Who shall work on the claim; None is the caller."""

    biller: Annotated[str, Field(min_length=1, max_length=255)] | None = None
