"""What the scrubber tells Prometheus. Labels are names of ours, never of a person or a claim."""

from __future__ import annotations

from prometheus_client import Counter

EDIT_FAILURES = Counter("revcycle_scrub_edit_failures_total", "Edits that broke on a claim, which was held", ["edit"])
RULE_FAILURES = Counter(
    "revcycle_scrub_rule_failures_total", "Customer rules that could not be decided on a claim", ["status"]
)
SCRUBBED = Counter("revcycle_scrub_claims_total", "Claims that the edits ran on in the claim line", ["kind", "outcome"])
