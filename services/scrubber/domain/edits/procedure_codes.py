"""Code sets that are a table of their own: procedures (HCPCS, CPT) and provider taxonomy, on the day of service.

Revenue, type of bill, admission, status and UB-04 codes are looked at with the field that they stand in
(`institutional`, `ub04_codes`), ICD-10 with the diagnoses and procedures of a stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from services.scrubber.domain.claim_parts import AnyClaim, lines
from services.scrubber.domain.edits.lines import is_payment_group
from services.scrubber.domain.engine import Circumstances, Defect, edit
from shared.claims import Provider
from shared.tables import NoRelease, Tables, hcpcs
from shared.tables.codes import TAXONOMY

_KEPT_CODES = 16_384


@edit(
    "procedure-code-not-valid",
    title="A HCPCS or CPT code is not valid on the day of service",
    predicted="A7:507",
    source="45 CFR 162.1002(a)(5), (c)(1): CPT and HCPCS as of the day of service; CMS Pub 100-04 ch. 23 §20",
    row=50,
)
def procedure_code_not_valid(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    for position, line in lines(claim):
        if line.procedure is None:
            continue
        last = line.last_day or on.day
        listing = _listing_without(on.tables, line.procedure, last)
        # A line of several days is let pass where its first day had the code: which day counts is the payer's to say.
        if listing is None or _listing_without(on.tables, line.procedure, line.service_from or last) is None:
            continue
        if not line.procedure.problem and not is_payment_group(line):
            yield Defect(
                f"/lines/{position}/procedure",
                f"Choose a procedure code for line {position + 1} that is valid on its day of service.",
                {"code": str(line.procedure), "day": last.isoformat(), "table": listing},
            )


@lru_cache(maxsize=_KEPT_CODES)
def _listing_without(tables: Tables, code: str, day: date) -> str | None:
    """The release that a code is not valid by on a day; None where it is, or where no list is carried for the day."""
    try:
        found = hcpcs.code(tables, code, day)
    except NoRelease:
        return None
    return None if found.valid else f"{found.release.table} {found.release.name}"


@edit(
    "provider-taxonomy-not-listed",
    title="A taxonomy code is not in the code set of the day",
    predicted="A7:145",
    source="NUCC, Health Care Provider Taxonomy Code Set; 005010X222A1 and X223A2, PRV03",
    row=18,
)
def provider_taxonomy_not_listed(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    if not on.tables.carries(TAXONOMY, on.day):
        return
    for pointer, entity, provider in on.parts.providers:
        code = provider.taxonomy if isinstance(provider, Provider) else None
        if code is not None and not on.is_code(TAXONOMY, code) and not code.problem:
            yield Defect(
                f"{pointer}/taxonomy",
                "Choose a taxonomy code of the list: NUCC does not have this one on the day of service.",
                {"code": str(code), "day": on.day.isoformat(), "list": TAXONOMY.name},
                predicted=f"A7:145:{entity}",
            )
