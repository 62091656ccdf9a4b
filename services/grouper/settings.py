"""The grouper's own settings, from the environment with the prefix `REVCYCLE_GROUPER_`."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.claims import Npi


class GrouperSettings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="REVCYCLE_GROUPER_", extra="ignore", frozen=True, use_attribute_docstrings=True
    )

    engine: Literal["pool", "in_process"] = "pool"
    """Where the native engine runs: worker processes, or a thread of this one, which a fault in it then ends."""

    workers: Annotated[int | None, Field(ge=1, le=64)] = None
    """Worker processes of the pool; two where none are said, and one when embedded. More than cores do not help."""

    batch_timeout: timedelta = timedelta(seconds=10)
    """A worker that has not answered a batch by then is killed and replaced."""

    waiting_limit: Annotated[int, Field(ge=1)] = 256
    """Batches that may wait for a worker; beyond it callers are told to come back (`engine_busy`)."""

    poa_exempt_npis: frozenset[Npi] = frozenset()
    """Billing NPIs of hospitals that are exempt from POA reporting and whose taxonomy does not show it (cancer)."""
