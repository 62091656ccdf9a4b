"""NCCI out of the I/OCE's tables: hospital pairs and add-on codes, 2019-07-01 to 2026-06-30.

The I/OCE applies the pairs itself, so its tables hold them by its own quarterly versions: the first and the last that
has a pair. What began before its first version is given from that version's first day; what its last version has is in
force. It does not carry CMS's rationale, and of practitioner pairs and medically unlikely edits it has nothing.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from shared.tables.embedded import pyoce
from shared.tables.embedded.source import EmbeddedSource
from shared.tables.errors import UnreadableTable
from shared.tables.formats.format import Reading
from shared.tables.ncci import ADD_ON, HOSPITAL, AddOnSpan, AddOnType, ModifierIndicator, PtpSpan
from shared.tables.spans import Span, quarter

_LAST = quarter(date(2026, 4, 1))
"""The last quarter that the package has, whatever end it names itself."""
_INDICATORS: Mapping[bool, ModifierIndicator] = {False: "0", True: "1"}
_ADD_ON_TABLES: Mapping[AddOnType, str] = {1: "map_addon_type1", 2: "map_addon_type2", 3: "map_addon_type3"}
_BY_CONTRACTOR = "CCCCC"


class PyoceNcci(EmbeddedSource):
    packages: ClassVar[tuple[str, ...]] = ("pyoce",)

    def read(self) -> Iterator[Reading[Any]]:
        spans = _Spans()
        yield Reading(HOSPITAL, _LAST, _pairs(spans), [pyoce.source()], history_from=spans.first)
        yield Reading(ADD_ON, _LAST, _add_ons(spans), [pyoce.source()], history_from=spans.first)


class _Spans:
    """From versions of the I/OCE to days."""

    def __init__(self) -> None:
        quarters = {facts["version"]: quarter(_day(facts["date_started"])) for _, facts in pyoce.rows("version_range")}
        if not quarters or quarters[max(quarters)] != _LAST:
            raise UnreadableTable(f"{pyoce.PACKAGE} does not end with {_LAST.name}")
        self._quarters: dict[int, Span] = quarters
        self._newest = max(quarters)
        self.first = quarters[min(quarters)].first

    def of(self, facts: Mapping[str, Any]) -> tuple[date, date | None]:
        """First day, and last day or None where the last version still has it."""
        lowest, highest = facts["lo_version"], facts["hi_version"]
        return self._quarters[lowest].first, None if highest == self._newest else self._quarters[highest].last


def _day(number: int) -> date:
    return datetime.strptime(str(number), "%Y%m%d").date()  # noqa: DTZ007  # a day of a publication has no zone


def _pairs(spans: _Spans) -> Iterator[tuple[str, PtpSpan]]:
    for column_1, partners in pyoce.rows("map_ncci"):
        first_code = column_1.decode()
        for column_2, packed in partners:
            facts = marshal.loads(packed)  # noqa: S302  # the wheel is pinned by its hash
            first, last = spans.of(facts)
            indicator = _INDICATORS[facts["mod_indicator"]]
            yield f"{first_code} {column_2.decode()}", PtpSpan(first, last, indicator)


def _add_ons(spans: _Spans) -> Iterator[tuple[str, AddOnSpan]]:
    for kind, table in _ADD_ON_TABLES.items():
        for key, facts in pyoce.rows(table):
            first, last = spans.of(facts)
            primary = facts.get("addon_primary", _BY_CONTRACTOR)
            yield key[:5].decode(), AddOnSpan(None if primary == _BY_CONTRACTOR else primary, kind, first, last)
