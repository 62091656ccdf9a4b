"""Which event goes to which handler."""

from __future__ import annotations

from functools import partial

from services.scrubber import handlers, rule_handlers, suggestion_handlers
from services.scrubber.domain.examination import Scrubber
from shared.events import HandlerTable
from shared.events.contracts import (
    ChartCoded,
    ClaimAccepted,
    ClaimCorrected,
    ClaimGrouped,
    ClaimRejected,
    RuleSuggested,
)


def handler_table(scrubber: Scrubber) -> HandlerTable:
    scrub = partial(handlers.scrub_claim, scrubber)
    answered = rule_handlers.note_answer
    return {
        ChartCoded: handlers.note_coder,
        ClaimGrouped: scrub,
        ClaimCorrected: scrub,
        ClaimAccepted: answered,
        ClaimRejected: answered,
        RuleSuggested: suggestion_handlers.take_suggestion,
    }
