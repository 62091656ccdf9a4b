"""Every table of the product by its name. A family module lists its own in `TABLES`; this joins the lists."""

from __future__ import annotations

from typing import Any

from shared.tables import (
    codes,
    coverage,
    hcc,
    hcpcs,
    icd10,
    icd10_index,
    icd10cm_tabular,
    icd10pcs_definitions,
    icd10pcs_tables,
    ioce,
    ipps,
    ipps_providers,
    ipps_rates,
    mce,
    mpfs,
    msdrg,
    mue,
    ncci,
    opps,
    payers,
    poa,
)
from shared.tables.errors import UnknownRelease
from shared.tables.table import Table

_FAMILIES: tuple[tuple[Table[Any], ...], ...] = (
    payers.TABLES,
    coverage.TABLES,
    codes.TABLES,
    icd10.TABLES,
    poa.TABLES,
    icd10cm_tabular.TABLES,
    icd10_index.TABLES,
    icd10pcs_tables.TABLES,
    icd10pcs_definitions.TABLES,
    mce.TABLES,
    ipps.TABLES,
    ipps_providers.TABLES,
    ipps_rates.TABLES,
    hcc.TABLES,
    mpfs.TABLES,
    mue.TABLES,
    ncci.TABLES,
    msdrg.TABLES,
    hcpcs.TABLES,
    ioce.TABLES,
    opps.TABLES,
)

TABLES: dict[str, Table[Any]] = {table.name: table for family in _FAMILIES for table in family}


def table_named(name: str) -> Table[Any]:
    """Raises UnknownRelease."""
    if name not in TABLES:
        raise UnknownRelease(f"there is no table {name}")
    return TABLES[name]
