"""The scrubber's own settings, from the environment with the prefix `REVCYCLE_SCRUBBER_`."""

from __future__ import annotations

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.scrubber.domain.repairs import RULES
from shared.claims import Address


class ScrubberSettings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="REVCYCLE_SCRUBBER_", extra="ignore", frozen=True, use_attribute_docstrings=True
    )

    repairs_off: dict[str, frozenset[str]] = Field(default_factory=dict)
    """Format repairs that a tenant does not want, by tenant: `{"north": ["telephone-digits"]}`."""

    provider_addresses: tuple[Address, ...] = ()
    """Addresses of the provider record, from which a ZIP code is completed."""

    @field_validator("repairs_off")
    @classmethod
    def _repairs_exist(cls, value: dict[str, frozenset[str]]) -> dict[str, frozenset[str]]:
        if unknown := {repair for repairs in value.values() for repair in repairs} - set(RULES):
            raise ValueError(f"there is no repair {', '.join(sorted(unknown))}")
        return value
