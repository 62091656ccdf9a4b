"""Settings of the simulator, from the environment with the prefix `REVCYCLE_SIMULATOR_`."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.simulator.domain.behaviour import Behaviour


class SimulatorSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="REVCYCLE_SIMULATOR_", frozen=True, use_attribute_docstrings=True)

    behaviour: Behaviour = Behaviour()
    """How the payers behave from the start, as JSON: `{"payer_rejects": 100, "late": 50}`."""
    max_interchange_bytes: int = Field(64_000_000, ge=1024)
    """The largest interchange that is taken; 5,000 long claims have about 15 MB."""
