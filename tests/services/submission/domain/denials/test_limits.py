"""Until when a denial can be appealed and replaced, and by what. Expected days by the calendar."""

from __future__ import annotations

from datetime import date

import pytest

from services.submission.domain.denials.limits import (
    AppealTime,
    FilingTime,
    PayerLimit,
    appeal_deadline,
    fault_of_editions,
    filing_deadline,
)

NOTICE = date(2026, 12, 1)
CONTRACT = PayerLimit(
    effective=date(2026, 1, 1), through=date(2026, 12, 31), appeal=AppealTime(days=180),
    filing=FilingTime(days=365, counted_from="service"), source="Meridian agreement 2026, section 9.2",
)  # fmt: skip


RULES = [
    # 42 CFR 405.942: notice of 2026-12-01, received 12-06, and 120 days on it is 2027-04-05
    ("MB", NOTICE, date(2027, 4, 5)),
    # 42 CFR 422.582(b): 60 days from receipt, presumed on the fifth day: 2027-02-04; in 2024 60 days from the notice
    ("16", NOTICE, date(2027, 2, 4)),
    ("16", date(2024, 12, 1), date(2025, 1, 30)),
]


@pytest.mark.parametrize(("indicator", "notice_on", "last_day"), RULES)
def test_without_a_contract_the_law_says_how_long(indicator: str, notice_on: date, last_day: date):
    found = appeal_deadline((), indicator, notice_on)
    assert (found.day, found.basis) == (last_day, "rule")
    assert (found.source or "").startswith("42 CFR 4")


@pytest.mark.parametrize("indicator", ["CI", "MC", "12", ""])
def test_of_other_payers_nothing_is_known(indicator: str):
    assert appeal_deadline((), indicator, NOTICE) == (None, "unknown", None)


def test_a_contract_goes_before_the_law_on_the_days_that_it_covers():
    # 180 days from 2026-12-01 is 2027-05-30
    assert appeal_deadline([CONTRACT], "16", NOTICE) == (date(2027, 5, 30), "contract", CONTRACT.source)
    assert appeal_deadline([CONTRACT], "16", date(2027, 1, 1)).basis == "rule"
    received = CONTRACT.model_copy(update={"appeal": AppealTime(days=30, counted_from="receipt", presumed_receipt=3)})
    assert appeal_deadline([received], "CI", NOTICE).day == date(2027, 1, 3)


def test_what_medicare_calls_unprocessable_cannot_be_appealed():
    assert appeal_deadline([CONTRACT], "MB", NOTICE, ["N382", "MA130"])[:2] == (None, "none")
    assert appeal_deadline((), "CI", NOTICE, ["MA130"]).basis == "unknown"


def test_a_replacement_has_the_time_of_the_contract_else_that_of_the_claim():
    service, of_claim = date(2026, 11, 16), date(2027, 5, 16)
    assert filing_deadline([CONTRACT], NOTICE, service, of_claim)[:2] == (date(2027, 11, 16), "contract")
    assert filing_deadline([CONTRACT], NOTICE, None, of_claim) == (of_claim, "claim", None)
    assert filing_deadline((), NOTICE, service, None).basis == "unknown"


def test_a_notice_at_the_end_of_the_calendar_has_a_deadline_all_the_same():
    assert appeal_deadline((), "MB", date.max).day == date.max
    assert appeal_deadline((), "MB", date.min).basis == "rule"


FAULTS = [
    ([CONTRACT, CONTRACT], "/editions/1/effective"),
    ([CONTRACT.model_copy(update={"through": date(2025, 1, 1)})], "/editions/0/through"),
    ([CONTRACT.model_copy(update={"appeal": None, "filing": None})], "/editions/0"),
]


@pytest.mark.parametrize(("editions", "pointer"), FAULTS)
def test_editions_that_contradict_themselves_are_refused(editions: list[PayerLimit], pointer: str):
    fault = fault_of_editions(editions)
    assert fault is not None
    assert fault[0] == pointer


def test_editions_that_follow_each_other_are_in_order():
    later = CONTRACT.model_copy(update={"effective": date(2027, 1, 1), "through": None})
    assert fault_of_editions([later, CONTRACT]) is None
