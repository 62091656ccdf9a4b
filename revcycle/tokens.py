"""`revcycle token`: a token of the local issuer, made from its own key on this machine."""

from __future__ import annotations

from revcycle.failures import UnknownUser
from shared.http.demo_users import DEMO_USERS
from shared.http.issuer import LocalIssuer
from shared.runtime import Settings, system_clock


def demo_token(user: str, settings: Settings) -> str:
    """Raises UnknownUser."""
    if user not in DEMO_USERS:
        raise UnknownUser(f"there is no demo user {user!r}; there are {', '.join(sorted(DEMO_USERS))}")
    return LocalIssuer.open(settings, system_clock).demo_token(user)
