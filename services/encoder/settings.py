"""The encoder's own settings, from the environment with the prefix `REVCYCLE_ENCODER_`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class EncoderSettings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="REVCYCLE_ENCODER_", extra="ignore", frozen=True, use_attribute_docstrings=True
    )

    intake_batch: Annotated[int, Field(ge=1, le=1_000)] = 100
    """Encounters of a bulk request that are stored in one transaction."""

    max_bundle_bytes: Annotated[int, Field(ge=1024)] = 10_000_000
    """The largest FHIR Bundle."""
