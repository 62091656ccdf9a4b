"""The port of a suggester. What one proposes is never trusted: `domain.reading.proposals` checks it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from services.encoder.domain.reading.proposals import Proposal
from services.encoder.domain.reading.suggestions import ReadChart


class SuggesterFailed(Exception):
    """It did not answer, or not as asked. Says so without a word of the chart."""


class Suggester(Protocol):
    """Proposes codes for a chart, each with the words of a document that support it."""

    name: str
    """Stands at every suggestion that comes of it."""

    async def propose(self, chart: ReadChart) -> Sequence[Proposal]:
        """What it thinks the chart supports. Must not raise for what the other side does: raises SuggesterFailed, and
        the rules answer alone."""
        ...
