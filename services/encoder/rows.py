"""The base of the encoder's tables: a module of its own, because its stores stand side by side."""

from __future__ import annotations

from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    pass
