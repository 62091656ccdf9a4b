"""Events: contracts, outbox and relay, the bus and its adapters, consumers, dead letters, the worker around them."""

from shared.events.back_off import BackOff
from shared.events.bus import (
    Batch,
    Bus,
    BusUnavailable,
    Partition,
    PartitionsLost,
    Received,
    Record,
    Subscription,
    Topic,
)
from shared.events.consumer import Consumer
from shared.events.contracts import EVENTS, ClaimEvent, LineEvent
from shared.events.dead_letters import (
    DeadLetterFlood,
    FloodLimit,
    dead_letter_topic,
    dead_letters,
    replay,
)
from shared.events.deliveries import StuckDelivery, stuck_deliveries
from shared.events.envelope import InvalidEvent, read_event
from shared.events.handling import Handler, HandlerTable, Occurrence, RetryPolicy, Together
from shared.events.inbox import forget_settled
from shared.events.kafka import KafkaBus
from shared.events.outbox import emit
from shared.events.relay import Relay
from shared.events.sql_log import SqlLogBus
from shared.events.worker import Job, Worker, apart

__all__ = [
    "EVENTS",
    "BackOff",
    "Batch",
    "Bus",
    "BusUnavailable",
    "ClaimEvent",
    "Consumer",
    "DeadLetterFlood",
    "FloodLimit",
    "Handler",
    "HandlerTable",
    "InvalidEvent",
    "Job",
    "KafkaBus",
    "LineEvent",
    "Occurrence",
    "Partition",
    "PartitionsLost",
    "Received",
    "Record",
    "Relay",
    "RetryPolicy",
    "SqlLogBus",
    "StuckDelivery",
    "Subscription",
    "Together",
    "Topic",
    "Worker",
    "apart",
    "dead_letter_topic",
    "dead_letters",
    "emit",
    "forget_settled",
    "read_event",
    "replay",
    "stuck_deliveries",
]
