"""The tables of a fresh install: compiled once from what public packages carry, into the folder of the installation.

Each module here reads one package; `SOURCES` lists them. A customer's own releases go before these, table by table.
"""

from __future__ import annotations

from shared.tables.embedded.source import EmbeddedSource

SOURCES: tuple[EmbeddedSource, ...] = ()

__all__ = ["SOURCES", "EmbeddedSource"]
