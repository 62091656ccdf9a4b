"""Codes by their own characters, whole or from the first on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from services.encoder.domain.search.hits import Filters, Hit, Reason
from services.encoder.domain.search.standing import Standing, standing
from services.encoder.domain.terms.point import NamedSystem
from shared.tables import Tables, hcpcs, icd10, ioce

_CODE = re.compile(r"(?=.*\d)[A-Z0-9][A-Z0-9.]{1,7}-?")
"""At least one digit: words are no codes."""
_LIKE_DIAGNOSIS = re.compile(r"[A-Z]\d[0-9AB][0-9A-Z]{0,4}")
_BELOW = 200
"""Codes that begin so, before filters."""


def is_code(query: str) -> bool:
    """Whether it is written as nothing but a code is: with a dot or a dash."""
    return bool(_CODE.fullmatch(query.strip().upper())) and not query.strip().isalnum()


def looks_like_code(query: str) -> bool:
    """Whether it is one word formed as a code of ICD-10-CM without its dot is; T2DM and H1N1 are not."""
    return bool(_LIKE_DIAGNOSIS.fullmatch(query.strip().upper()))


def hits_by_code(query: str, tables: Tables, filters: Filters, systems: Sequence[NamedSystem]) -> Iterator[Hit]:
    """The codes that are or begin with what is asked, in the order of their code sets; none where it is no code.

    Raises NoRelease for a code set that is not carried for the day.
    """
    asked = query.strip().upper()
    if not _CODE.fullmatch(asked):
        return
    beginning = asked.rstrip("-").replace(".", "")
    for system in systems:
        for found in _beginning(tables, system, beginning, filters):
            if filters.admits(tables, system, found.code):
                yield Hit(
                    system=system,
                    code=found.code,
                    billable=found.billable,
                    title=found.title,
                    reason=Reason.CODE,
                    text=found.title,
                    matched=(query.strip(),),
                    exact=found.code == beginning,
                    score=len(beginning) / len(found.code),
                )


def _beginning(tables: Tables, system: NamedSystem, beginning: str, filters: Filters) -> Iterator[Standing]:
    if system == "icd10cm" or system == "icd10pcs":
        for entry in icd10.starting_with(
            tables, system, beginning, filters.day, limit=_BELOW, headings=filters.headings
        ):
            yield Standing(entry.code, entry.billable, entry.description or "")
        return
    for code in islice(_listed(tables, system, beginning, filters), _BELOW):
        found = standing(tables, system, code, filters.day)
        if found is not None:
            yield found


def _listed(tables: Tables, system: NamedSystem, beginning: str, filters: Filters) -> Iterator[str]:
    """The codes of the list that answers for the day, valid or not."""
    if system == "cpt":
        keys = (key for key, _rows in tables.on(hcpcs.CPT_CODES, filters.day).store.items(beginning))
    elif tables.carries(hcpcs.CODES, filters.day):
        keys = (key for key, _rows in tables.on(hcpcs.CODES, filters.day).store.items(beginning))
    else:
        keys = (key for key, _rows in tables.on(ioce.PROCEDURES, filters.day).store.items(beginning))
    return (key for key in keys if system == "cpt" or hcpcs.is_level_two(key))
