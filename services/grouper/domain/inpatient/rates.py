"""The rules and rates that IPPS payment follows, each with its history."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class IppsRules:
    """Everything dated that inpatient payment needs beside the tables."""
