"""Which event goes to which handler."""

from __future__ import annotations

from functools import partial

from services.scrubber import handlers
from services.scrubber.domain.examination import Scrubber
from shared.events import HandlerTable
from shared.events.contracts import ClaimCorrected, ClaimGrouped


def handler_table(scrubber: Scrubber) -> HandlerTable:
    scrub = partial(handlers.scrub_claim, scrubber)
    return {ClaimGrouped: scrub, ClaimCorrected: scrub}
