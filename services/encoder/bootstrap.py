"""What the doors of the encoder are made of beside the runtime: whom it asks."""

from __future__ import annotations

import httpx

from services.encoder.grouping import Grouper, GrouperOverHttp, NoGrouper
from services.encoder.settings import EncoderSettings
from services.encoder.suggesters.openai_compatible import OpenAiCompatible
from services.encoder.suggesters.port import Suggester

_TIMEOUT = httpx.Timeout(10.0, connect=2.0)
_MODEL_TIMEOUT = httpx.Timeout(60.0, connect=2.0)


def create_grouper() -> Grouper:
    """The grouper that the settings name."""
    address = EncoderSettings().grouper_url
    return (
        NoGrouper() if address is None else GrouperOverHttp(httpx.AsyncClient(base_url=str(address), timeout=_TIMEOUT))
    )


def create_suggester() -> Suggester | None:
    """The suggester beside the rules that the settings name; None, as it is by default, where they name none."""
    settings = EncoderSettings()
    if settings.suggester_url is None or settings.suggester_model is None:
        return None
    key = settings.suggester_key
    headers = {} if key is None else {"Authorization": f"Bearer {key.get_secret_value()}"}
    client = httpx.AsyncClient(base_url=str(settings.suggester_url), headers=headers, timeout=_MODEL_TIMEOUT)
    return OpenAiCompatible(client, settings.suggester_model)
