"""Procedure pairs of the National Correct Coding Initiative: one service bundled into another of the same day.

Column 2 is denied beside column 1 for the same patient, day and provider, unless the indicator of the pair is 1 and
an NCCI-associated modifier tells the two apart (NCCI Policy Manual for Medicare Services, chapter I, section E).
Professional claims are judged by the practitioner pairs; bills of hospitals and of therapy, which the I/OCE edits, by
the hospital pairs (edits 20 and 40). Denials are CARC 236.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.code_lists import NOTHING_LISTED, CodeLists
from services.scrubber.domain.engine import Circumstances, Defect
from services.scrubber.domain.rule_books import rule_book
from services.scrubber.domain.services import Service, codes_by_day, is_supplier, numbers, pairs_on
from shared.claims import InstitutionalClaim, Severity
from shared.tables import Tables, codes, ncci

_ON_EITHER_CODE = date(2019, 7, 1)
"""From here on 59, XE, XP, XS and XU count on column 1 as well (CMS CR 11168)."""
_COLUMN_2_BEFORE = frozenset({"59", "XE", "XP", "XS", "XU"})
_DENIED = "CARC 236"
_SOURCE = "NCCI Policy Manual for Medicare Services ch. I §E; CMS, NCCI procedure-to-procedure edits of the quarter"
_ASSOCIATED = codes.NCCI_MODIFIERS


_VISIT_APART = ("25", "57")
_SERVICE_APART = ("XE", "XP", "XS", "XU", "59")


class Conflict(NamedTuple):
    """A line that is bundled into another, and what tells the two apart."""

    edit: ncci.Edit
    day: date
    column_1: Service
    column_2: Service
    apart: frozenset[str]
    """The NCCI-associated modifiers on the two lines that count for the pair."""
    same_site: bool
    """Those are anatomical, and the same on both lines."""
    visit: bool
    """Column 2 is a visit, which is told apart by 25 or 57."""
    advisory: bool
    """The editor of this type of bill is not known to apply the pairs."""

    @property
    def never_paid(self) -> bool:
        return self.edit.span.modifier == "0"

    @property
    def evidence(self) -> dict[str, str]:
        return {
            "column_1": self.column_1.code,
            "column_2": self.column_2.code,
            "column_1_line": self.column_1.number,
            "modifier_indicator": self.edit.span.modifier,
            "day": self.day.isoformat(),
            "release": self.edit.release,
        }

    def severity(self) -> Severity | None:
        return "warning" if self.advisory else None


def conflicts(claim: AnyClaim, on: Circumstances) -> tuple[Conflict, ...] | None:
    """Every pair of lines that NCCI bundles, whether told apart or not; None where there is none."""
    setting: ncci.Setting = "practitioner"
    advisory = False
    if isinstance(claim, InstitutionalClaim):
        if not on.listed("ncci_bill_types", claim.facility_type):
            return None
        setting, advisory = "hospital", claim.facility_type == "85"
    elif is_supplier(claim):
        return None
    found = [
        _conflict(edit, day, first, second, on, advisory)
        for day, given in on.once(codes_by_day, claim)
        if len(given) > 1
        for edit, firsts, seconds in _bundled(on.tables, setting, given, day)
        for second in seconds
        for first in firsts
    ]
    return tuple(found) or None


def _bundled(
    tables: Tables, setting: ncci.Setting, given: dict[str, list[Service]], day: date
) -> Iterator[tuple[ncci.Edit, list[Service], list[Service]]]:
    """The edits in force among the codes of a day, both ways; none on a day that no release covers."""
    pairs = pairs_on(tables, ncci.PTP[setting], day)
    for column_1, column_2 in pairs.among(given) if pairs is not None else ():
        edit = ncci.edit(tables, setting, column_1, column_2, day)
        if edit is not None and column_1 != column_2:
            yield edit, given[column_1], given[column_2]


def _conflict(
    edit: ncci.Edit, day: date, first: Service, second: Service, on: Circumstances, advisory: bool
) -> Conflict:
    groups = _groups(on.tables, day)
    on_first = {modifier for modifier in first.modifiers if modifier in groups}
    if day < _ON_EITHER_CODE:
        on_first -= _COLUMN_2_BEFORE
    on_second = {modifier for modifier in second.modifiers if modifier in groups}
    apart = frozenset(on_first | on_second)
    return Conflict(
        edit,
        day,
        first,
        second,
        apart,
        same_site=bool(apart) and on_first == on_second and all(groups[modifier] == "anatomic" for modifier in apart),
        visit=on.listed("visits", second.code),
        advisory=advisory,
    )


@lru_cache(maxsize=1024)
def _groups(tables: Tables, day: date) -> dict[str, str]:
    """The NCCI-associated modifiers of a day with their group; none where the list is not carried."""
    if not tables.carries(_ASSOCIATED, day):
        return {}
    return {found.code: found.row.group for found in codes.all_on(tables, _ASSOCIATED, day)}


def _first_of_each(found: Iterator[Conflict]) -> Iterator[Conflict]:
    """One for each line and column 1 code, the first of its lines."""
    told = set()
    for conflict in found:
        key = conflict.column_2.position, conflict.column_1.code
        if key not in told:
            told.add(key)
            yield conflict


@rule_book("ncci", conflicts)(
    "ncci-pair-never-paid",
    title="NCCI never pays this service beside another of the day",
    predicted=_DENIED,
    source=_SOURCE,
)
def pair_never_paid(found: tuple[Conflict, ...]) -> Iterator[Defect]:
    for conflict in _first_of_each(one for one in found if one.never_paid):
        second, first = conflict.column_2, conflict.column_1
        yield Defect(
            f"{second.pointer}/procedure",
            f"Leave out line {second.number}: {second.code} is part of {first.code} on line {first.number}, and no "
            "modifier separates the two.",
            conflict.evidence,
            severity=conflict.severity(),
        )


@rule_book("ncci", conflicts)(
    "ncci-pair-without-modifier",
    title="NCCI bundles this service into another of the day, and no modifier tells them apart",
    predicted=_DENIED,
    source=_SOURCE,
)
def pair_without_modifier(found: tuple[Conflict, ...]) -> Iterator[Defect]:
    for conflict in _first_of_each(one for one in found if not one.never_paid and not one.apart):
        second, first = conflict.column_2, conflict.column_1
        yield Defect(
            f"{second.pointer}/modifiers",
            f"Leave out line {second.number}: {second.code} is part of {first.code} on line {first.number}. Only where "
            f"the record shows that it was separate, give it {_help(conflict)}.",
            conflict.evidence | {"modifiers_that_help": " ".join(_VISIT_APART if conflict.visit else _SERVICE_APART)},
            severity=conflict.severity(),
        )


def modifiers_that_help(edit: ncci.Edit, lists: CodeLists, day: date) -> tuple[str, ...]:
    """The modifiers of column 2 that tell the services of a pair apart, beside those of two sites; none where none can.

    CMS's order of choice: the X modifiers say more than 59 (MLN1783722).
    """
    if edit.span.modifier != "1":
        return ()
    return _VISIT_APART if lists["visits"].on_or(day, NOTHING_LISTED).has(edit.column_2) else _SERVICE_APART


def _help(conflict: Conflict) -> str:
    if conflict.visit:
        return "modifier 25, or 57 where it led to the decision for major surgery"
    return "XE, XP, XS, XU (else 59), or the modifiers of two different sites"


@rule_book("ncci", conflicts)(
    "ncci-pair-same-site",
    title="The modifiers that should tell two services apart name the same site",
    predicted=_DENIED,
    source="NCCI Policy Manual for Medicare Services ch. I §E: anatomical modifiers stand for different sites",
    severity="warning",
)
def pair_same_site(found: tuple[Conflict, ...]) -> Iterator[Defect]:
    for conflict in _first_of_each(one for one in found if not one.never_paid and one.same_site):
        second, first = conflict.column_2, conflict.column_1
        yield Defect(
            f"{second.pointer}/modifiers",
            f"Look at lines {numbers(sorted((first, second)))}: {second.code} is part of {first.code}, and both are of "
            f"one site ({' '.join(sorted(conflict.apart))}). Bill the second only where the record shows it separate.",
            conflict.evidence | {"modifiers": " ".join(sorted(conflict.apart))},
        )
