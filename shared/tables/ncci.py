"""The National Correct Coding Initiative (CMS): procedure-to-procedure edits and add-on codes.

Rules: NCCI Policy Manual for Medicare Services, chapter I, section E (modifiers and modifier indicators) and section W
(add-on codes); add-on types: Medicare Claims Processing Manual, Pub 100-04, chapter 12, section 30 (D).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from heapq import merge
from typing import Literal

import msgspec

from shared.tables.table import Table, TableRow
from shared.tables.tables import PairEdition, Tables

Setting = Literal["practitioner", "hospital"]
"""Practitioner: claims of physicians and ambulatory surgical centers. Hospital: outpatient claims to the OPPS."""
ModifierIndicator = Literal["0", "1", "9"]
"""Whether an NCCI-associated modifier lets both codes be paid: 0 never, 1 where the record supports it, 9 no edit.

CMS gives 9 to an edit that it deleted back to its first day: it was never in force.
"""
AddOnType = Literal[1, 2, 3]
"""Who says which primary procedures an add-on code goes with: 1 CMS all, 2 the contractor all, 3 CMS some of them."""
_CMS = "Public (CMS). CPT codes are the AMA's: a licence is needed to use them."


class PtpSpan(TableRow, frozen=True):
    """The days on which a pair was edited, and how. A pair may have several, even for the same days."""

    first: date
    last: date | None
    """The deletion date, which is the last day that the edit is for; None while it is in force."""
    modifier: ModifierIndicator
    rationale: str | None = None
    """In CMS's words; None where the source does not carry it."""
    prior_1996: bool = False
    """The edit is older than the initiative."""


class AddOnSpan(TableRow, frozen=True):
    """One primary procedure of an add-on code, and the days for which CMS names it."""

    primary: str | None
    """None where the row says that the contractor defines the primary procedures (CCCCC in the file)."""
    type: AddOnType
    first: date
    last: date | None
    notes: str | None = None
    """CMS's special instruction: `96376 may be reported by facilities only`."""

    def in_force(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


PRACTITIONER = Table(
    name="ncci.ptp.practitioner",
    title="NCCI procedure-to-procedure edits, practitioner services",
    row=PtpSpan,
    key="column 1 code and column 2 code, five characters each",
    authority="CMS",
    licence=_CMS,
    pairs=True,
)
HOSPITAL = Table(
    name="ncci.ptp.hospital",
    title="NCCI procedure-to-procedure edits, outpatient hospital services",
    row=PtpSpan,
    key="column 1 code and column 2 code, five characters each",
    authority="CMS",
    licence=_CMS,
    pairs=True,
)
ADD_ON = Table(
    name="ncci.add_on",
    title="NCCI add-on codes and their primary procedures",
    row=AddOnSpan,
    key="add-on code, five characters",
    authority="CMS",
    licence=_CMS,
)
TABLES = (PRACTITIONER, HOSPITAL, ADD_ON)
PTP: dict[Setting, Table[PtpSpan]] = {"practitioner": PRACTITIONER, "hospital": HOSPITAL}


class Edit(msgspec.Struct, frozen=True, gc=False):
    """An edit in force: column 2 is not paid beside column 1 on the same day, for the same patient and provider."""

    column_1: str
    column_2: str
    span: PtpSpan
    """Its first and last day, its modifier indicator and its rationale."""
    release: str
    """The release that says so: `2026Q3`."""

    def partner_of(self, code: str) -> str:
        """The other of the two codes."""
        return self.column_2 if code == self.column_1 else self.column_1


class AddOn(msgspec.Struct, frozen=True, gc=False):
    """What an add-on code may be reported with on a day."""

    code: str
    types: tuple[AddOnType, ...]
    """Almost always one."""
    primaries: tuple[str, ...]
    """The primary procedures that CMS names, in its order."""
    contractors_define: bool
    """The contractor names primary procedures: all of them (type 2) or more of them (type 3)."""
    notes: tuple[str, ...]
    release: str


def edit(tables: Tables, setting: Setting, column_1: str, column_2: str, day: date) -> Edit | None:
    """The edit of a pair in this order; None where no edit is in force. Raises NoRelease.

    Of several spans that hold a day, which CMS's file has for old pairs, the one it lists last says how.
    """
    edition: PairEdition[PtpSpan] = tables.editions[PTP[setting], day]
    spans = edition.store.rows(column_1, column_2)
    if not spans or (span := _in_force(spans, day)) is None:
        return None
    return Edit(column_1, column_2, span, edition.release.name)


def edits_between(tables: Tables, setting: Setting, code_a: str, code_b: str, day: date) -> tuple[Edit, ...]:
    """The edits of two codes in either order: none, one, or for few pairs both. Raises NoRelease."""
    forth = edit(tables, setting, code_a, code_b, day)
    back = edit(tables, setting, code_b, code_a, day) if code_a != code_b else None
    return tuple(found for found in (forth, back) if found is not None)


def history(tables: Tables, setting: Setting, column_1: str, column_2: str, day: date) -> tuple[PtpSpan, ...]:
    """Every span of a pair in this order that the release for a day lists, deleted ones too. Raises NoRelease."""
    return tables.pairs_on(PTP[setting], day).store.rows(column_1, column_2)


def bundled_into(tables: Tables, setting: Setting, column_1: str, day: date) -> Iterator[Edit]:
    """The edits in force that have this code in column 1, by column 2 code. Raises NoRelease."""
    edition = tables.pairs_on(PTP[setting], day)
    for column_2, spans in edition.store.seconds(column_1):
        if (span := _in_force(spans, day)) is not None:
            yield Edit(column_1, column_2, span, edition.release.name)


def bundling(tables: Tables, setting: Setting, column_2: str, day: date) -> Iterator[Edit]:
    """The edits in force that have this code in column 2, by column 1 code. Takes milliseconds. Raises NoRelease."""
    edition = tables.pairs_on(PTP[setting], day)
    for column_1, spans in edition.store.firsts(column_2):
        if (span := _in_force(spans, day)) is not None:
            yield Edit(column_1, column_2, span, edition.release.name)


def partners(tables: Tables, setting: Setting, code: str, day: date) -> Iterator[Edit]:
    """The edits in force of a code in either column, by the other code. Takes milliseconds. Raises NoRelease."""
    return merge(
        bundled_into(tables, setting, code, day),
        bundling(tables, setting, code, day),
        key=lambda edit: (edit.partner_of(code), edit.column_1),
    )


def primaries(tables: Tables, add_on: str, day: date) -> AddOn | None:
    """What an add-on code goes with; None where CMS does not list the code as an add-on on this day. Raises NoRelease.

    A code of type 1 is paid only beside one of `primaries`; where `contractors_define`, that none of them is on the
    claim proves nothing.
    """
    edition = tables.on(ADD_ON, day)
    spans = [span for span in edition.store.rows(add_on) if span.in_force(day)]
    if not spans:
        return None
    types = dict.fromkeys(span.type for span in spans)
    return AddOn(
        code=add_on,
        types=tuple(types),
        primaries=tuple(dict.fromkeys(span.primary for span in spans if span.primary is not None)),
        contractors_define=any(span.type != 1 or span.primary is None for span in spans),
        notes=tuple(dict.fromkeys(span.notes for span in spans if span.notes is not None)),
        release=edition.release.name,
    )


def _in_force(spans: tuple[PtpSpan, ...], day: date) -> PtpSpan | None:
    """The last of the spans that hold the day."""
    found = None
    for span in spans:
        if span.first <= day and (span.last is None or day <= span.last) and span.modifier != "9":
            found = span
    return found
