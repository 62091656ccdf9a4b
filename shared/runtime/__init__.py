"""How a process is set up: settings, logs, traces, and what it opens before it serves."""

from shared.runtime.principal import Authenticator, IdentityUnavailable, Principal, Unauthenticated
from shared.runtime.runtime import (
    Runtime,
    embedded_tables,
    open_bus,
    open_database,
    open_runtime,
    open_tables,
    system_clock,
)
from shared.runtime.settings import InvalidSettings, Settings
from shared.runtime.tokens import TokenAuthenticator

__all__ = [
    "Authenticator",
    "IdentityUnavailable",
    "InvalidSettings",
    "Principal",
    "Runtime",
    "Settings",
    "TokenAuthenticator",
    "Unauthenticated",
    "embedded_tables",
    "open_bus",
    "open_database",
    "open_runtime",
    "open_tables",
    "system_clock",
]
