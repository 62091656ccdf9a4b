"""Which event goes to which handler."""

from __future__ import annotations

from services.submission import clearing, learning_handlers, route_handlers
from shared.events import HandlerTable, Together
from shared.events.contracts import ClaimCleared, ClaimRejected, ResponseReceived

HANDLERS: HandlerTable = {
    ClaimCleared: Together(clearing.take_many),
    ResponseReceived: route_handlers.take_response,
    ClaimRejected: learning_handlers.learn,  # our own: what is learned must not hold up the reading of answers
}
