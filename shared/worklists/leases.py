"""How long a claim on a worklist is somebody's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Leases:
    """How long a claim on a worklist is somebody's without a touch of theirs."""

    taken: timedelta
    """Of who took it themselves, from their last touch on."""
    given: timedelta
    """Of who was given it by another: time to come to it. A touch never makes it shorter."""

    def end_for(self, biller: str, *, by: str, at: datetime) -> datetime:
        """When the lease ends that `by` gives to `biller` at `at`."""
        return at + (self.taken if biller == by else self.given)
