"""The global surgical package: what a surgeon's fee pays for already, before, on and after the day of surgery.

CMS Pub 100-04 ch. 12 §40.1 to §40.2. The fee schedule gives each procedure its global days: 000 and 010 with the visits
of the day, 010 and 090 with those of the ten and ninety days after, 090 also with those of the day before. Surgeries
are looked for on the claim and on the claims that were cleared for the patient before. Where NCCI bundles the very
pair, its own edit speaks.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.engine import PROFESSIONAL, Circumstances, Defect
from services.scrubber.domain.rule_books import rule_book
from services.scrubber.domain.services import Service, rows_on, services
from shared.tables import Tables, mpfs, ncci

_INCLUDED = "CARC 97"
"""The benefit for this service is included in the payment for another."""
_SOURCE = "CMS Pub 100-04 ch. 12 §40.1 to §40.2; ch. 23, addendum (MPFSDB record layout): global surgery"
_GLOBAL_DAYS = {"000": 0, "010": 10, "090": 90}
_MAJOR = 90
_KEPT_CODES = 16_384


class Surgery(NamedTuple):
    """A procedure with global days."""

    code: str
    day: date
    provider: str
    days: int
    position: int | None
    """Of its line; None where it is on another claim."""
    named: str
    """For people: which line it is, and of which claim."""
    release: str

    @property
    def last_day(self) -> date:
        return self.day + timedelta(days=self.days)


class Included(NamedTuple):
    """A service that the fee of a surgery pays for."""

    service: Service
    surgery: Surgery
    visit: bool

    @property
    def postoperative(self) -> bool:
        return self.service.first > self.surgery.day

    @property
    def evidence(self) -> dict[str, str]:
        return {
            "code": self.service.code,
            "day": self.service.first.isoformat(),
            "surgery": self.surgery.code,
            "surgery_day": self.surgery.day.isoformat(),
            "surgery_line": self.surgery.named,
            "global_days": f"{self.surgery.days:03d}",
            "through": self.surgery.last_day.isoformat(),
            "table": self.surgery.release,
        }


def included(claim: AnyClaim, on: Circumstances) -> tuple[Included, ...] | None:
    """The services that are part of a surgery by the same practitioner; None where there are none."""
    surgeries = tuple(_surgeries(claim, on))
    if not surgeries:
        return None
    found = (_included(service, surgeries, on) for service in on.once(services, claim))
    return tuple(one for one in found if one is not None) or None


def _surgeries(claim: AnyClaim, on: Circumstances) -> Iterator[Surgery]:
    for one in on.once(services, claim):
        if (days := _global_days(on.tables, one.code, one.first)) is not None and _has_period(one.modifiers, on):
            release = on.tables.release(mpfs.RVU, one.first).name
            yield Surgery(one.code, one.first, one.provider, days, one.position, f"line {one.number}", release)
    for past in on.history:
        if (days := _global_days(on.tables, past.code, past.first)) is not None and _has_period(past.modifiers, on):
            release = on.tables.release(mpfs.RVU, past.first).name
            yield Surgery(past.code, past.first, past.provider, days, None, past.named, release)


@lru_cache(maxsize=_KEPT_CODES)
def _global_days(tables: Tables, code: str, day: date) -> int | None:
    rows = rows_on(tables, mpfs.RVU, day)
    if rows is None:
        return None
    return next((_GLOBAL_DAYS.get(row.global_days) for row in rows(code) if row.modifier is None), None)


def _has_period(modifiers: tuple[str, ...], on: Circumstances) -> bool:
    return not any(on.listed("modifiers_without_global_period", modifier) for modifier in modifiers)


def _included(service: Service, surgeries: tuple[Surgery, ...], on: Circumstances) -> Included | None:
    visit = on.listed("visits", service.code)
    if not visit and _global_days(on.tables, service.code, service.first) is None:
        return None
    for surgery in surgeries:
        if service.provider == surgery.provider and service.position != surgery.position:
            told_apart = _told_apart_by(service, surgery, visit)
            if told_apart and not any(on.listed(told_apart, modifier) for modifier in service.modifiers):
                return None if _is_ncci_pair(service, surgery, on) else Included(service, surgery, visit)
    return None


def _told_apart_by(service: Service, surgery: Surgery, visit: bool) -> str | None:
    """The list of modifiers that say that a service is not part of a surgery; None where it is not by its day."""
    after = (service.first - surgery.day).days
    if 0 < after <= surgery.days:
        return "modifiers_of_unrelated_visits" if visit else "modifiers_of_further_surgery"
    if visit and (after == 0 or (after == -1 and surgery.days == _MAJOR)):
        return "modifiers_of_separate_visits"
    return None


def _is_ncci_pair(service: Service, surgery: Surgery, on: Circumstances) -> bool:
    rows = rows_on(on.tables, ncci.PRACTITIONER, service.first)
    same_claim = surgery.position is not None and service.first == surgery.day
    return same_claim and rows is not None and bool(rows(surgery.code, service.code))


_package_edit = rule_book("fee_schedule", included)


@_package_edit(
    "visit-with-surgery",
    title="A visit is part of the surgery of the same day, or of the next",
    predicted=_INCLUDED,
    source=_SOURCE,
    kinds=PROFESSIONAL,
)
def visit_with_surgery(found: tuple[Included, ...]) -> Iterator[Defect]:
    for one in found:
        if one.visit and not one.postoperative:
            service, surgery = one.service, one.surgery
            helps = "57, if it led to the decision for surgery" if surgery.days == _MAJOR else "25, if it was separate"
            yield Defect(
                f"{service.pointer}/modifiers",
                f"Leave out line {service.number}: the fee of {surgery.code} ({surgery.named}) pays for the visit. "
                f"Where the record shows it, add {helps}.",
                one.evidence,
            )


@_package_edit(
    "visit-in-global-period",
    title="A visit lies within the postoperative period of a surgery",
    predicted=_INCLUDED,
    source=_SOURCE,
    kinds=PROFESSIONAL,
)
def visit_in_global_period(found: tuple[Included, ...]) -> Iterator[Defect]:
    for one in found:
        if one.visit and one.postoperative:
            service, surgery = one.service, one.surgery
            yield Defect(
                f"{service.pointer}/modifiers",
                f"Leave out line {service.number}: the fee of {surgery.code} ({surgery.named}) pays for visits through "
                f"{surgery.last_day.isoformat()}. Where the record shows an unrelated problem, add 24.",
                one.evidence,
            )


@_package_edit(
    "procedure-in-global-period",
    title="A procedure lies within the postoperative period of another",
    predicted=_INCLUDED,
    source=_SOURCE,
    kinds=PROFESSIONAL,
)
def procedure_in_global_period(found: tuple[Included, ...]) -> Iterator[Defect]:
    for one in found:
        if not one.visit:
            service, surgery = one.service, one.surgery
            yield Defect(
                f"{service.pointer}/modifiers",
                f"Say what {service.code} on line {service.number} is to {surgery.code} ({surgery.named}), whose "
                f"period runs through {surgery.last_day.isoformat()}: planned (58), a return to the operating "
                "room (78), or unrelated (79).",
                one.evidence,
            )
