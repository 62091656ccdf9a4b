"""The engine in the very thread that asks: for a worker, which has nothing else to do."""

from __future__ import annotations

from collections.abc import Sequence

from services.grouper.domain.engine import DrgEngine, GrouperAnswer, GrouperInput
from services.grouper.engines.msdrg_session import ENGINE_NAME, MsdrgSession
from services.grouper.errors import EngineFailed


class DirectEngine(DrgEngine):
    """Blocks whoever asks until all is grouped."""

    name = ENGINE_NAME

    def __init__(self, session: MsdrgSession) -> None:
        self._session = session

    def answers(self, stays: Sequence[GrouperInput]) -> list[GrouperAnswer | EngineFailed]:
        return [answer or EngineFailed("gave no answer") for answer in self._session.group(stays)]

    async def group(self, stays: Sequence[GrouperInput]) -> list[GrouperAnswer | EngineFailed]:
        return self.answers(stays)

    async def start(self) -> None:
        """The session is open."""

    async def close(self) -> None:
        self._session.close()
