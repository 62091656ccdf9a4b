"""The bus as a durable log in a SQL database of its own: the embedded default, on SQLite unless told otherwise."""

from shared.events.sql_log.bus import SqlLogBus

__all__ = ["SqlLogBus"]
