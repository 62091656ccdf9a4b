"""Which event goes to which handler."""

from __future__ import annotations

from services.submission import handlers
from shared.events import HandlerTable
from shared.events.contracts import ClaimCleared

HANDLERS: HandlerTable = {ClaimCleared: handlers.take_cleared}
