"""Modifiers against the payment policy indicators of the Medicare physician fee schedule.

What each indicator means is in the MPFSDB record layout, CMS Pub 100-04 ch. 23, addendum. Days and codes that no loaded
release has get no finding; of both sides of the body the I/OCE's list, which every installation has, tells as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.edits.modifiers import modified
from services.scrubber.domain.engine import PROFESSIONAL, Circumstances, Defect
from services.scrubber.domain.rule_books import rule_book
from services.scrubber.domain.services import Service, rows_on
from shared.claims import Severity
from shared.tables import ioce, mpfs
from shared.tables.mpfs import RvuRow

_INCONSISTENT = "CARC 4"
_NOT_COVERED_ASSISTANT = "CARC 54"
"""Multiple physicians or assistants are not covered in this case."""
_LAYOUT = "CMS Pub 100-04 ch. 23, addendum (MPFSDB record layout)"
_ASSISTANTS = frozenset({"80", "81", "82", "AS"})
_INDICATED = frozenset({"26", "TC", "50", "62", "66"}) | _ASSISTANTS

_NO_COMPONENT: Mapping[str, frozenset[str]] = MappingProxyType({"26": frozenset("023457"), "TC": frozenset("02345678")})
"""The PC/TC indicators with which a modifier cannot be used."""
_NOT_PAID: Mapping[str, tuple[Severity, str]] = MappingProxyType(
    {
        "0": ("warning", "only where the record sent along shows that it was needed"),
        "1": ("error", "by law none is paid"),
        "9": ("error", "the service knows none"),
    }
)
"""Of assistants at surgery."""
_NO_SURGEONS: Mapping[str, tuple[Severity, str]] = MappingProxyType(
    {
        "0": ("error", "the service does not pay for them"),
        "1": ("warning", "only where the record sent along shows that they were needed"),
        "9": ("error", "the service knows none"),
    }
)
"""Of two surgeons and of a team."""
_NOT_TWICE: Mapping[str, tuple[Severity, str]] = MappingProxyType(
    {
        "0": ("warning", "it is no service of one of two sides, or has a code of its own for both"),
        "2": ("warning", "the code is of both sides already"),
        "9": ("error", "the service has no sides"),
    }
)
_BILATERAL_OF_EDITOR = MappingProxyType({"conditional": "1", "inherent": "2", "independent": "3", "": "0"})
"""The I/OCE's words for the bilateral indicators."""


class Indicated(NamedTuple):
    """A service with a modifier that an indicator speaks of."""

    service: Service
    row: RvuRow | None
    """None where no release of the fee schedule has the code on the day."""
    bilateral: str | None
    """The bilateral indicator: of the fee schedule, else of the I/OCE."""
    table: str

    def defect(self, message: str, severity: Severity, indicator: str, modifier: str) -> Defect:
        service = self.service
        told = {"code": service.code, "modifier": modifier, "indicator": indicator, "table": self.table}
        day = {"day": service.first.isoformat()}
        return Defect(f"{service.pointer}/modifiers", message, told | day, severity=severity)


def indicated(claim: AnyClaim, on: Circumstances) -> tuple[Indicated, ...] | None:
    """The services with such a modifier, and what the tables say of them; None where there is none."""
    marked = on.once(modified, claim)
    if marked is None or marked.modifiers.isdisjoint(_INDICATED):
        return None
    found = (_indicated(one, on) for one in marked.services if not _INDICATED.isdisjoint(one.modifiers))
    return tuple(one for one in found if one is not None) or None


def _indicated(service: Service, on: Circumstances) -> Indicated | None:
    schedule = rows_on(on.tables, mpfs.RVU, service.first)
    row = schedule and next((row for row in schedule(service.code) if row.modifier is None), None)
    if row:
        return Indicated(service, row, row.bilateral, on.tables.release(mpfs.RVU, service.first).name)
    editor = rows_on(on.tables, ioce.PROCEDURES, service.first)
    if editor is None or (listed := ioce.row_on(editor(service.code), service.first)) is None:
        return None
    release = on.tables.release(ioce.PROCEDURES, service.first).name
    return Indicated(service, None, _BILATERAL_OF_EDITOR[listed.bilateral], f"I/OCE {release}")


