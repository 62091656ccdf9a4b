"""The national rates of inpatient payment: Tables 1A, 1B and 1D of the IPPS final rule of a fiscal year."""

from __future__ import annotations

from decimal import Decimal

from shared.tables.table import Table, TableRow

ABOVE_ONE, UP_TO_ONE, CAPITAL = "1A", "1B", "1D"


class RateRow(TableRow, frozen=True):
    """Of Tables 1A and 1B one of four pairs of standardized amounts, by what the hospital did for the full update."""

    amount: Decimal
    """Dollars: labor-related; in Table 1D the capital standard federal rate."""
    nonlabor: Decimal = Decimal(0)
    submits_quality: bool = True
    is_ehr_user: bool = True
    labor_share: Decimal = Decimal(1)
    """As the table's title says it: 0.66."""


NATIONAL_RATES = Table(
    "ipps.rates",
    "National operating standardized amounts and capital rate (IPPS Tables 1A, 1B, 1D)",
    RateRow,
    key="the table: 1A (wage index greater than 1), 1B (up to 1), 1D (capital)",
    authority="CMS",
    licence="work of the United States government, public domain",
    coded=False,
)
TABLES = (NATIONAL_RATES,)
