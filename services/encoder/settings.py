"""The encoder's own settings, from the environment with the prefix `REVCYCLE_ENCODER_`."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field, HttpUrl
from pydantic_settings import BaseSettings, SettingsConfigDict


class EncoderSettings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="REVCYCLE_ENCODER_", extra="ignore", frozen=True, use_attribute_docstrings=True
    )

    intake_batch: Annotated[int, Field(ge=1, le=1_000)] = 100
    """Encounters of a bulk request that are stored in one transaction."""

    lease: Annotated[timedelta, Field(ge=timedelta(minutes=1), le=timedelta(days=7))] = timedelta(minutes=30)
    """How long a chart that a coder has pulled is theirs without a sign of work on it."""

    queue_upkeep_every: timedelta = timedelta(minutes=1)
    """How often ended leases and holds are looked for, late queries escalated, and charts placed by new rules."""

    queue_batch: Annotated[int, Field(ge=1, le=5_000)] = 500
    """Charts that are placed anew in one transaction after the rules have changed."""

    touchless_every: timedelta = timedelta(minutes=1)
    """How often charts are looked for that may need no coder, where a tenant has turned that on."""

    max_bundle_bytes: Annotated[int, Field(ge=1024)] = 10_000_000
    """The largest FHIR Bundle."""

    grouper_url: HttpUrl | None = None
    """The grouper, for the DRG and payment of audits. When all runs in one process it is the one beside."""