_schedule_edit = rule_book("fee_schedule", indicated)


@_schedule_edit(
    "component-modifier",
    title="A service has no professional or technical component to bill apart",
    predicted=_INCONSISTENT,
    source=f"{_LAYOUT}: PC/TC indicator; CMS Pub 100-04 ch. 13 §20.2",
    kinds=PROFESSIONAL,
)
def component_modifier(found: tuple[Indicated, ...]) -> Iterator[Defect]:
    for one in found:
        for modifier, barred in _NO_COMPONENT.items():
            if one.row is not None and modifier in one.service.modifiers and one.row.pc_tc in barred:
                yield one.defect(
                    f"Take {modifier} off line {one.service.number}: {one.service.code} is not parted into a "
                    "professional and a technical component.",
                    "error",
                    one.row.pc_tc,
                    modifier,
                )


@_schedule_edit(
    "assistant-at-surgery",
    title="Medicare pays no assistant at this surgery",
    predicted=_NOT_COVERED_ASSISTANT,
    source=f"{_LAYOUT}: assistant at surgery; CMS Pub 100-04 ch. 12 §20.4.3; SSA §1848(i)(2)",
    kinds=PROFESSIONAL,
)
def assistant_at_surgery(found: tuple[Indicated, ...]) -> Iterator[Defect]:
    for one in found:
        modifier = next((modifier for modifier in one.service.modifiers if modifier in _ASSISTANTS), None)
        if one.row is not None and modifier and (refused := _NOT_PAID.get(one.row.assistant)):
            severity, why = refused
            yield one.defect(
                f"Look at the assistant ({modifier}) of {one.service.code} on line {one.service.number}: {why}.",
                severity,
                one.row.assistant,
                modifier,
            )


@_schedule_edit(
    "several-surgeons",
    title="Medicare pays no co-surgeons or team for this surgery",
    predicted=_NOT_COVERED_ASSISTANT,
    source=f"{_LAYOUT}: co-surgeons, team surgeons; CMS Pub 100-04 ch. 12 §40.8",
    kinds=PROFESSIONAL,
)
def several_surgeons(found: tuple[Indicated, ...]) -> Iterator[Defect]:
    for one in found:
        if one.row is None:
            continue
        for modifier, indicator in (("62", one.row.co_surgeon), ("66", one.row.team_surgeon)):
            if modifier in one.service.modifiers and (refused := _NO_SURGEONS.get(indicator)):
                severity, why = refused
                surgeons = "two surgeons" if modifier == "62" else "the team"
                yield one.defect(
                    f"Look at {surgeons} ({modifier}) of {one.service.code} on line {one.service.number}: {why}.",
                    severity,
                    indicator,
                    modifier,
                )


@_schedule_edit(
    "bilateral-modifier",
    title="A service is not paid twice for both sides",
    predicted=_INCONSISTENT,
    source=f"{_LAYOUT}: bilateral surgery; CMS Pub 100-04 ch. 12 §40.7",
    kinds=PROFESSIONAL,
)
def bilateral_modifier(found: tuple[Indicated, ...]) -> Iterator[Defect]:
    for one in found:
        if "50" in one.service.modifiers and one.bilateral and (refused := _NOT_TWICE.get(one.bilateral)):
            severity, why = refused
            yield one.defect(
                f"Look at 50 on {one.service.code} of line {one.service.number}: {why}.", severity, one.bilateral, "50"
            )


@_schedule_edit(
    "bilateral-units",
    title="A service of both sides has more than one unit",
    predicted="CARC 151",
    source="CMS Pub 100-04 ch. 12 §40.7.B: one line with modifier 50 and one unit; NCCI Policy Manual ch. I §V",
    kinds=PROFESSIONAL,
    severity="warning",
)
def bilateral_units(found: tuple[Indicated, ...]) -> Iterator[Defect]:
    for one in found:
        service = one.service
        if "50" in service.modifiers and one.bilateral == "1" and service.units > 1:
            yield Defect(
                f"{service.pointer}/units",
                f"Check the units of line {service.number}: with 50, one unit stands for both sides.",
                {"code": service.code, "units": str(service.units), "indicator": one.bilateral, "table": one.table},
            )
