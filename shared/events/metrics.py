"""What the event side tells Prometheus. Labels are names of ours, never of a person or a claim."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

CONSUMED = Counter(
    "revcycle_events_consumed_total", "Events read and settled, by how they ended", ["group", "type", "outcome"]
)
BATCH_SECONDS = Histogram("revcycle_event_batch_seconds", "Seconds from a batch's arrival to its commit", ["group"])
RETRIES = Counter("revcycle_event_retries_total", "Attempts at an event that failed and are to be repeated", ["group"])
DEAD_LETTERS = Counter("revcycle_event_dead_letters_total", "Events given up", ["group", "code"])
FAULTS = Counter("revcycle_faults_total", "What a job failed on, by its kind, while what was beside it went on", ["of"])
LAG = Gauge("revcycle_consumer_lag", "Records behind what was read last", ["group", "topic", "partition"])
PUBLISHED = Counter("revcycle_events_published_total", "Outbox rows moved to the bus", ["source"])
OUTBOX_DEPTH = Gauge("revcycle_outbox_depth", "Outbox rows not on the bus yet", ["source"])
OUTBOX_AGE = Gauge("revcycle_outbox_oldest_seconds", "Age of the oldest outbox row", ["source"])
