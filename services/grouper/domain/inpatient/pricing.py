"""The estimate of one discharge, step by step, in the order of CMS's Pricer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from services.grouper.domain.estimates import Estimate, UsedRelease
from services.grouper.domain.inpatient.add_ons import add_ons
from services.grouper.domain.inpatient.cases import InpatientCase
from services.grouper.domain.inpatient.costs import new_technologies, outlier
from services.grouper.domain.inpatient.discharge import Discharge
from services.grouper.domain.inpatient.facts import Facts, facts_of
from services.grouper.domain.inpatient.federal import federal_payments
from services.grouper.domain.inpatient.programs import hac_reduction, hospital_specific, low_volume, quality_programs
from services.grouper.domain.inpatient.rates import IppsRules, RulesOfDay, StandardizedAmount, rules_on
from services.grouper.domain.inpatient.transfer import transfer_of
from services.grouper.domain.inpatient.worksheet import Worksheet
from shared.tables import Tables, ipps, ipps_rates
from shared.tables.ipps import Drg

_NOT_IN_IT = (
    "deductible, coinsurance and sequestration are not taken off, nor a credit for a replaced device; what is paid by "
    "the item (blood clotting factors) or settled outside the claim (direct medical education, organ acquisition, bad "
    "debt) is not added"
)


@dataclass(frozen=True)
class _Known:
    """What is the same for every DRG that a case might have."""

    case: InpatientCase
    rules: RulesOfDay
    facts: Facts
    tables: Tables


def price(case: InpatientCase, rules: IppsRules, tables: Tables) -> Estimate:
    """What Medicare would allow for the discharge; the total is None where it cannot be said, and `left_out` says why.

    Raises UnreadableTable where the reference tables are damaged.
    """
    sheet = Worksheet()
    releases: list[UsedRelease] = []
    known = _known(case, rules, tables)
    total = None if known is None else _total(case.drg, known, sheet, releases)
    if known is None:
        reason = f"no national rates of {case.discharge_date} are known; load Tables 1A-1E of its fiscal year"
        sheet.leave_out("payment", reason)
    elif total is not None:
        for one in known.rules.not_supported:
            if one.concerns(case.drg):
                sheet.leave_out(one.what, one.reason)
        sheet.leave_out("outside-the-estimate", _NOT_IN_IT)
    return Estimate(
        method="ipps",
        as_of=case.discharge_date,
        total=total,
        steps=tuple(sheet.steps),
        left_out=tuple(sheet.left_out),
        releases=tuple(releases),
    )


def totals(case: InpatientCase, drgs: Iterable[str], rules: IppsRules, tables: Tables) -> dict[str, Decimal | None]:
    """The total of `price` for the case with each of these DRGs in place of its own."""
    known = _known(case, rules, tables)
    return {drg: None if known is None else _total(drg, known, Worksheet(keeps_steps=False), []) for drg in drgs}


def _known(case: InpatientCase, rules: IppsRules, tables: Tables) -> _Known | None:
    """None where no rates of the day are known."""
    of_day = rules_on(rules, tables, case.discharge_date)
    return None if of_day is None else _Known(case, of_day, facts_of(case, of_day, tables), tables)


def _total(drg: str, known: _Known, sheet: Worksheet, releases: list[UsedRelease]) -> Decimal | None:
    opened = _opened(drg, known, sheet, releases)
    if opened is None:
        return None
    _work_out(*opened, sheet)
    return sheet.total


def _work_out(discharge: Discharge, amount: StandardizedAmount, sheet: Worksheet) -> None:
    federal = federal_payments(discharge, amount, sheet)
    paid = add_ons(discharge, federal, sheet)
    technologies = new_technologies(discharge, federal, paid, sheet)
    operating_outlier = outlier(discharge, federal, paid, technologies, sheet)
    hospital_specific(discharge, federal, paid, operating_outlier, sheet)
    low_volume(discharge, sheet)
    quality_programs(discharge, federal, technologies, sheet)
    hac_reduction(discharge, sheet)


def _opened(
    number: str, known: _Known, sheet: Worksheet, releases: list[UsedRelease]
) -> tuple[Discharge, StandardizedAmount] | None:
    """What the payment is worked out from; None where without something there is no amount, which is then said."""
    case, rules, facts = known.case, known.rules, known.facts
    if rules.rates_release is not None:
        releases.append(UsedRelease(table=ipps_rates.NATIONAL_RATES.name, release=rules.rates_release))
    releases.extend(facts.releases)
    if facts.unknown is not None:
        sheet.leave_out("provider", facts.unknown, "/ccn" if case.ccn else "/npi")
    drg = _drg(number, known, sheet, releases)
    wage_index = facts.hospital.wage_index
    if facts.unpaid is not None:
        sheet.leave_out("payment", facts.unpaid, "/ccn" if case.ccn else "/npi")
    if wage_index is None:
        sheet.leave_out("payment", "the wage index of the hospital is not known", "/provider/wage_index")
    if drg is None or drg.weight is None or wage_index is None or facts.unpaid is not None:
        return None
    transfer = transfer_of(case, drg, rules.transfers)
    if transfer is None:
        missing = "discharge_status" if case.discharge_status is None else "length_of_stay"
        reason = f"a short stay is paid by the day where it ends in a transfer: the {missing} was not given"
        sheet.leave_out("payment", reason, f"/{missing}")
        return None
    discharge = Discharge(case, drg, drg.weight, wage_index, facts, rules, transfer)
    amount = _standardized_amount(discharge, sheet)
    return None if amount is None else (discharge, amount)


def _drg(number: str, known: _Known, sheet: Worksheet, releases: list[UsedRelease]) -> Drg | None:
    day, tables = known.case.discharge_date, known.tables
    carried = tables.carries(ipps.DRGS, day)
    drg = ipps.drg(tables, number, day) if carried else None
    if drg is None or drg.weight is None:
        loaded = f"no weight in the loaded release {tables.release(ipps.DRGS, day).name}" if carried else ""
        reason = loaded or f"no weights of {day} are loaded; load Table 5 of its fiscal year"
        sheet.leave_out("payment", f"MS-DRG {number}: {reason}", "/drg")
    elif drg.weights_release is not None:
        releases.append(UsedRelease(table=ipps.DRGS.name, release=drg.weights_release))
    return drg


def _standardized_amount(discharge: Discharge, sheet: Worksheet) -> StandardizedAmount | None:
    """By what the hospital did for the full update; who did not say is taken to have done all, and that is said."""
    hospital = discharge.hospital
    assumed = [
        words
        for words, fact in (
            ("submitted quality data", hospital.submits_quality),
            ("is a meaningful EHR user", hospital.is_ehr_user),
        )
        if fact is None
    ]
    if assumed:
        sheet.leave_out("update", f"that the hospital {' and '.join(assumed)} was not given and is taken to be so")
    amounts = discharge.rules.rates.table_for(discharge.wage_index)
    amount = amounts.amount(
        submits_quality=hospital.submits_quality is not False, is_ehr_user=hospital.is_ehr_user is not False
    )
    if amount is None:
        reason = "the reduced standardized amount of the fiscal year is not known; load its Tables 1A-1E"
        sheet.leave_out("payment", reason, "/provider/submits_quality")
    return amount
