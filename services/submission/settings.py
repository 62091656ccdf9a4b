"""Settings of submission, from the environment with the prefix `REVCYCLE_SUBMISSION_`."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from pydantic import Field, HttpUrl, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class SubmissionSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="REVCYCLE_SUBMISSION_", frozen=True)

    route: str = Field("clearinghouse", max_length=40)
    """The name of the route, as interchanges and control numbers carry it."""
    clearinghouse_url: HttpUrl | None = None
    """Where 837 interchanges go: a service with `POST v1/interchanges` and `GET v1/responses`, as the simulator."""
    token_url: HttpUrl | None = None
    client_id: str = "submission"
    client_secret: SecretStr | None = None
    """With `token_url`: OAuth2 client credentials for the clearinghouse."""
    scope: str = "simulator:use"
    """The scope to ask the token endpoint for."""
    usage: Literal["P", "T"] = "T"
    """ISA15: production or test. Test until somebody says otherwise."""
    sender_id: str = Field("REVCYCLE", min_length=2, max_length=15)
    sender_name: str = Field("REVCYCLE", max_length=60)
    receiver_id: str = Field("CLEARINGHOUSE", min_length=2, max_length=15)
    receiver_name: str = Field("CLEARINGHOUSE", max_length=60)
    contact_name: str = Field("EDI SUPPORT", max_length=60)
    contact_telephone: str = Field("6155550100", pattern=r"^\d{10}$")
    batch_every: timedelta = timedelta(minutes=5)
    """How often waiting claims are batched without being asked."""
    deliver_every: timedelta = timedelta(seconds=1)
    collect_every: timedelta = timedelta(seconds=2)
    batch_limit: int = Field(5000, ge=1, le=5000)
    """Claims in one transaction set (005010X222A1 and X223A2 §1.4.1 recommend at most 5,000 CLM)."""
