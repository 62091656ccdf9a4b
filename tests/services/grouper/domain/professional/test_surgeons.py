"""Assistants, co-surgeons, teams and shares of the global package: CMS Pub 100-04 ch. 12 §20.4.3, §40.4 and §40.8."""

from __future__ import annotations

from decimal import Decimal

import pytest

from shared.tables import Tables
from tests.services.grouper.domain.professional.schedule import a_line, a_schedule, amounts, listed, only, priced

PACKAGE = {"global_days": "090", "multiple": "2", "assistant": "2", "co_surgeon": "2"}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return a_schedule(
        tmp_path_factory.mktemp("fees"),
        listed("30000", "1000.00", preoperative="0.10", intraoperative="0.69", postoperative="0.21", **PACKAGE),
        listed("30001", "600.00", preoperative="0.10", intraoperative="0.69", postoperative="0.21", **PACKAGE),
        # The example of §40.4: 17 per cent of the fee are for the postoperative care.
        listed("42145", "1000.00", preoperative="0.09", intraoperative="0.74", postoperative="0.17", **PACKAGE),
        listed("30010", "200.00", global_days="000", multiple="2", assistant="0", co_surgeon="0"),
        listed("30011", "200.00", global_days="000", multiple="2", assistant="1", co_surgeon="1"),
        listed("30019", "200.00", global_days="000", multiple="2", assistant="9", co_surgeon="9"),
    )


@pytest.mark.parametrize(
    ("modifiers", "paid"),
    [
        (("80",), "160.00"),  # 16 per cent
        (("81",), "160.00"),
        (("82",), "160.00"),
        (("AS",), "136.00"),  # 85 per cent of 16 per cent: 13.6 per cent (ch. 12 §110.2)
        (("80", "AS"), "136.00"),
        (("62",), "625.00"),  # 62.5 per cent to each of two
        (("54",), "790.00"),  # preoperative and intraoperative share: 10 + 69 per cent
        (("55",), "210.00"),  # the whole postoperative share
        (("78",), "690.00"),  # the intraoperative share
        (("22",), "1000.00"),
        (("57", "79"), "1000.00"),
    ],
)
def test_what_a_modifier_pays_of_a_thousand_dollars(tables: Tables, modifiers: tuple[str, ...], paid: str) -> None:
    assert only(priced(tables, a_line("30000", *modifiers))).amount == Decimal(paid)


@pytest.mark.parametrize(
    ("code", "modifier", "outcome"),
    [
        ("30010", "80", "not-supported"),  # 0: only with documents
        ("30011", "80", "not-paid"),  # 1: never
        ("30019", "80", "not-paid"),
        ("30010", "62", "not-paid"),  # 0: not permitted
        ("30011", "62", "not-supported"),  # 1: only with documents
        ("30019", "62", "not-paid"),
        ("30010", "54", "not-paid"),  # no global package
        ("30010", "55", "not-paid"),
        ("30000", "66", "not-supported"),  # by report
        ("30000", "56", "not-supported"),
        ("30000", "52", "not-supported"),
        ("30000", "53", "not-supported"),  # no values of its own
        ("30000", "73", "not-supported"),
        ("30000", "47", "not-supported"),
    ],
)
def test_where_there_is_no_amount_the_reason_is_said(tables: Tables, code: str, modifier: str, outcome: str) -> None:
    line = only(priced(tables, a_line(code, modifier)))
    assert line.outcome == outcome
    assert line.reason
    assert line.amount == (None if outcome == "not-supported" else Decimal(0))


def test_two_parts_in_one_surgery_exclude_each_other(tables: Tables) -> None:
    assert only(priced(tables, a_line("30000", "62", "80"))).outcome == "not-supported"


def test_a_procedure_without_a_package_is_paid_in_full_on_a_return_to_the_operating_room(tables: Tables) -> None:
    # §40.4: 000 codes have no preoperative, intraoperative or postoperative values.
    assert only(priced(tables, a_line("30010", "78"))).amount == Decimal("200.00")


def test_returns_to_the_operating_room_are_not_reduced_by_each_other(tables: Tables) -> None:
    # §40.4: each is paid its intraoperative share; the rules on multiple surgery do not apply. 1,000 and 600 × 0.69
    assert amounts(priced(tables, a_line("30000", "78"), a_line("30001", "78"))) == [Decimal(690), Decimal(414)]


def test_the_days_of_postoperative_care_are_shared(tables: Tables) -> None:
    """The example of §40.4: surgery on 1 March, Dr. Jones cares through 29 April, Dr. Smith from 30 April."""
    surgeon = priced(tables, a_line("42145", "54", service_date="2025-10-01"))
    jones = priced(tables, a_line("42145", "55", service_date="2025-10-01"), relinquished_care="2025-11-29")
    smith = priced(tables, a_line("42145", "55", service_date="2025-10-01"), assumed_care="2025-11-30")
    # Jones: 60 of 90 days of 17 per cent, 170 × 60 / 90 = 113.33 (11.33 per cent); Smith: 170 × 30 / 90 = 56.67.
    assert amounts(jones) == [Decimal("113.33")]
    assert amounts(smith) == [Decimal("56.67")]
    # All practitioners together get what one would: 830 + 113.33 + 56.67.
    assert sum(filter(None, (surgeon.total, jones.total, smith.total))) == Decimal("1000.00")


def test_days_outside_the_global_period_are_not_supported(tables: Tables) -> None:
    line = a_line("42145", "55", service_date="2025-10-01")
    assert only(priced(tables, line, assumed_care="2025-09-30")).outcome == "not-supported"
    assert only(priced(tables, line, assumed_care="2026-01-30")).outcome == "not-supported"


def test_postoperative_care_without_its_days_is_said(tables: Tables) -> None:
    left_out = {left.what for left in priced(tables, a_line("42145", "55")).left_out}
    assert "days-of-postoperative-care" in left_out


def test_assistants_are_ranked_among_assistants(tables: Tables) -> None:
    # The surgeon 1,000 and 600 / 2; the assistant 16 per cent of the same.
    lines = [a_line("30000"), a_line("30001"), a_line("30000", "80"), a_line("30001", "80")]
    assert amounts(priced(tables, *lines)) == [Decimal(value) for value in ("1000.00", "300.00", "160.00", "48.00")]


def test_an_increased_procedure_is_paid_as_it_stands_and_said(tables: Tables) -> None:
    assert "increased-service" in {left.what for left in priced(tables, a_line("30000", "22")).left_out}
