"""Payments on top of the federal ones: teaching (IME), low-income patients (DSH), uncompensated care."""

from __future__ import annotations

from decimal import Decimal

from services.grouper.domain.inpatient.discharge import AddOns, Discharge, Federal
from services.grouper.domain.inpatient.rates import ONE, DshRule
from services.grouper.domain.inpatient.worksheet import Worksheet, dollars, exponential, four_places, plain, power

_NONE = Decimal(0)
_NINE_PLACES = Decimal("1e-9")
"""As CMS's Pricer keeps the factors of teaching."""


def add_ons(discharge: Discharge, federal: Federal, sheet: Worksheet) -> AddOns:
    """Each with its step, or with the word that what it follows from is not known."""
    operating_ime = _operating_ime(discharge, federal, sheet)
    capital_ime = _capital_ime(discharge, federal, sheet)
    operating_dsh = _operating_dsh(discharge, federal, sheet)
    capital_dsh = _capital_dsh(discharge, federal, sheet)
    uncompensated = discharge.hospital.uncompensated_care_per_claim
    if uncompensated is None:
        sheet.leave_out("uncompensated-care", "the hospital's amount for a claim was not given; 0 where it has none")
    else:
        told = f"for each claim; {discharge.facts.origin('uncompensated_care_per_claim')}"
        sheet.pay("uncompensated-care", uncompensated, told, "42 CFR 412.106(g); Pub 100-04 ch. 3 §20.3.4")
    found = {
        "operating-ime": operating_ime,
        "operating-dsh": operating_dsh,
        "capital-ime": capital_ime,
        "capital-dsh": capital_dsh,
        "uncompensated-care": uncompensated,
    }
    return AddOns(
        operating_ime or _NONE,
        operating_dsh or _NONE,
        capital_ime or _NONE,
        capital_dsh or _NONE,
        uncompensated or _NONE,
        missing=tuple(name for name, value in found.items() if value is None),
    )


def _operating_ime(discharge: Discharge, federal: Federal, sheet: Worksheet) -> Decimal | None:
    ratio, rule = discharge.hospital.resident_to_bed_ratio, discharge.rules.teaching
    if ratio is None:
        sheet.leave_out("operating-ime", "the ratio of residents to beds was not given; 0 where there are none")
        return None
    factor = (rule.multiplier * (power(ONE + ratio, rule.exponent) - ONE)).quantize(_NINE_PLACES)
    told = f"{dollars(federal.operating)} × {rule.multiplier} × ((1 + {plain(ratio)})^{rule.exponent} - 1)"
    told = f"{told}; {discharge.facts.origin('resident_to_bed_ratio')}"
    sheet.pay("operating-ime", federal.operating * factor, told, "42 CFR 412.105(d); Pub 100-04 ch. 3 §20.3")
    return factor


def _capital_ime(discharge: Discharge, federal: Federal, sheet: Worksheet) -> Decimal | None:
    ratio, rule = discharge.hospital.resident_to_census_ratio, discharge.rules.teaching
    if ratio is None:
        sheet.leave_out("capital-ime", "the ratio of residents to average daily census was not given; 0 for none")
        return None
    counted = min(ratio, rule.capital_limit)
    factor = (exponential(rule.capital_coefficient * counted) - ONE).quantize(_NINE_PLACES)
    told = f"{dollars(federal.capital)} × (e^({rule.capital_coefficient} × {plain(counted)}) - 1)"
    told = f"{told}; {discharge.facts.origin('resident_to_census_ratio')}"
    sheet.pay("capital-ime", federal.capital * factor, told, "42 CFR 412.322")
    return factor


def _operating_dsh(discharge: Discharge, federal: Federal, sheet: Worksheet) -> Decimal | None:
    hospital, rule = discharge.hospital, discharge.rules.disproportionate_share
    factor, told = hospital.operating_dsh, discharge.facts.origin("operating_dsh")
    if factor is None and hospital.disproportionate_patient_share is not None:
        percentage = dsh_percentage(
            hospital.disproportionate_patient_share,
            rule,
            beds=hospital.beds,
            is_urban=hospital.is_urban if hospital.is_paid_as_urban is None else hospital.is_paid_as_urban,
            is_exempt=bool(hospital.is_rural_referral_center) or hospital.dependent == "medicare-dependent",
        )
        if percentage is None:
            reason = "beds and place, or whether it is a rural referral center, decide on the limit and were not given"
            sheet.leave_out("operating-dsh", reason)
            return None
        factor = percentage * rule.empirically_justified
        told = f"{plain(percentage)} of 412.106(d) × {rule.empirically_justified}"
        told = f"{told}; {discharge.facts.origin('disproportionate_patient_share', 'beds')}"
    if factor is None:
        sheet.leave_out("operating-dsh", "neither the adjustment nor the share of low-income patients was given")
        return None
    told = f"{dollars(federal.operating)} × {plain(factor)} ({told})"
    sheet.pay("operating-dsh", federal.operating * factor, told, "42 CFR 412.106(d), (f); Pub 100-04 ch. 3 §20.3")
    return factor


def dsh_percentage(
    share: Decimal, rule: DshRule, *, beds: int | None, is_urban: bool | None, is_exempt: bool
) -> Decimal | None:
    """The operating adjustment by 42 CFR 412.106(d)(2), as a fraction; None where an unknown limit would matter."""
    if share < rule.begins:
        return _NONE
    if share < rule.steep_from:
        percentage = four_places(rule.base + rule.slope * (share - rule.begins))
    else:
        percentage = four_places(rule.steep_base + rule.steep_slope * (share - rule.steep_from))
    if percentage <= rule.limit or is_exempt:
        return percentage
    if beds is None or is_urban is None:
        return None
    needed = rule.unlimited_from_beds_urban if is_urban else rule.unlimited_from_beds_rural
    return percentage if beds >= needed else rule.limit


def _capital_dsh(discharge: Discharge, federal: Federal, sheet: Worksheet) -> Decimal | None:
    hospital, rule = discharge.hospital, discharge.rules.disproportionate_share
    factor, told = hospital.capital_dsh, discharge.facts.origin("capital_dsh")
    if factor is None:
        share, beds, is_urban = hospital.disproportionate_patient_share, hospital.beds, hospital.is_urban
        if is_urban is False or (beds is not None and beds < rule.capital_from_beds):
            factor, told = _NONE, f"an urban hospital of {rule.capital_from_beds} beds has it"
        elif share is not None and beds is not None and is_urban:
            factor = four_places(exponential(rule.capital_coefficient * share) - ONE)
            told = f"e^({rule.capital_coefficient} × {plain(share)}) - 1"
            told = f"{told}; {discharge.facts.origin('disproportionate_patient_share', 'beds', 'is_urban')}"
    if factor is None:
        sheet.leave_out("capital-dsh", "the share of low-income patients, beds or place was not given")
        return None
    told = f"{dollars(federal.capital)} × {plain(factor)} ({told})"
    sheet.pay("capital-dsh", federal.capital * factor, told, "42 CFR 412.320")
    return factor
