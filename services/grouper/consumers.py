"""Which event goes to which handler."""

from __future__ import annotations

from functools import partial

from services.grouper import handlers
from services.grouper.domain.grouping import Grouper
from services.grouper.domain.payment import PaymentRules
from shared.events import HandlerTable
from shared.events.contracts import ChartCoded


def handler_table(grouper: Grouper, rules: PaymentRules) -> HandlerTable:
    return {ChartCoded: partial(handlers.group_coded_claim, grouper, rules)}
