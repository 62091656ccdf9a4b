from __future__ import annotations

from datetime import date
from decimal import Decimal

from services.encoder.domain.queue.summary import Tally, bucket_days, summarize

TODAY = date(2026, 11, 25)


def test_buckets_begin_where_the_parameter_says():
    """0-3, 4-7, 8-14, 15-30 and from 31 days on."""
    assert bucket_days(TODAY) == (
        date(2026, 11, 25),
        date(2026, 11, 21),
        date(2026, 11, 17),
        date(2026, 11, 10),
        date(2026, 10, 25),
    )


def test_figures_add_up_and_patients_in_the_house_stand_apart():
    dnfb = summarize(
        [
            Tally("inpatient", 0, "", owned=False, charts=3, cents=30_000),
            Tally("inpatient", 4, "missing_document,query_open", owned=False, charts=1, cents=5_025),
            Tally("inpatient", 1, "", owned=True, charts=2, cents=100),
            Tally("ed", 1, "query_open", owned=True, charts=1, cents=900),
            Tally("inpatient", -1, "", owned=False, charts=7, cents=70_000),
        ],
        TODAY,
    )
    assert (dnfb.total.charts, dnfb.total.value) == (7, Decimal("360.25"))
    assert (dnfb.in_house.charts, dnfb.in_house.value) == (7, Decimal("700.00"))
    ed, inpatient = dnfb.queues
    assert (ed.queue, inpatient.queue, inpatient.charts, inpatient.waiting) == ("ed", "inpatient", 6, 3)
    assert [(age.from_days, age.through_days, age.charts) for age in inpatient.ages] == [
        (0, 3, 3),
        (4, 7, 2),
        (8, 14, 0),
        (15, 30, 0),
        (31, None, 1),
    ]
    assert [(hold.reason, hold.charts, hold.value) for hold in dnfb.holds] == [
        ("missing_document", 1, Decimal("50.25")),
        ("query_open", 2, Decimal("59.25")),
    ]
