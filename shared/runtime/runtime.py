"""What a process of one service holds while it runs, opened and closed in order."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

from shared.db import Database
from shared.events import Bus, KafkaBus, SqlLogBus
from shared.runtime.principal import Authenticator
from shared.runtime.settings import Settings
from shared.runtime.tokens import TokenAuthenticator
from shared.tables import ReferenceTables
from shared.tables.folders import embedded_folder


def system_clock() -> datetime:
    """The present moment, UTC."""
    return datetime.now(UTC)


@cache
def embedded_tables() -> ReferenceTables:
    """The tables of the installation alone, once for a process."""
    return ReferenceTables([embedded_folder()])


@dataclass(frozen=True)
class Runtime:
    """Everything that a service's app and worker need from outside."""

    name: str
    settings: Settings
    database: Database
    bus: Bus
    authenticator: Authenticator
    clock: Callable[[], datetime] = system_clock
    tables: ReferenceTables = field(default_factory=embedded_tables)


@asynccontextmanager
async def open_runtime(
    name: str,
    settings: Settings,
    *,
    bus: Bus | None = None,
    authenticator: Authenticator | None = None,
    tables: ReferenceTables | None = None,
    clock: Callable[[], datetime] = system_clock,
) -> AsyncIterator[Runtime]:
    """Migrate and open the service's database, then bus and authenticator; close them in the opposite order.

    A `bus`, `authenticator` or `tables` that is given is shared with others and stays open.
    """
    async with AsyncExitStack() as opened:
        database = await open_database(name, settings)
        opened.push_async_callback(database.close)
        if bus is None:
            bus = open_bus(settings)
            opened.push_async_callback(bus.close)
        if authenticator is None:
            authenticator = TokenAuthenticator.for_settings(settings)
            opened.push_async_callback(authenticator.close)
        yield Runtime(name, settings, database, bus, authenticator, clock, tables or open_tables(settings))


async def open_database(name: str, settings: Settings) -> Database:
    """The service's database, at the latest revision of its schema."""
    if settings.database_url is None:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    key = settings.audit_key
    database = Database.open(
        settings.database_url_for(name),
        pool_size=settings.database_pool_size,
        audit_key=key.get_secret_value().encode() if key else None,
    )
    try:
        await database.migrate(f"services/{name}/migrations")
    except BaseException:
        await database.close()
        raise
    return database


def open_tables(settings: Settings) -> ReferenceTables:
    """The reference tables: those of the installation, and before them those that the customer has loaded."""
    return ReferenceTables([embedded_folder(), settings.tables_folder])


def open_bus(settings: Settings) -> Bus:
    """Apache Kafka where an address is set, else the SQL log."""
    if settings.kafka_bootstrap is not None:
        return KafkaBus(
            settings.kafka_bootstrap,
            partitions=settings.kafka_partitions,
            replication=settings.kafka_replication,
            security=kafka_security(settings),
        )
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return SqlLogBus(settings.bus_url)


def kafka_security(settings: Settings) -> dict[str, Any]:
    """aiokafka's options for the way to the broker."""
    if settings.kafka_security == "PLAINTEXT":
        return {}
    options: dict[str, Any] = {
        "security_protocol": settings.kafka_security,
        "ssl_context": ssl.create_default_context(),
    }
    if settings.kafka_security == "SASL_SSL":
        password = settings.kafka_password
        options |= {
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": settings.kafka_username,
            "sasl_plain_password": password.get_secret_value() if password else None,
        }
    return options
