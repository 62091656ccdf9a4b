"""Which lines the fee schedule can price, and why it cannot price the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from services.grouper.domain.professional.calculation import has_amount
from services.grouper.domain.professional.rules import MpfsRules
from services.grouper.domain.professional.services import ProfessionalServices, ServiceLine
from shared.tables import Tables, codes, mpfs

Outcome = Literal["packaged", "not-paid", "not-supported"]
Role = Literal["surgeon", "assistant", "co-surgeon", "surgical-care", "postoperative-care", "return-to-operating-room"]

ANESTHESIA_STATUS = "J"
ASSISTANT_MODIFIERS = frozenset({"80", "81", "82", "AS"})
_ROLES: dict[str, Role] = {
    **dict.fromkeys(ASSISTANT_MODIFIERS, "assistant"),
    "62": "co-surgeon",
    "54": "surgical-care",
    "55": "postoperative-care",
    "78": "return-to-operating-room",
}
EQUIPMENT_MODIFIERS = frozenset({"CT", "FX", "FY"})
_RULED = frozenset({"26", "53", "TC", "50", "LT", "RT", "CO", "CQ", "PT", *_ROLES, *EQUIPMENT_MODIFIERS})
"""Modifiers with a rule of their own, those of anaesthesia apart."""
ANESTHESIA_MODIFIERS = frozenset({"AA", "AD", "QK", "QX", "QY", "QZ"})
_REDUCED_TOGETHER = frozenset("234567")
_MOST_UNITS = 9_999
_TECHNICAL = frozenset("134")
"""PC/TC indicators of services with a technical part, where they are billed without modifier 26."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a line has no amount of its own."""

    position: int
    line: ServiceLine
    outcome: Outcome
    reason: str
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Payable:
    """A line that the schedule has an amount for. What is paid of it is still to be found."""

    position: int
    """Its place among the lines, from 0."""
    line: ServiceLine
    day: date
    row: mpfs.RvuRow
    fee: mpfs.Fee
    """Of one unit."""
    is_facility: bool
    units: int
    role: Role
    modifiers: frozenset[str]
    locality: str
    is_qualifying_apm: bool

    @property
    def amount(self) -> Decimal:
        """Of one unit, in dollars."""
        return self.fee.amount or Decimal(0)

    @property
    def status(self) -> str:
        return self.row.status

    def refused(self, outcome: Outcome, reason: str) -> Refused:
        """The line without an amount of its own after all."""
        return Refused(self.position, self.line, outcome, reason, self.status)

    def fee_of(self, tables: Tables, code: str, modifier: str | None = None) -> mpfs.Fee | None:
        """The fee of a related service at the same place and day."""
        return mpfs.fee(
            tables,
            code,
            modifier,
            self.locality,
            self.day,
            facility=self.is_facility,
            qualifying_apm=self.is_qualifying_apm,
        )


@dataclass(frozen=True, slots=True)
class Anesthesia:
    """A line for an anaesthesia service, which is paid by base and time units."""

    position: int
    line: ServiceLine
    day: date
    modifiers: frozenset[str]
    locality: str
    status: str = ANESTHESIA_STATUS

    def refused(self, reason: str) -> Refused:
        """The line without an amount."""
        return Refused(self.position, self.line, "not-supported", reason, self.status)


