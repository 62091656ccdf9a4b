"""One link of a tenant's chain and the hash that binds it to the link before."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson
from pydantic import JsonValue

GENESIS = "0" * 64
"""What the first link of a tenant has in place of a previous hash."""


@dataclass(frozen=True)
class Link:
    """An entry as it is kept and hashed: moment and details are the very text that the hash is over."""

    tenant: str
    seq: int
    at: str
    actor: str
    action: str
    record_type: str
    record_id: str
    details: str
    request_id: str
    previous_hash: str

    def hash(self, key: bytes | None) -> str:
        """SHA-256, or HMAC-SHA-256 under `key`, in hex. Raises TypeError when a member is not what it should be.

        The order of the members is fixed for ever: a change here would break every chain there is.
        """
        members = [self.previous_hash, self.tenant, self.seq, self.at, self.actor, self.action]
        members += [self.record_type, self.record_id, self.details, self.request_id]
        content = orjson.dumps(members)
        return hmac.digest(key, content, "sha256").hex() if key else hashlib.sha256(content).hexdigest()


def moment_text(at: datetime) -> str:
    """RFC 3339 in UTC with microseconds, so that the texts sort as the moments do."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def details_text(details: Mapping[str, JsonValue]) -> str:
    """Canonical JSON: members sorted, no spaces. Raises TypeError for what is not JSON."""
    return orjson.dumps(dict(details), option=orjson.OPT_SORT_KEYS).decode()
