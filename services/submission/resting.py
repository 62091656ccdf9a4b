"""Connections that failed a moment ago are left alone for a while."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.submission.routes import RouteDown
from shared.events import BackOff

_BACK_OFF = BackOff(first=1.0, longest=60.0)


@dataclass
class Rests:
    """Longer after each failure in a row, and at least as long as the other side asks. Gone with the process."""

    clock: Callable[[], datetime]
    _failures: dict[Hashable, int] = field(default_factory=dict)
    _until: dict[Hashable, datetime] = field(default_factory=dict)

    def is_over(self, connection: Hashable) -> bool:
        return connection not in self._until or self.clock() >= self._until[connection]

    def failed(self, connection: Hashable, failure: RouteDown) -> None:
        self._failures[connection] = self._failures.get(connection, 0) + 1
        grown = timedelta(seconds=_BACK_OFF.after(self._failures[connection]))
        self._until[connection] = self.clock() + max(grown, failure.retry_after or timedelta(0))

    def worked(self, connection: Hashable) -> None:
        self._failures.pop(connection, None)
        self._until.pop(connection, None)
