"""What the hospital's own rate, its size and the quality programs make of the payment."""

from __future__ import annotations

from decimal import Decimal

from services.grouper.domain.inpatient.discharge import AddOns, Discharge, Federal
from services.grouper.domain.inpatient.rates import ONE
from services.grouper.domain.inpatient.worksheet import Worksheet, dollars, plain

_NONE = Decimal(0)


def hospital_specific(
    discharge: Discharge, federal: Federal, paid: AddOns, operating_outlier: Decimal, sheet: Worksheet
) -> None:
    """The difference that a sole community or Medicare-dependent hospital is paid where its own rate is higher."""
    kind, rate = discharge.hospital.dependent, discharge.hospital.hospital_specific_rate
    if kind is None:
        return
    share = discharge.rules.dependent_hospitals[kind]
    if share is None:
        sheet.leave_out("hospital-specific", f"on the day no program pays {kind} hospitals by their own rate")
        return
    if rate is None or paid.missing:
        lacking = [*(("the hospital-specific rate",) if rate is None else ()), *paid.missing]
        sheet.leave_out("hospital-specific", f"what the comparison needs was not given: {', '.join(lacking)}")
        return
    own = rate * discharge.weight * discharge.transfer.fraction
    federal_sum = federal.operating * (ONE + paid.operating_ime + paid.operating_dsh)
    federal_sum += operating_outlier + paid.uncompensated_care
    told = f"{plain(share)} × (own {dollars(rate)} × weight {plain(discharge.weight)} = {dollars(own)}"
    told = f"{told} - federal {dollars(federal_sum)}), where more; {discharge.facts.origin('hospital_specific_rate')}"
    source = "42 CFR 412.92(d), 412.108(c); Pub 100-04 ch. 3 §20.6"
    sheet.pay("hospital-specific", share * max(own - federal_sum, _NONE), told, source)


def quality_programs(discharge: Discharge, federal: Federal, technologies: Decimal, sheet: Worksheet) -> None:
    """Value-based purchasing and readmissions, on the base operating DRG payment alone (42 CFR 412.152, 412.160)."""
    base = federal.operating + technologies
    for name, fact, source in (
        ("value-based-purchasing", "value_based_factor", "42 CFR 412.162; Pub 100-04 ch. 3 §20.2.3.1"),
        ("readmission-reduction", "readmission_factor", "42 CFR 412.154"),
    ):
        factor = getattr(discharge.hospital, fact)
        if factor is None:
            sheet.leave_out(name, "the hospital's factor was not given; 1 where it takes no part")
            continue
        told = f"base operating payment {dollars(base)} × ({plain(factor)} - 1); {discharge.facts.origin(fact)}"
        sheet.pay(name, base * (factor - ONE), told, source)


def low_volume(discharge: Discharge, sheet: Worksheet) -> None:
    """A share on top of all payments but those of the quality programs: to be asked before they are."""
    factor = discharge.hospital.low_volume_factor
    if factor is None:
        sheet.leave_out("low-volume", "whether the hospital has the adjustment was not given; 0 where it has not")
    elif factor:
        told = f"{dollars(sheet.total)} × {plain(factor)}; {discharge.facts.origin('low_volume_factor')}"
        sheet.pay("low-volume", sheet.total * factor, told, "42 CFR 412.101; Pub 100-04 ch. 3 §20.3.5")


def hac_reduction(discharge: Discharge, sheet: Worksheet) -> None:
    """A part less of everything: the last step."""
    reduced = discharge.hospital.has_hac_reduction
    if reduced is None:
        sheet.leave_out("hac-reduction", "whether the hospital is in the worst quarter was not given")
    elif reduced:
        part = discharge.rules.hospital_acquired_conditions
        told = f"-{plain(part)} × {dollars(sheet.total)}; {discharge.facts.origin('has_hac_reduction')}"
        sheet.pay("hac-reduction", -part * sheet.total, told, "42 CFR 412.172(b)")
