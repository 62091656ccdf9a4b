from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from services.encoder.domain.charts import Chart, open_chart
from services.encoder.errors import ChartClosed, ChartCoded, ChartNotOwned, ChartOwned
from shared.claims import PatientControlNumber, ReturnReason
from tests.builders import an_encounter

CLAIM = "0193628d-58f5-7a70-8d2e-7a3d8ef0a001"
NUMBER = PatientControlNumber("RC0000000000000000A1")
REASON = ReturnReason(
    code="principal_not_accepted", message="Choose another principal diagnosis.", pointer="/diagnoses/0"
)


def a_chart(**changes: Any) -> Chart:
    received = open_chart(
        an_encounter().build(), chart_id="c1", claim_id=CLAIM, received_at=datetime(2026, 11, 21, tzinfo=UTC)
    )
    return received.model_copy(update=changes)


def returned(chart: Chart, revision: int = 2) -> Chart:
    return chart.returned(revision=revision, reasons=(REASON,), control_number=NUMBER, frequency="1")


def test_a_new_chart_says_what_the_queue_sorts_by():
    chart = a_chart()
    assert (chart.status, chart.version, chart.revision, chart.owner) == ("received", 1, 0, None)
    assert chart.service_date == date(2026, 11, 20)
    assert chart.value == Decimal("7622.50")  # 6400.00 + 812.50 + 410.00
    assert chart.work_type == "inpatient"


def test_a_chart_of_a_patient_still_in_the_house_sorts_by_admission():
    chart = open_chart(
        an_encounter().but(ended_at=None).build(),
        chart_id="c1",
        claim_id=CLAIM,
        received_at=datetime(2026, 11, 21, tzinfo=UTC),
    )
    assert (chart.service_date, chart.discharged) == (date(2026, 11, 16), False)


def test_a_chart_goes_from_received_to_finalized_one_version_a_step():
    assigned = a_chart().assigned_to("ana")
    coded = assigned.coded_by("ana")
    finalized = coded.finalized_by("ana", NUMBER)
    assert [chart.status for chart in (assigned, coded, finalized)] == ["assigned", "coded", "finalized"]
    assert [chart.version for chart in (assigned, coded, finalized)] == [2, 3, 4]
    assert (finalized.revision, finalized.owner, finalized.coder) == (1, None, "ana")


def test_a_chart_has_one_owner():
    chart = a_chart().assigned_to("ana")
    for attempt in (chart.assigned_to, chart.coded_by, lambda who: chart.finalized_by(who, NUMBER)):
        with pytest.raises(ChartOwned):
            attempt("ben")


def test_taking_ones_own_chart_again_changes_nothing():
    chart = a_chart().assigned_to("ana")
    assert chart.assigned_to("ana") is chart


def test_whoever_codes_a_chart_that_nobody_owns_becomes_its_owner():
    assert a_chart().coded_by("ana").owner == "ana"


def test_a_released_chart_waits_again_and_keeps_how_far_it_came():
    assert a_chart().assigned_to("ana").released_by("ana").status == "received"
    assert a_chart().coded_by("ana").released_by("ana").status == "coded"


def test_only_owner_or_manager_releases():
    chart = a_chart().assigned_to("ana")
    with pytest.raises(ChartOwned):
        chart.released_by("ben")
    assert chart.released_by("ben", as_manager=True).owner is None
    with pytest.raises(ChartNotOwned):
        a_chart().released_by("ana")


def test_a_finalized_chart_is_closed_until_it_is_returned():
    finalized = a_chart().coded_by("ana").finalized_by("ana", NUMBER)
    for attempt in (finalized.assigned_to, finalized.coded_by):
        with pytest.raises(ChartClosed):
            attempt("ana")
    with pytest.raises(ChartClosed):
        finalized.updated(an_encounter().build())
    assert returned(finalized).coded_by("ben").status == "coded"


def test_a_returned_chart_keeps_its_reasons_and_goes_out_under_the_next_revision():
    back = returned(a_chart().coded_by("ana").finalized_by("ana", NUMBER), revision=3)
    assert (back.status, back.owner, back.return_reasons) == ("returned", None, (REASON,))
    again = back.assigned_to("ana")
    assert again.status == "returned"
    out = again.coded_by("ana").finalized_by("ana", back.control_number or NUMBER)
    assert (out.revision, out.claim_id, out.return_reasons) == (4, CLAIM, ())


def test_an_encounter_is_replaced_only_before_coding_began():
    dearer = an_encounter().with_charge(revenue_code="0360", amount="1000.00").build()
    assert a_chart().replaced(dearer).value == Decimal("8622.50")
    with pytest.raises(ChartCoded):
        a_chart().coded_by("ana").replaced(dearer)
    assert a_chart().coded_by("ana").updated(dearer).value == Decimal("8622.50")