@dataclass(frozen=True, slots=True)
class Schedule:
    """What the lines of one claim are looked up with."""

    services: ProfessionalServices
    rules: MpfsRules
    tables: Tables

    def examined(self, position: int, line: ServiceLine, locality: str) -> Payable | Anesthesia | Refused:
        """The line with what the schedule says of it, or why it is not paid by it. Raises UnknownLocality."""
        day, modifiers = self.services.day_of(line), frozenset(map(str, line.modifiers))
        refuse = _Refusing(position, line)
        refusal = self._unloaded(refuse, locality, day) or _modifiers(refuse, modifiers, self.rules, day)
        if refusal:
            return refusal
        row = mpfs.rvu(self.tables, line.procedure, _pricing(modifiers), day)
        if row is None:
            return _unlisted(refuse, self.tables, line, modifiers, day)
        if row.status == ANESTHESIA_STATUS:
            return Anesthesia(position, line, day, modifiers, locality)
        refuse = _Refusing(position, line, row.status)
        place = line.place_of_service or self.services.place_of_service
        refusal = (
            _status(refuse, row, self.rules, day)
            or _units(refuse, line, row, modifiers)
            or _place(refuse, row, modifiers, place, self.rules, day)
            or _roles(refuse, row, modifiers)
        )
        facility = _is_facility(self.tables, place, day)
        if refusal or facility is None:
            return refusal or refuse("not-supported", f"whether place of service {place} is a facility is not known")
        return self._priced(refuse, row, modifiers, locality, facility)

    def _unloaded(self, refuse: _Refusing, locality: str, day: date) -> Refused | None:
        if day < self.rules.statuses.begins:
            return refuse("not-supported", f"there was no physician fee schedule on {day}")
        for table in (mpfs.RVU, mpfs.GPCI):
            if not self.tables.carries(table, day) and (table is mpfs.RVU or locality != mpfs.NATIONAL):
                return refuse("not-supported", f"no release of {table.name} is loaded for {day}")
        return None

    def _priced(
        self, refuse: _Refusing, row: mpfs.RvuRow, modifiers: frozenset[str], locality: str, facility: bool
    ) -> Payable | Refused:
        line, day = refuse.line, self.services.day_of(refuse.line)
        apm = self.services.practitioner.qualifying_apm
        fee = mpfs.fee(self.tables, line.procedure, row.modifier, locality, day, facility=facility, qualifying_apm=apm)
        if fee is None or not has_amount(row, fee):
            return refuse("not-supported", "the schedule has no amount: the contractor prices the service")
        return Payable(
            refuse.position, line, day, row, fee, facility, int(line.units), _role(modifiers), modifiers, locality, apm
        )


@dataclass(frozen=True, slots=True)
class _Refusing:
    """Makes the refusal of one line."""

    position: int
    line: ServiceLine
    status: str | None = None

    def __call__(self, outcome: Outcome, reason: str) -> Refused:
        return Refused(self.position, self.line, outcome, reason, self.status)


def _role(modifiers: frozenset[str]) -> Role:
    return next((_ROLES[modifier] for modifier in sorted(modifiers) if modifier in _ROLES), "surgeon")


def _pricing(modifiers: frozenset[str]) -> str | None:
    """The modifier that has lines of its own in the schedule."""
    return next(iter(modifiers & mpfs.PRICING_MODIFIERS), None)


def _modifiers(refuse: _Refusing, modifiers: frozenset[str], rules: MpfsRules, day: date) -> Refused | None:
    known = rules.modifiers.on(day)
    for modifier in sorted(modifiers):
        if modifier in known.not_paid:
            return refuse("not-paid", f"modifier {modifier}: {known.not_paid[modifier]}")
    for modifier in sorted(modifiers):
        if modifier in known.not_supported:
            return refuse("not-supported", f"modifier {modifier}: {known.not_supported[modifier]}")
        if modifier not in known.without_effect | _RULED | ANESTHESIA_MODIFIERS:
            return refuse("not-supported", f"what modifier {modifier} does to the amount is not known")
    if len(modifiers & mpfs.PRICING_MODIFIERS) > 1:
        return refuse("not-supported", "26, TC and 53 exclude each other")
    if len({_ROLES[modifier] for modifier in modifiers if modifier in _ROLES}) > 1:
        return refuse("not-supported", "more than one modifier says what part in the surgery the practitioner had")
    return None


def _unlisted(refuse: _Refusing, tables: Tables, line: ServiceLine, modifiers: frozenset[str], day: date) -> Refused:
    pricing = _pricing(modifiers)
    whole = mpfs.rvu(tables, line.procedure, None, day)
    if whole is None or pricing is None:
        return refuse("not-supported", f"the physician fee schedule does not list the code on {day}")
    refuse = _Refusing(refuse.position, line, whole.status)
    if pricing == "53":
        reason = "a discontinued procedure without values of its own is priced by the contractor, by report"
        return refuse("not-supported", reason)
    reason = f"the service has no professional and technical components (PC/TC indicator {whole.pc_tc})"
    return refuse("not-paid", f"modifier {pricing} is not valid: {reason}")


