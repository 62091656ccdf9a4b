"""The rates and rules that inpatient payment follows, each with its history. There is no "current"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.tables import Tables, ipps_rates
from shared.tables.dated import Parameter
from shared.tables.ipps_rates import ABOVE_ONE, CAPITAL, UP_TO_ONE

ONE = Decimal(1)


@dataclass(frozen=True)
class StandardizedAmount:
    """Dollars for a weight of 1 where the wage index is 1: a row of Table 1A or 1B."""

    labor: Decimal
    nonlabor: Decimal


@dataclass(frozen=True)
class AmountTable:
    """Table 1A or 1B: the amounts by what the hospital did for the full update; None where one is not known."""

    labor_share: Decimal
    """Of the fixed-loss amount too: `0.66`."""
    full: StandardizedAmount | None
    no_ehr: StandardizedAmount | None
    no_quality: StandardizedAmount | None
    neither: StandardizedAmount | None

    def amount(self, *, submits_quality: bool, is_ehr_user: bool) -> StandardizedAmount | None:
        if submits_quality:
            return self.full if is_ehr_user else self.no_ehr
        return self.no_quality if is_ehr_user else self.neither


@dataclass(frozen=True)
class NationalRates:
    """Tables 1A, 1B and 1D of a fiscal year."""

    above_one: AmountTable
    """For a wage index greater than 1: the greater labor share."""
    up_to_one: AmountTable
    capital: Decimal
    """Dollars: the capital standard federal rate."""

    def table_for(self, wage_index: Decimal) -> AmountTable:
        """The labor share of 62 per cent is for those who gain by it (42 CFR 412.64(h)(3))."""
        return self.above_one if wage_index > ONE else self.up_to_one


@dataclass(frozen=True)
class OutlierRule:
    share: Decimal
    burn_share: Decimal
    burn_drgs: frozenset[str]

    def share_for(self, drg: str) -> Decimal:
        return self.burn_share if drg in self.burn_drgs else self.share


@dataclass(frozen=True)
class TransferRule:
    """Discharge statuses, condition codes and DRGs that decide on a transfer."""

    acute: frozenset[str]
    post_acute: frozenset[str]
    home_health: frozenset[str]
    home_health_excepted_by: frozenset[str]
    drgs_paid_in_full: frozenset[str]


@dataclass(frozen=True)
class TeachingRule:
    multiplier: Decimal
    exponent: Decimal
    capital_coefficient: Decimal
    capital_limit: Decimal


@dataclass(frozen=True)
class DshRule:
    """Fractions of the disproportionate share adjustment, as the parameter's file explains them."""

    begins: Decimal
    base: Decimal
    slope: Decimal
    steep_from: Decimal
    steep_base: Decimal
    steep_slope: Decimal
    limit: Decimal
    unlimited_from_beds_urban: int
    unlimited_from_beds_rural: int
    empirically_justified: Decimal
    capital_coefficient: Decimal
    capital_from_beds: int


@dataclass(frozen=True)
class GeographyRule:
    exponent: Decimal
    """Of the wage index, for the capital geographic adjustment factor."""
    cost_of_living_share: Decimal
    cost_of_living_states: frozenset[str]


@dataclass(frozen=True)
class NewTechnologyRule:
    share: Decimal
    more: Decimal


@dataclass(frozen=True)
class PaidHospitals:
    first: str
    last: str
    other_states: frozenset[str]

    def includes(self, ccn: str) -> bool:
        """Whether a hospital of this certification number is an acute care hospital paid by IPPS."""
        return self.first <= ccn[2:] <= self.last and ccn[:2] not in self.other_states


@dataclass(frozen=True)
class ProviderTypes:
    """Two-digit types of the provider specific file by what they mean for payment."""

    sole_community: frozenset[str]
    medicare_dependent: frozenset[str]
    referral_centers: frozenset[str]


@dataclass(frozen=True)
class NotSupported:
    """A rule that some discharges are paid by and that is not worked out here."""

    what: str
    drgs: frozenset[str] | None
    """None where it may concern any."""
    reason: str

    def concerns(self, drg: str) -> bool:
        return self.drgs is None or drg in self.drgs


