"""The rules that outpatient payment follows, each with its history."""

from __future__ import annotations

from dataclasses import dataclass

from shared.tables.dated import Parameter


@dataclass(frozen=True)
class OppsRules:
    """Everything dated that the OPPS needs beside the tables of codes and rates."""

    bill_types: Parameter[frozenset[str]]
    """The digits of the types of bill of hospitals that the OPPS pays."""
