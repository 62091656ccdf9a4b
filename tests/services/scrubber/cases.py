"""A case of an edit: a claim with one defect, and what the scrubber must say of it."""

from __future__ import annotations

import atexit
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.edits import all_edits
from services.scrubber.domain.examination import Scrubber
from services.scrubber.parameters import code_lists, payer_rules
from shared.runtime import embedded_tables
from shared.tables import ReferenceTables
from shared.tables.catalogue import Catalogue
from shared.tables.folders import embedded_folder
from shared.tables.formats import Reading
from shared.tables.loading import compiled_release
from tests.builders import (
    SERVICE_DAY,
    ClaimBuilder,
    InstitutionalClaimBuilder,
    ProfessionalClaimBuilder,
    a_professional_claim,
    a_professional_line,
    an_outpatient_claim,
)

AS_OF = date(2026, 11, 24)
"""A week after the day of service of the builders."""


@cache
def a_scrubber() -> Scrubber:
    """Every edit, with the tables that the product carries."""
    return Scrubber(
        edits=all_edits(),
        tables=embedded_tables(),
        lists=code_lists(),
        payer_rules=payer_rules(),
    )


def a_scrubber_with(*readings: Reading) -> Scrubber:
    """As `a_scrubber`, with releases that a customer has loaded beside the embedded ones."""
    folder = TemporaryDirectory()
    atexit.register(folder.cleanup)
    catalogue = Catalogue(Path(folder.name))
    at = datetime(2026, 7, 1, tzinfo=UTC)
    catalogue.add([compiled_release(catalogue, reading, "by hand", at) for reading in readings])
    return replace(a_scrubber(), tables=ReferenceTables([embedded_folder(), catalogue.folder]))


@dataclass(frozen=True)
class Case:
    """`claim` fires `edit_id` and nothing else; place and answer are those of the guides and of the list of edits."""

    edit_id: str
    claim: AnyClaim
    pointer: str
    x12: str | None
    predicted: str | None
    as_of: date = AS_OF
    scrubber: Callable[[], Scrubber] = a_scrubber
    """`SCRUBBER` of its module where the tables that the product carries are not enough."""

    def __str__(self) -> str:
        return f"{self.edit_id} {self.pointer}"


def fires(
    edit_id: str,
    builder: ClaimBuilder | AnyClaim,
    pointer: str,
    x12: str | None,
    predicted: str | None,
    as_of: date = AS_OF,
) -> Case:
    claim = builder.build() if isinstance(builder, ClaimBuilder) else builder
    return Case(edit_id, claim, pointer, x12, predicted, as_of)


def a_visit_with(procedure: str = "99213", **line: Any) -> ProfessionalClaimBuilder:
    """The office visit with its one line changed."""
    return a_professional_claim().with_lines(a_professional_line(procedure, **line))


def an_outpatient_visit_with(**line: Any) -> InstitutionalClaimBuilder:
    """The outpatient visit with its one line changed."""
    usual = {
        "number": 1,
        "revenue_code": "0510",
        "charge": "220.00",
        "units": "1",
        "procedure": "G0463",
        "service_from": SERVICE_DAY.isoformat(),
    }
    return an_outpatient_claim().with_lines(usual | line)
