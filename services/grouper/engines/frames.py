"""The pipe to a worker carries frames: a length in four bytes, big-endian, and a JSON array."""

from __future__ import annotations

import orjson

LENGTH_BYTES = 4


def frame(document: object) -> bytes:
    """A JSON document with its length before it."""
    content = orjson.dumps(document)
    return len(content).to_bytes(LENGTH_BYTES, "big") + content
