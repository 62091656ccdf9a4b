"""A way out and back: what a route asks of interchanges, beside the connection that carries them."""

from __future__ import annotations

from typing import NamedTuple

from services.submission.domain.routing import RouteTerms
from services.submission.routes import Route


class Way(NamedTuple):
    terms: RouteTerms
    route: Route
