"""Anaesthesia: base units and time, by who gave it and under whose direction (Pub 100-04 ch. 12 §50 and §140.4)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from services.grouper.domain.professional.calculation import Calculation, plain, step
from services.grouper.domain.professional.lines import ANESTHESIA_MODIFIERS, Anesthesia, Refused
from services.grouper.domain.professional.rules import MpfsRules
from services.grouper.domain.professional.services import ProfessionalServices
from shared.tables import Tables, mpfs

_DIRECTED = frozenset({"QK", "QX", "QY"})
_BY_PHYSICIANS = frozenset({"AA", "AD", "QK", "QY"})
_MINUTES_OF_A_UNIT = 15
_MOST_MINUTES = 9_999
_FORMULA = "Pub 100-04 ch. 12 §50.C and §50.G; 42 CFR 414.46"


def anesthesia_amount(
    service: Anesthesia, services: ProfessionalServices, rules: MpfsRules, tables: Tables
) -> Calculation | Refused:
    """(Base units + time units) × the factor of the locality, and of that what the modifier pays.

    Raises UnknownLocality.
    """
    refusal = _refusal(service, tables)
    if refusal:
        return service.refused(refusal)
    if "AD" in service.modifiers:
        base: Decimal | None = rules.supervision_base_units.on(service.day)
        minutes = _MINUTES_OF_A_UNIT if services.practitioner.present_at_induction else 0
    else:
        base, minutes = base_units(service, services), int(service.line.units)
    if base is None:
        return service.refused("the base units of the code are not given; CMS publishes them beside the fee schedule")
    apm = services.practitioner.qualifying_apm
    fee = mpfs.anesthesia_fee(tables, base, minutes, service.locality, service.day, qualifying_apm=apm)
    arithmetic = f"({plain(fee.base_units)} + {plain(fee.time_units)}) × {fee.conversion_factor}"
    calculation = Calculation((step("anesthesia-amount", fee.amount, arithmetic, _FORMULA),))
    if service.modifiers & _DIRECTED:
        calculation = calculation.share("medical-direction", rules.anesthesia_direction.edition_on(service.day))
    return calculation


def base_units(service: Anesthesia, services: ProfessionalServices) -> Decimal | None:
    """As given with the services; None where they were not."""
    given = services.practitioner.anesthesia_base_units
    return next((units.units for units in given if units.procedure == service.line.procedure), None)


def several_on_a_day(services: Sequence[Anesthesia]) -> set[int]:
    """Positions of anaesthesia that shares a day with other anaesthesia of the same kind of practitioner.

    They are paid as one, by the highest base units and the whole time (§50.E), which the claim should say as one line.
    """
    found: dict[tuple[object, bool], list[int]] = {}
    for service in services:
        found.setdefault((service.day, bool(service.modifiers & _BY_PHYSICIANS)), []).append(service.position)
    return {position for positions in found.values() if len(positions) > 1 for position in positions}


def _refusal(service: Anesthesia, tables: Tables) -> str | None:
    line = service.line
    if len(service.modifiers & ANESTHESIA_MODIFIERS) != 1:
        return "who gave the anaesthesia, and under whose direction, is not said by one of AA, AD, QK, QX, QY and QZ"
    if line.unit != "MJ" or line.units != int(line.units) or not 0 <= line.units <= _MOST_MINUTES:
        return "the time is not said in whole minutes (unit MJ)"
    if not tables.carries(mpfs.ANESTHESIA, service.day):
        return f"no release of {mpfs.ANESTHESIA.name} is loaded for {service.day}"
    if service.locality == mpfs.NATIONAL:
        return "the locality is not known, and anaesthesia has a factor for each"
    return None
