"""Loaders of the official formats, one module for each family. `FORMATS` lists them; the first that recognises wins."""

from __future__ import annotations

from shared.tables.formats.format import Asked, Format, Reading

FORMATS: tuple[Format, ...] = ()

__all__ = ["FORMATS", "Asked", "Format", "Reading"]
