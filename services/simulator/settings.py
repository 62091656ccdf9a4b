"""Settings of the simulator, from the environment with the prefix `REVCYCLE_SIMULATOR_`."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.simulator.domain.behaviour import Behaviour


class SimulatorSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="REVCYCLE_SIMULATOR_", frozen=True, use_attribute_docstrings=True)

    behaviour: Behaviour = Behaviour()
    """How the payers behave to customers who have set nothing, as JSON: `{"payer_rejects": 100, "late": 50}`."""
    max_interchange_bytes: int = Field(64_000_000, ge=1024)
    """The largest interchange that is taken; 5,000 long claims have about 15 MB."""
    keep: timedelta = timedelta(days=30)
    """How long answers that went out can be fetched again."""
