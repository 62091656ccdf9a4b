from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.encoder.domain.charts import Chart
from services.encoder.domain.queue.holds import QUERY_OPEN, Hold, check_hold
from services.encoder.domain.queue.rules import HandOver
from services.encoder.errors import (
    ChartClosed,
    ChartHeld,
    ChartNotOwned,
    ChartOwned,
    HoldNotFound,
    InvalidHold,
    QueryOpen,
    UnknownHoldReason,
)
from tests.services.encoder.domain.test_charts import NUMBER, a_chart

EIGHT = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
HALF_PAST = EIGHT + timedelta(minutes=30)


def a_hold(reason: str = "missing_document", until: datetime | None = None) -> Hold:
    return Hold(reason=reason, placed_by="ana", placed_at=EIGHT, until=until)


def test_a_lease_that_has_ended_leaves_the_chart_to_the_next():
    leased = a_chart().assigned_to("ana", HALF_PAST)
    with pytest.raises(ChartOwned):
        leased.without_lapsed(HALF_PAST - timedelta(seconds=1)).assigned_to("ben")
    taken = leased.without_lapsed(HALF_PAST).assigned_to("ben", HALF_PAST + timedelta(minutes=30))
    assert (taken.owner, taken.version, taken.status) == ("ben", leased.version + 1, "assigned")


def test_the_owner_renews_a_lease_and_the_version_stays():
    leased = a_chart().assigned_to("ana", HALF_PAST)
    renewed = leased.renewed("ana", HALF_PAST + timedelta(minutes=20))
    assert (renewed.lease_expires_at, renewed.version) == (HALF_PAST + timedelta(minutes=20), leased.version)
    with pytest.raises(ChartOwned):
        leased.renewed("ben", HALF_PAST)
    with pytest.raises(ChartNotOwned):
        a_chart().renewed("ana", HALF_PAST)


def test_coding_goes_on_with_the_lease_and_a_chart_that_was_handed_over_has_none():
    assert a_chart().assigned_to("ana", HALF_PAST).coded_by("ana", HALF_PAST).lease_expires_at == HALF_PAST
    handed = a_chart().handed(HandOver(by="mia", at=EIGHT, note="Second look, please"), coder="ana")
    assert (handed.owner, handed.status, handed.lease_expires_at) == ("ana", "assigned", None)
    assert handed.coded_by("ana", HALF_PAST).lease_expires_at is None
    assert handed.renewed("ana", HALF_PAST) is handed


def test_a_chart_whose_lease_has_ended_goes_back_as_far_as_it_came():
    assert a_chart().assigned_to("ana", HALF_PAST).back_in_queue(HALF_PAST).status == "received"
    coded = a_chart().coded_by("ana", HALF_PAST)
    back = coded.back_in_queue(HALF_PAST)
    assert (back.status, back.owner, back.version) == ("coded", None, coded.version + 1)
    assert coded.back_in_queue(EIGHT) is coded


def test_a_held_chart_stays_with_its_owner_and_its_lease_rests():
    held = a_chart().assigned_to("ana", HALF_PAST).held(a_hold())
    assert (held.owner, held.lease_expires_at) == ("ana", None)
    lifted = held.hold_lifted("missing_document", HALF_PAST)
    assert (lifted.holds, lifted.lease_expires_at) == ((), HALF_PAST)


def test_a_chart_has_each_reason_once_and_keeps_the_others():
    held = a_chart().held(a_hold()).held(a_hold(until=HALF_PAST)).held(a_hold("charge_question"))
    assert [(hold.reason, hold.until) for hold in held.holds] == [
        ("missing_document", HALF_PAST),
        ("charge_question", None),
    ]
    assert [hold.reason for hold in held.without_lapsed(HALF_PAST).holds] == ["charge_question"]
    with pytest.raises(HoldNotFound):
        held.hold_lifted("pathology_pending")


def test_a_held_chart_is_coded_and_not_finalized():
    held = a_chart().held(a_hold()).coded_by("ana")
    with pytest.raises(ChartHeld) as caught:
        held.finalized_by("ana", NUMBER)
    assert caught.value.extra["reasons"] == ["missing_document"]
    asked = a_chart().held(a_hold(QUERY_OPEN)).coded_by("ana")
    with pytest.raises(QueryOpen):
        asked.finalized_by("ana", NUMBER)


def finalized() -> Chart:
    return a_chart().coded_by("ana").finalized_by("ana", NUMBER)


def test_a_finalized_chart_is_neither_held_nor_handed_over():
    with pytest.raises(ChartClosed):
        finalized().held(a_hold())
    with pytest.raises(ChartClosed):
        finalized().handed(HandOver(by="mia", at=EIGHT), coder="ben")


def test_the_last_answer_lifts_the_hold_and_makes_the_chart_urgent():
    asked = a_chart().held(a_hold(QUERY_OPEN))
    one_left = asked.query_settled(None, answered=True, others_open=True)
    assert ([hold.reason for hold in one_left.holds], one_left.query_answered) == ([QUERY_OPEN], True)
    settled = one_left.query_settled(None, answered=False, others_open=False)
    assert (settled.holds, settled.query_answered) == ((), True)
    assert settled.coded_by("ana").query_answered is False


def test_reasons_are_on_the_list_of_the_day_and_a_querys_hold_is_not_placed_by_hand():
    check_hold("missing_document", None, EIGHT)
    for reason in ("holiday", QUERY_OPEN):
        with pytest.raises(UnknownHoldReason):
            check_hold(reason, None, EIGHT)


@pytest.mark.parametrize("until", [EIGHT, EIGHT - timedelta(days=1), datetime.max.replace(tzinfo=UTC)])
def test_a_hold_ends_after_it_begins_and_within_a_year(until: datetime):
    with pytest.raises(InvalidHold):
        check_hold("missing_document", until, EIGHT)
