"""What both doors of submission are made of: its settings, its route, its transmitter."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import httpx
from pydantic import SecretStr

from services.submission.domain.same_day import SameDayClock
from services.submission.route_settings import (
    BusConnection,
    FolderConnection,
    HttpsConnection,
    InvalidRoutes,
    RouteSettings,
    SftpConnection,
    read_routes,
    terms_of,
)
from services.submission.routes import Route
from services.submission.routes.bus import BusRoute
from services.submission.routes.client_credentials import ClientCredentials
from services.submission.routes.folder import FolderRoute
from services.submission.routes.https import HttpsRoute, tls_context
from services.submission.routes.openssh import SftpAccount
from services.submission.routes.sftp import SftpRoute
from services.submission.scrubbing import NoScrubber, Scrubber, ScrubberOverHttp
from services.submission.settings import SubmissionSettings
from services.submission.transmission import Transmitter
from services.submission.ways import Way
from shared.runtime import Runtime
from shared.worklists import Leases

_TIMEOUT = httpx.Timeout(30.0, connect=5.0)
_SCRUBBER_TIMEOUT = httpx.Timeout(20.0, connect=2.0)


def create_transmitter(runtime: Runtime, route: Route | None = None) -> Transmitter:
    """`route` in the place of the one that the settings name."""
    settings = SubmissionSettings()
    ways = create_ways(runtime, settings, route)
    return Transmitter(runtime.database, ways, runtime.clock, failover_after=settings.failover_after)


def create_ways(runtime: Runtime, settings: SubmissionSettings, route: Route | None = None) -> list[Way]:
    """The routes of the file that the settings name, else the one that they describe, or `route` in its place.

    Raises InvalidRoutes for a file that makes no routes.
    """
    if route is not None or settings.routes_file is None:
        return [Way(terms_of(settings), route or _route(runtime, settings))]
    return [Way(one.terms(settings), _connected(one, runtime)) for one in read_routes(settings.routes_file)]


def _connected(route: RouteSettings, runtime: Runtime) -> Route:
    match route.connection:
        case FolderConnection() as folder:
            return FolderRoute(route.name, folder.path or runtime.settings.data_dir / route.name)
        case HttpsConnection() as https:
            return _over_https(route.name, https)
        case SftpConnection() as sftp:
            return SftpRoute(route.name, SftpAccount(**sftp.model_dump(exclude={"by"})))
        case BusConnection():
            return BusRoute(route.name, runtime.bus, runtime.clock)


def _over_https(name: str, https: HttpsConnection) -> HttpsRoute:
    """Raises InvalidRoutes for a file that it needs and that is not there."""
    try:
        context = tls_context(https.ca_file, https.client_certificate_file, https.client_key_file)
        secret = SecretStr(https.client_secret_file.read_text().strip()) if https.client_secret_file else None
    except OSError as error:
        raise InvalidRoutes(f"route {name}: a secret, key or certificate cannot be read: {error}") from None
    client = httpx.AsyncClient(base_url=str(https.url), timeout=_TIMEOUT, verify=context)
    if secret is None or https.client_id is None:
        return HttpsRoute(name, client)
    token_client = httpx.AsyncClient(timeout=_TIMEOUT, verify=context)
    return HttpsRoute(
        name, client, ClientCredentials(token_client, str(https.token_url), https.client_id, secret, https.scope)
    )


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
    """The clock of every tenant's local time and calendar."""
    settings = SubmissionSettings()
    zones = {tenant: ZoneInfo(zone) for tenant, zone in settings.time_zones.items()}
    return SameDayClock(ZoneInfo(settings.time_zone), zones, settings.closed_days, settings.open_on_holidays)


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
