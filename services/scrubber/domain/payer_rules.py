"""What one payer asks for beyond the implementation guide, as dated data."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Literal

from shared.claims import Claim, Coverage, Severity
from shared.tables.dated import NoEdition, Parameter

_VOID = "8"
_SHORTEST_MONTH = 28

RULE_BOOKS = {
    "mce": "Medicare Code Editor, of hospital stays: its edits of codes",
    "mce_coverage": "Medicare Code Editor: what Medicare does not cover, or only under conditions",
    "ioce": "Integrated Outpatient Code Editor, of hospital outpatient bills",
    "drg": "Payment of hospital stays by MS-DRG",
    "coverage": "Local and national coverage determinations of Medicare",
    "ncci": "National Correct Coding Initiative: procedure pairs, medically unlikely edits, add-on codes",
    "fee_schedule": "Payment policy indicators of the Medicare physician fee schedule",
    "drug_codes": "National drug codes beside the codes of drugs that are administered",
    "specific_diagnoses": "No diagnosis may leave the side unspecified that others of its kind name",
}
"""What a payer may judge claims by beyond the implementation guides."""


@dataclass(frozen=True, slots=True)
class Period:
    """From `effective` until `through`, both days included; None is without end."""

    effective: date
    through: date | None = None

    def covers(self, day: date) -> bool:
        return self.effective <= day and (self.through is None or day <= self.through)


@dataclass(frozen=True)
class TimelyFiling:
    """How long after the last day of service a claim may arrive."""

    value: int
    unit: Literal["days", "months"]
    source: str

    def ends_before(self, as_of: date, service_day: date) -> bool:
        """Whether a claim that goes out `as_of` is too late."""
        days = self.value if self.unit == "days" else self.value * _SHORTEST_MONTH
        return (as_of - service_day).days > days and as_of > self.last_day(service_day)

    def last_day(self, service_day: date) -> date:
        """The last day on which the claim is in time. A month without that day ends it early."""
        if self.unit == "days":
            return service_day + timedelta(days=self.value)
        years, month = divmod(service_day.month - 1 + self.value, 12)
        year, month = service_day.year + years, month + 1
        return date(year, month, min(service_day.day, calendar.monthrange(year, month)[1]))


@dataclass(frozen=True)
class AuthorizationRule:
    """Procedures that need a prior authorisation on some types of bill. `facility_types` empty: on every claim."""

    procedures: frozenset[str]
    facility_types: frozenset[str]
    period: Period
    source: str
    exempt_npis: frozenset[str] = frozenset()
    """Billing providers whom the payer has released from it."""


@dataclass(frozen=True)
class PayerRule:
    """One payer's rules on one day."""

    profile: str
    timely_filing: TimelyFiling | None
    frequencies: Mapping[str, frozenset[str]]
    """Claim frequency codes (CLM05-3) taken, by claim kind."""
    taxonomy_required: Severity | None
    """How severe it is for this payer that the biller gives no taxonomy code; None where it wants none."""
    source: str
    authorizations: tuple[AuthorizationRule, ...] = ()
    applies: Mapping[str, Severity] = field(default_factory=dict)
    """Those of `RULE_BOOKS` by which this payer judges claims, each with how severe its findings are at most."""

    @cached_property
    def books(self) -> frozenset[str]:
        """The rule books by which this payer judges."""
        return frozenset(self.applies)


@dataclass(frozen=True)
class Profile:
    """A payer, or a kind of payer, with the editions of its rules."""

    id: str
    payer_ids: frozenset[str]
    filing_indicators: frozenset[str]
    rules: Parameter[PayerRule]


@dataclass(frozen=True)
class PayerRules:
    """The profiles, the most particular first, and the one for everybody else."""

    profiles: tuple[Profile, ...]
    default: Profile

    def of(self, coverage: Coverage, day: date) -> PayerRule:
        """The rules of the payer of `coverage` on `day`: by payer id, else by filing indicator, else the default.

        The default also holds for days before a profile begins: a mistyped year is the business of the edits of dates.
        Raises NoEdition after the end of a profile that has one.
        """
        profile = self._profile(coverage)
        return (profile if profile.rules.begins <= day else self.default).rules.on(day)

    def filing_deadline(self, claim: Claim, as_of: date) -> date | None:
        """The last day on which the claim is in time, by the rules of its last day of service.

        Counted as the edit `timely-filing` does: a facility claim from the end of its statement, a professional one
        from its earliest line, which is too late first. None where the payer sets no time or the claim needs none: a
        void, or one with a delay reason.
        """
        try:
            limit = self.of(claim.billed_coverage, claim.last_day or as_of).timely_filing
        except NoEdition:
            return None
        counted_from = claim.last_day if claim.kind == "institutional" else claim.first_day
        if limit is None or counted_from is None or claim.delay_reason is not None or claim.frequency == _VOID:
            return None
        return limit.last_day(counted_from)

    def _profile(self, coverage: Coverage) -> Profile:
        by_id = self._by_payer_id.get(coverage.payer.payer_id or "")
        return by_id or self._by_indicator.get(coverage.filing_indicator or "", self.default)

    @cached_property
    def _by_payer_id(self) -> dict[str, Profile]:
        return {payer_id: profile for profile in reversed(self.profiles) for payer_id in profile.payer_ids}

    @cached_property
    def _by_indicator(self) -> dict[str, Profile]:
        return {indicator: profile for profile in reversed(self.profiles) for indicator in profile.filing_indicators}
