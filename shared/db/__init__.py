"""The database of one service: engine, sessions, unit of work. SQLite and PostgreSQL behave alike behind it."""

from shared.db.columns import JsonDocument, MoneyColumn, UtcDateTime, new_id
from shared.db.context import Context
from shared.db.database import Database
from shared.db.exclusive import ExclusiveLost
from shared.db.in_lists import in_parts
from shared.db.sessions import CommitOutsideUnitOfWork, ReadSession, ReadSessionChanged, WriteSession
from shared.db.tables import InfrastructureBase
from shared.db.unit_of_work import UnitOfWork

__all__ = [
    "CommitOutsideUnitOfWork",
    "Context",
    "Database",
    "ExclusiveLost",
    "InfrastructureBase",
    "JsonDocument",
    "MoneyColumn",
    "ReadSession",
    "ReadSessionChanged",
    "UnitOfWork",
    "UtcDateTime",
    "WriteSession",
    "in_parts",
    "new_id",
]
