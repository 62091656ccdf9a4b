"""What both doors of submission are made of: its settings, its route, its transmitter."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import httpx

from services.submission.domain.leases import Leases
from services.submission.domain.same_day import SameDayClock
from services.submission.routes import Route
from services.submission.routes.folder import FolderRoute
from services.submission.routes.https import ClientCredentials, HttpsRoute
from services.submission.scrubbing import NoScrubber, Scrubber, ScrubberOverHttp
from services.submission.settings import SubmissionSettings
from services.submission.transmission import Transmitter
from shared.runtime import Runtime

_TIMEOUT = httpx.Timeout(30.0, connect=5.0)
_SCRUBBER_TIMEOUT = httpx.Timeout(20.0, connect=2.0)


def create_transmitter(runtime: Runtime, route: Route | None = None) -> Transmitter:
    """`route` in the place of the one that the settings name."""
    settings = SubmissionSettings()
    return Transmitter(runtime.database, route or _route(runtime, settings), settings, runtime.clock)


def create_scrubber() -> Scrubber:
    """The scrubber that the settings name."""
    address = SubmissionSettings().scrubber_url
    if address is None:
        return NoScrubber()
    return ScrubberOverHttp(httpx.AsyncClient(base_url=str(address), timeout=_SCRUBBER_TIMEOUT))


def create_leases() -> Leases:
    """How long rejections and denials are somebody's."""
    settings = SubmissionSettings()
    return Leases(taken=settings.lease, given=settings.given_lease)


def create_same_day_clock() -> SameDayClock:
    """The clock of every tenant's local time."""
    settings = SubmissionSettings()
    zones = {tenant: ZoneInfo(zone) for tenant, zone in settings.time_zones.items()}
    return SameDayClock(ZoneInfo(settings.time_zone), zones)


def _route(runtime: Runtime, settings: SubmissionSettings) -> Route:
    """HTTPS where an address is set, else a folder under the data directory that somebody carries to and fro."""
    if settings.clearinghouse_url is None or settings.token_url is None or settings.client_secret is None:
        return FolderRoute(settings.route, runtime.settings.data_dir / "clearinghouse")
    credentials = ClientCredentials(
        httpx.AsyncClient(timeout=_TIMEOUT),
        str(settings.token_url),
        settings.client_id,
        settings.client_secret,
        settings.scope,
    )
    return HttpsRoute(
        settings.route, httpx.AsyncClient(base_url=str(settings.clearinghouse_url), timeout=_TIMEOUT), credentials
    )
