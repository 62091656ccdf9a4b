"""Who did what to which record when: a trail that nobody changes unseen, one hash chain for each tenant."""

from shared.audit.recording import record
from shared.audit.trail import Entry, trail
from shared.audit.verification import Fault, FaultKind, verify

__all__ = ["Entry", "Fault", "FaultKind", "record", "trail", "verify"]
