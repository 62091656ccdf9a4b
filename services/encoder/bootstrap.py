"""What the doors of the encoder are made of beside the runtime: whom it asks."""

from __future__ import annotations

import httpx

from services.encoder.grouping import Grouper, GrouperOverHttp, NoGrouper
from services.encoder.settings import EncoderSettings

_TIMEOUT = httpx.Timeout(10.0, connect=2.0)


def create_grouper() -> Grouper:
    """The grouper that the settings name."""
    address = EncoderSettings().grouper_url
    return (
        NoGrouper() if address is None else GrouperOverHttp(httpx.AsyncClient(base_url=str(address), timeout=_TIMEOUT))
    )
