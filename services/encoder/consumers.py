"""Which event goes to which handler."""

from __future__ import annotations

from services.encoder import handlers
from shared.events import HandlerTable
from shared.events.contracts import GrouperReturned, ScrubberReturned

HANDLERS: HandlerTable = {
    GrouperReturned: handlers.take_back,
    ScrubberReturned: handlers.take_back,
}
