"""NCCI out of the I/OCE's tables: hospital pairs and add-on codes, 2019-07-01 to 2026-06-30.

The I/OCE applies the pairs itself, so its tables hold them by its own quarterly versions: the first and the last that
has a pair. What began before its first version is given from that version's first day; what its last version has is in
force. It does not carry CMS's rationale, and of practitioner pairs and medically unlikely edits it has nothing.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, ClassVar

from shared.tables.embedded import pyoce
from shared.tables.embedded.source import EmbeddedSource
from shared.tables.formats.format import Reading
from shared.tables.ncci import ADD_ON, HOSPITAL, AddOnSpan, AddOnType, ModifierIndicator, PtpSpan

_INDICATORS: Mapping[bool, ModifierIndicator] = {False: "0", True: "1"}
_ADD_ON_TABLES: Mapping[AddOnType, str] = {1: "map_addon_type1", 2: "map_addon_type2", 3: "map_addon_type3"}
_BY_CONTRACTOR = "CCCCC"


class PyoceNcci(EmbeddedSource):
    packages: ClassVar[tuple[str, ...]] = ("pyoce",)

    def read(self) -> Iterator[Reading[Any]]:
        yield Reading(HOSPITAL, pyoce.LAST, _pairs(), [pyoce.source()], history_from=pyoce.FIRST_DAY)
        yield Reading(ADD_ON, pyoce.LAST, _add_ons(), [pyoce.source()], history_from=pyoce.FIRST_DAY)


def _days(facts: Mapping[str, Any]) -> tuple[date, date | None]:
    """First day, and last day or None where the last version still has it."""
    quarters = pyoce.quarters()
    first, last = quarters[facts["lo_version"]], quarters[facts["hi_version"]]
    return first.first, None if last == pyoce.LAST else last.last


def _pairs() -> Iterator[tuple[str, PtpSpan]]:
    for column_1, partners in pyoce.rows("map_ncci"):
        first_code = column_1.decode()
        for column_2, packed in partners:
            facts = marshal.loads(packed)  # noqa: S302  # the wheel is pinned by its hash
            first, last = _days(facts)
            indicator = _INDICATORS[facts["mod_indicator"]]
            yield f"{first_code} {column_2.decode()}", PtpSpan(first, last, indicator)


def _add_ons() -> Iterator[tuple[str, AddOnSpan]]:
    for kind, table in _ADD_ON_TABLES.items():
        for key, facts in pyoce.rows(table):
            first, last = _days(facts)
            primary = facts.get("addon_primary", _BY_CONTRACTOR)
            yield key[:5].decode(), AddOnSpan(None if primary == _BY_CONTRACTOR else primary, kind, first, last)
