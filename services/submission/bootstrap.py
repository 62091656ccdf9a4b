"""What both doors of submission are made of: its settings, its route, its transmitter."""

from __future__ import annotations

import httpx

from services.submission.routes import Route
from services.submission.routes.folder import FolderRoute
from services.submission.routes.https import ClientCredentials, HttpsRoute
from services.submission.settings import SubmissionSettings
from services.submission.transmission import Transmitter
from shared.runtime import Runtime

_TIMEOUT = httpx.Timeout(30.0, connect=5.0)


def create_transmitter(runtime: Runtime, route: Route | None = None) -> Transmitter:
    """`route` in the place of the one that the settings name."""
    settings = SubmissionSettings()
    return Transmitter(runtime.database, route or _route(runtime, settings), settings, runtime.clock)


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
