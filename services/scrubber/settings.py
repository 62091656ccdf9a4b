"""The scrubber's own settings, from the environment with the prefix `REVCYCLE_SCRUBBER_`."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.scrubber.domain.repairs import RULES
from shared.claims import Address

Lease = Annotated[timedelta, Field(ge=timedelta(minutes=1), le=timedelta(days=7))]


class ScrubberSettings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="REVCYCLE_SCRUBBER_", extra="ignore", frozen=True, use_attribute_docstrings=True
    )

    repairs_off: dict[str, frozenset[str]] = Field(default_factory=dict)
    """Format repairs that a tenant does not want, by tenant: `{"north": ["telephone-digits"]}`."""

    provider_addresses: tuple[Address, ...] = ()
    """Addresses of the provider record, from which a ZIP code is completed."""

    lease: Lease = timedelta(minutes=30)
    """How long a held claim that a biller has taken is theirs without a touch."""

    given_lease: Lease = timedelta(days=1)
    """How long a held claim that somebody else gave to a biller is theirs without a touch."""

    worklist_upkeep_every: timedelta = timedelta(minutes=1)
    """How often ended leases are looked for, and claims whose priority was counted on an earlier day."""

    worklist_batch: Annotated[int, Field(ge=1, le=5_000)] = 500
    """Held claims that the worklist's upkeep looks at in one transaction."""

    @field_validator("repairs_off")
    @classmethod
    def _repairs_exist(cls, value: dict[str, frozenset[str]]) -> dict[str, frozenset[str]]:
        if unknown := {repair for repairs in value.values() for repair in repairs} - set(RULES):
            raise ValueError(f"there is no repair {', '.join(sorted(unknown))}")
        return value
