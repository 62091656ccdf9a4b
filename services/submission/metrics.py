"""What submission counts beyond what every service does."""

from __future__ import annotations

from prometheus_client import Counter

FAULTS = Counter(
    "revcycle_submission_faults_total",
    "Files, claims, routes and tenants' batches that our own code failed on; what was beside them went on",
    ["of"],
)
