"""Addresses below an app, wherever it is mounted."""

from starlette.types import Scope

OPEN_PATHS = frozenset({"/healthz", "/readyz", "/metrics", "/openapi.json", "/docs"})
"""Answered without a token and outside the rate limit."""


def own_path(scope: Scope) -> str:
    """The path below the app's mount point."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))
