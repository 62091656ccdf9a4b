"""The rules that the physician fee schedule is applied by, each with its history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from shared.tables.dated import Parameter


@dataclass(frozen=True)
class StatusRule:
    """What becomes of a service with a status code of the fee schedule."""

    outcome: Literal["paid", "packaged", "not-paid", "not-supported"]
    reason: str


@dataclass(frozen=True)
class ModifierRules:
    """What modifiers do that have no rule of their own in the code."""

    without_effect: frozenset[str]
    """They tell the payer something and change nothing in the amount."""
    not_paid: Mapping[str, str]
    """With them a service is not paid, and why."""
    not_supported: Mapping[str, str]
    """They change the amount in a way that is not worked out here, and how."""


@dataclass(frozen=True)
class MpfsRules:
    """Everything dated that the fee schedule needs beside its tables. Shares are fractions: 0.16 is 16 per cent."""

    statuses: Parameter[Mapping[str, StatusRule]]
    modifiers: Parameter[ModifierRules]
    technical_settings: Parameter[frozenset[str]]
    """Places of service where technical components and incident-to services are the facility's to bill."""
    therapy_settings: Parameter[frozenset[str]]
    """Places where therapy is the facility's to bill."""
    ranked_procedures: Parameter[tuple[Decimal, ...]]
    """Shares of the procedures of a day, highest amount first; beyond the last they are paid by report."""
    bilateral: Parameter[Decimal]
    assistant_at_surgery: Parameter[Decimal]
    co_surgeon: Parameter[Decimal]
    global_days: Parameter[Mapping[str, int]]
    """Days of postoperative care by the global indicator of the fee schedule."""
    therapy_practice_expense: Parameter[Decimal]
    """Share of the practice expense that the second and later therapy units of a day are paid, as the next ones."""
    imaging_technical: Parameter[Decimal]
    imaging_professional: Parameter[Decimal]
    cardiovascular_technical: Parameter[Decimal]
    ophthalmology_technical: Parameter[Decimal]
    technical_tests: Parameter[Mapping[str, tuple[str, ...]]]
    """The codes of the technical part of each code that is a test with its interpretation."""
    equipment: Mapping[str, Parameter[Decimal]]
    """By modifier, of the technical component."""
    therapy_assistant: Parameter[Decimal]
    practitioner_shares: Mapping[str, Parameter[Decimal]]
    """By kind of practitioner."""
    practitioner_taxonomies: Parameter[Mapping[str, str]]
    """Beginnings of taxonomy codes, and the kind of practitioner that they are of."""
    mandatory_assignment: Parameter[frozenset[str]]
    """Kinds of practitioner that must accept assignment, and are paid as participating."""
    nonparticipating: Parameter[Decimal]
    limiting_charge: Parameter[Decimal]
    anesthesia_direction: Parameter[Decimal]
    supervision_base_units: Parameter[Decimal]
    coinsurance: Parameter[Decimal]
    colorectal_coinsurance: Parameter[Decimal]
    """Where a screening of the colon became a treatment (modifier PT)."""
    waived_coinsurance: Parameter[frozenset[str]]
    """Preventive services that the patient pays nothing for."""