@dataclass(frozen=True)
class IppsRules:
    """Everything dated that inpatient payment needs beside the tables."""

    national: Parameter[NationalRates | None]
    fixed_loss: Parameter[Decimal | None]
    outlier: Parameter[OutlierRule]
    transfers: Parameter[TransferRule]
    teaching: Parameter[TeachingRule]
    disproportionate_share: Parameter[DshRule]
    geography: Parameter[GeographyRule]
    new_technology: Parameter[NewTechnologyRule]
    hospital_acquired_conditions: Parameter[Decimal]
    dependent_hospitals: Parameter[dict[str, Decimal | None]]
    paid_hospitals: Parameter[PaidHospitals]
    provider_types: Parameter[ProviderTypes]
    not_supported: Parameter[tuple[NotSupported, ...]]

    @property
    def begins(self) -> date:
        """The first day that every rule but the rates has an edition for."""
        rules = (
            self.outlier,
            self.transfers,
            self.teaching,
            self.disproportionate_share,
            self.geography,
            self.new_technology,
            self.hospital_acquired_conditions,
            self.dependent_hospitals,
            self.paid_hospitals,
            self.provider_types,
            self.not_supported,
        )
        return max(rule.begins for rule in rules)


@dataclass(frozen=True)
class RulesOfDay:
    """What was in force on the day of a discharge."""

    rates: NationalRates
    rates_source: str
    rates_release: str | None
    """Of the loaded Tables 1A-1E; None where the rates are the product's own."""
    fixed_loss: Decimal | None
    outlier: OutlierRule
    transfers: TransferRule
    teaching: TeachingRule
    disproportionate_share: DshRule
    geography: GeographyRule
    new_technology: NewTechnologyRule
    hospital_acquired_conditions: Decimal
    dependent_hospitals: dict[str, Decimal | None]
    paid_hospitals: PaidHospitals
    provider_types: ProviderTypes
    not_supported: tuple[NotSupported, ...]


def rules_on(rules: IppsRules, tables: Tables, day: date) -> RulesOfDay | None:
    """Loaded Tables 1A-1E go before the product's own rates; None where neither has the day, or a rule has not."""
    found = _rates(rules, tables, day) if day >= rules.begins else None
    if found is None:
        return None
    rates, source, release = found
    return RulesOfDay(
        rates=rates,
        rates_source=source,
        rates_release=release,
        fixed_loss=rules.fixed_loss.on_or(day, None),
        outlier=rules.outlier.on(day),
        transfers=rules.transfers.on(day),
        teaching=rules.teaching.on(day),
        disproportionate_share=rules.disproportionate_share.on(day),
        geography=rules.geography.on(day),
        new_technology=rules.new_technology.on(day),
        hospital_acquired_conditions=rules.hospital_acquired_conditions.on(day),
        dependent_hospitals=rules.dependent_hospitals.on(day),
        paid_hospitals=rules.paid_hospitals.on(day),
        provider_types=rules.provider_types.on(day),
        not_supported=rules.not_supported.on(day),
    )


def _rates(rules: IppsRules, tables: Tables, day: date) -> tuple[NationalRates, str, str | None] | None:
    """The rates, what says them, and the release where they are loaded."""
    if tables.carries(ipps_rates.NATIONAL_RATES, day):
        edition = tables.on(ipps_rates.NATIONAL_RATES, day)
        above, up_to = (_loaded(edition.store.rows(table)) for table in (ABOVE_ONE, UP_TO_ONE))
        [capital] = edition.store.rows(CAPITAL)
        release = edition.release.name
        rates = NationalRates(above, up_to, capital.amount)
        return rates, f"{release} IPPS Tables 1A, 1B, 1D as loaded", release
    if day < rules.national.begins:
        return None
    national = rules.national.edition_on(day)
    return None if national.value is None else (national.value, national.source, None)


def _loaded(rows: tuple[ipps_rates.RateRow, ...]) -> AmountTable:
    found = {(row.submits_quality, row.is_ehr_user): StandardizedAmount(row.amount, row.nonlabor) for row in rows}
    return AmountTable(
        labor_share=rows[0].labor_share,
        full=found[True, True],
        no_ehr=found[True, False],
        no_quality=found[False, True],
        neither=found[False, False],
    )
