"""The payers that a customer sends claims to: who they are, how they are reached, how long they may be billed.

No authority publishes such a list: clearinghouses and payers hand theirs to their customers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from shared.tables.catalogue import Release
from shared.tables.history import DatedRow
from shared.tables.table import Table
from shared.tables.tables import Tables

FilingUnit = Literal["days", "months"]


class PayerRow(DatedRow, frozen=True, kw_only=True):
    """A payer over one span of days, in the words of the claim and of the payers' rules."""

    name: str
    payer_id_kind: Literal["PI", "XV"] = "PI"
    """Whose id it is (NM108): the payer's own or the national plan id."""
    filing_indicator: str = ""
    """The kind of plan, as claims name it (SBR09): `MB`, `CI`."""
    lines_of_business: tuple[str, ...] = ()
    """As the payer calls them."""
    route: str = ""
    """The route that its claims go by; empty for the one that is set up for all."""
    claim_office: str = ""
    """The office of the payer that claims go to (REF*FY)."""
    timely_filing: int | None = None
    """How long after the last day of service a claim may arrive; None where it is not known."""
    timely_filing_unit: FilingUnit = "days"
    taxonomy_required: bool = False
    source: str = ""
    """The contract or the payer's manual."""


PAYERS: Table[PayerRow] = Table(
    "payers",
    "Payers",
    PayerRow,
    "payer id",
    "the customer",
    "The customer's own; payer ids are the clearinghouse's",
    coded=False,
)
TABLES = (PAYERS,)


@dataclass(frozen=True, slots=True)
class Payer:
    """A payer as it stood on the day it was asked for."""

    payer_id: str
    row: PayerRow
    release: Release


def payer(tables: Tables, payer_id: str, day: date) -> Payer | None:
    """The payer with this id on a day; None where the list does not have it then. Raises NoRelease."""
    edition = tables.on(PAYERS, day)
    for row in edition.store.rows(payer_id):
        if row.covers(day):
            return Payer(payer_id, row, edition.release)
    return None


def all_on(tables: Tables, day: date) -> Iterator[Payer]:
    """Every payer of a day, by id. Raises NoRelease."""
    edition = tables.on(PAYERS, day)
    return (
        Payer(payer_id, row, edition.release)
        for payer_id, rows in edition.store.items()
        for row in rows
        if row.covers(day)
    )
