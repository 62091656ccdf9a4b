"""Settings of submission, from the environment with the prefix `REVCYCLE_SUBMISSION_`."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, HttpUrl, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

Lease = Annotated[timedelta, Field(ge=timedelta(minutes=1), le=timedelta(days=7))]


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("a time zone is named as in the IANA database")
    return name


Zone = Annotated[str, AfterValidator(_known_zone)]


class SubmissionSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="REVCYCLE_SUBMISSION_", frozen=True, use_attribute_docstrings=True)

    route: str = Field("clearinghouse", max_length=40)
    """The name of the route, as interchanges and control numbers carry it."""
    clearinghouse_url: HttpUrl | None = None
    """Where 837 interchanges go: a service with `POST v1/interchanges` and `GET v1/responses`, as the simulator."""
    token_url: HttpUrl | None = None
    """The OAuth2 token endpoint of the clearinghouse."""
    client_id: str = "submission"
    """Who we are at the token endpoint."""
    client_secret: SecretStr | None = None
    """Our secret at the token endpoint. Without it interchanges go to a folder."""
    scope: str = "simulator:use"
    """The scope to ask the token endpoint for."""
    routes_file: Path | None = None
    """A YAML file with several routes, which then stand in the place of the one that these settings describe."""
    failover_after: timedelta = timedelta(minutes=15)
    """A route that has failed for so long is passed over where another serves the payer."""
    usage: Literal["P", "T"] = "T"
    """ISA15: production or test. Test until somebody says otherwise."""
    sender_id: str = Field("REVCYCLE", min_length=2, max_length=15)
    """ISA06, GS02 and 1000A NM109: what the clearinghouse calls us."""
    sender_name: str = Field("REVCYCLE", max_length=60)
    """1000A NM103."""
    receiver_id: str = Field("CLEARINGHOUSE", min_length=2, max_length=15)
    """ISA08, GS03 and 1000B NM109."""
    receiver_name: str = Field("CLEARINGHOUSE", max_length=60)
    """1000B NM103."""
    contact_name: str = Field("EDI SUPPORT", max_length=60)
    """1000A PER02: whom the clearinghouse asks."""
    contact_telephone: str = Field("6155550100", pattern=r"^\d{10}$")
    """1000A PER04, ten digits."""
    batch_every: timedelta = timedelta(minutes=5)
    """How often waiting claims are batched without being asked."""
    deliver_every: timedelta = timedelta(seconds=1)
    """How often prepared interchanges are handed over."""
    collect_every: timedelta = timedelta(seconds=2)
    """How often the route is asked for answers."""
    batch_limit: int = Field(5000, ge=1, le=5000)
    """Claims in one transaction set (005010X222A1 and X223A2 §1.4.1 recommend at most 5,000 CLM)."""
    scrubber_url: HttpUrl | None = None
    """The scrubber, which examines every claim that comes in. When all runs in one process it is the one beside."""
    lease: Lease = timedelta(minutes=30)
    """How long a rejection or denial that a biller has taken is theirs without a touch."""
    given_lease: Lease = timedelta(days=1)
    """How long one that somebody else gave to a biller is theirs without a touch."""
    worklist_upkeep_every: timedelta = timedelta(minutes=1)
    """How often ended leases are looked for, and rejections whose priority was counted on an earlier day."""
    worklist_batch: Annotated[int, Field(ge=1, le=5_000)] = 500
    """Rejections that the worklist's upkeep looks at in one transaction."""
    time_zone: Zone = "America/New_York"
    """The local time by which the same-day clock goes, as the IANA database names it."""
    time_zones: dict[str, Zone] = Field(default_factory=dict)
    """That of tenants elsewhere, by tenant: `{"west": "America/Los_Angeles"}`."""
    closed_days: dict[str, frozenset[date]] = Field(default_factory=dict)
    """Days on which a tenant is closed beside weekends and federal holidays, by tenant: `{"west": ["2026-11-27"]}`."""
    open_on_holidays: frozenset[str] = frozenset()
    """Tenants that work on federal holidays."""
