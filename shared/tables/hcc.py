"""Risk adjustment of Medicare Advantage and Part D: which condition categories (HCC) a diagnosis counts for.

A mapping is for a payment year and counts the diagnoses of the year of service before it: releases are named after the
payment year (`PY2026`) and cover the days of service (2025). Models are named as CMS heads its columns, without the
words "Model Category": `CMS-HCC V28`, `CMS-HCC ESRD V24`, `RxHCC V08`. Categories are their numbers.

Source: CMS, ICD-10-CM mappings and model software of each payment year; 42 CFR 422.310.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from shared.tables.table import Table, TableRow
from shared.tables.tables import Tables

_PUBLIC = "work of the United States government, public domain"
_CPT = "CPT codes are the AMA's: for licensed users; which of them count is public"


class CategoryRow(TableRow, frozen=True):
    """A category that a diagnosis counts for in a model."""

    model: str
    hcc: str


class LabelRow(TableRow, frozen=True):
    label: str


class HierarchyRow(TableRow, frozen=True):
    """The categories that count no more beside a more severe one."""

    dropped: tuple[str, ...]


class CoefficientRow(TableRow, frozen=True):
    """What a variable adds to the risk score of one year."""

    value: Decimal


class EligibleRow(TableRow, frozen=True):
    """A procedure code that makes a professional or outpatient claim count for risk adjustment."""


DIAGNOSES = Table(
    "hcc.diagnoses",
    "Condition categories of diagnoses, by model",
    CategoryRow,
    key="ICD-10-CM code without its dot",
    authority="CMS",
    licence=_PUBLIC,
)
LABELS = Table(
    "hcc.labels",
    "Names of the condition categories",
    LabelRow,
    key="model, a blank, and the number of the category",
    authority="CMS",
    licence=_PUBLIC,
    coded=False,
)
HIERARCHIES = Table(
    "hcc.hierarchies",
    "Categories that a more severe one drops",
    HierarchyRow,
    key="model, a blank, and the number of the more severe category",
    authority="CMS",
    licence=_PUBLIC,
    coded=False,
)
COEFFICIENTS = Table(
    "hcc.coefficients",
    "Relative factors of the risk adjustment models",
    CoefficientRow,
    key="model, a blank, and the variable as the model software names it, in capitals: CNA_HCC38",
    authority="CMS",
    licence=_PUBLIC,
    coded=False,
)
PROCEDURES = Table(
    "hcc.procedures",
    "Procedure codes that make a claim count for risk adjustment",
    EligibleRow,
    key="CPT or HCPCS code",
    authority="CMS",
    licence=_CPT,
)
TABLES = (DIAGNOSES, LABELS, HIERARCHIES, COEFFICIENTS, PROCEDURES)


def hccs(tables: Tables, diagnosis: str, model: str, day: date) -> tuple[str, ...]:
    """The categories of a diagnosis of a day of service, before hierarchies and the model's edits of age and sex.

    Empty where the diagnosis does not count in the model, or CMS has no such model in the year. Raises NoRelease.
    """
    rows = tables.on(DIAGNOSES, day).store.rows(diagnosis)
    return tuple(row.hcc for row in rows if row.model == model)


def categories(tables: Tables, diagnosis: str, day: date) -> dict[str, tuple[str, ...]]:
    """The categories of a diagnosis in every model that it counts in, by model. Raises NoRelease."""
    found: dict[str, tuple[str, ...]] = {}
    for row in tables.on(DIAGNOSES, day).store.rows(diagnosis):
        found[row.model] = (*found.get(row.model, ()), row.hcc)
    return found


def models(tables: Tables, day: date) -> tuple[str, ...]:
    """The models whose categories have labels on a day of service, by name. Raises NoRelease."""
    return tuple(dict.fromkeys(key.rpartition(" ")[0] for key, _rows in tables.on(LABELS, day).store.items()))


def label(tables: Tables, model: str, hcc: str, day: date) -> str | None:
    """The name of a category; None where the model has no such. Raises NoRelease."""
    rows = tables.on(LABELS, day).store.rows(f"{model} {hcc}")
    return rows[0].label if rows else None


def dropped(tables: Tables, model: str, hcc: str, day: date) -> tuple[str, ...]:
    """The categories that this one drops in its model. Raises NoRelease."""
    rows = tables.on(HIERARCHIES, day).store.rows(f"{model} {hcc}")
    return rows[0].dropped if rows else ()


def after_hierarchies(tables: Tables, model: str, found: Iterable[str], day: date) -> frozenset[str]:
    """The categories of a person that are left once the more severe have dropped the others. Raises NoRelease."""
    kept = frozenset(found)
    return kept.difference(*(dropped(tables, model, hcc, day) for hcc in kept))


def coefficient(tables: Tables, model: str, variable: str, day: date) -> Decimal | None:
    """The relative factor of a variable (`CNA_HCC38`, community, non-dual, aged); None: none. Raises NoRelease."""
    rows = tables.on(COEFFICIENTS, day).store.rows(f"{model} {variable.upper()}")
    return rows[0].value if rows else None


def is_eligible(tables: Tables, procedure: str, day: date) -> bool:
    """Whether a service of a day makes the diagnoses of its claim count for risk adjustment. Raises NoRelease."""
    return bool(tables.on(PROCEDURES, day).store.rows(procedure))
