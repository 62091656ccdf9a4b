"""The rules that the physician fee schedule is applied by, each with its history."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MpfsRules:
    """Everything dated that the fee schedule needs beside its tables."""