def _status(refuse: _Refusing, row: mpfs.RvuRow, rules: MpfsRules, day: date) -> Refused | None:
    status = rules.statuses.on(day).get(row.status)
    if status is None:
        return refuse("not-supported", f"status {row.status} of the fee schedule is not known")
    return None if status.outcome == "paid" else refuse(status.outcome, status.reason)


def _is_facility(tables: Tables, place: str, day: date) -> bool | None:
    if not tables.carries(codes.PLACE_OF_SERVICE, day):
        return None
    found = codes.entry(tables, codes.PLACE_OF_SERVICE, place, day)
    return None if found is None else found.row.facility


def _units(refuse: _Refusing, line: ServiceLine, row: mpfs.RvuRow, modifiers: frozenset[str]) -> Refused | None:
    if line.unit != "UN":
        return refuse("not-supported", "minutes are for anaesthesia; the schedule pays units")
    if not 1 <= line.units <= _MOST_UNITS or line.units != int(line.units):
        return refuse("not-supported", f"the units are not a whole number from 1 to {_MOST_UNITS:,}")
    if "50" in modifiers and line.units != 1:
        return refuse("not-supported", "modifier 50 stands for both sides: the units beside it are one")
    over_days = line.through is not None and line.service_date is not None and line.through != line.service_date
    if over_days and row.multiple_procedure in _REDUCED_TOGETHER:
        reason = "the line spans several days: which of its units fall on one day, and are reduced, is not said"
        return refuse("not-supported", reason)
    return None


def _place(
    refuse: _Refusing, row: mpfs.RvuRow, modifiers: frozenset[str], place: str, rules: MpfsRules, day: date
) -> Refused | None:
    if "26" in modifiers:
        return None
    if place in rules.technical_settings.on(day):
        if row.pc_tc in _TECHNICAL:
            reason = f"at place of service {place} the technical component is paid to the facility"
            return refuse("not-paid", f"{reason}; the professional one is billed apart")
        if row.pc_tc == "5":
            reason = f"services incident to a physician's are not paid to the physician at place of service {place}"
            return refuse("not-paid", reason)
    if row.pc_tc == "7" and place in rules.therapy_settings.on(day):
        return refuse("not-paid", f"at place of service {place} therapy is paid to the facility")
    return None


_ASSISTANT: dict[str, tuple[Outcome, str]] = {
    "0": ("not-supported", "paid only if documents establish that an assistant was necessary (indicator 0)"),
    "1": ("not-paid", "assistants at surgery are not paid for this procedure (indicator 1)"),
    "9": ("not-paid", "the concept of an assistant at surgery does not apply (indicator 9)"),
}
_CO_SURGEON: dict[str, tuple[Outcome, str]] = {
    "0": ("not-paid", "co-surgeons are not permitted for this procedure (indicator 0)"),
    "1": ("not-supported", "paid only if documents establish that two surgeons were necessary (indicator 1)"),
    "9": ("not-paid", "the concept of co-surgeons does not apply (indicator 9)"),
}


def _roles(refuse: _Refusing, row: mpfs.RvuRow, modifiers: frozenset[str]) -> Refused | None:
    """By the indicators of Pub 100-04 ch. 12 §40.8 and §20.4.3, and the MPFSDB record layout in ch. 23."""
    found: tuple[Outcome, str] | None = None
    if modifiers & ASSISTANT_MODIFIERS:
        found = _ASSISTANT.get(row.assistant)
    elif "62" in modifiers:
        found = _CO_SURGEON.get(row.co_surgeon)
    elif modifiers & {"54", "55"} and not row.intraoperative:
        found = ("not-paid", f"the service has no global package to share (global indicator {row.global_days})")
    if found is None and "50" in modifiers and row.bilateral == "9":
        found = ("not-supported", "the concept of a bilateral procedure does not apply (indicator 9)")
    return refuse(*found) if found else None
