from datetime import date

from tests.builders import an_institutional_claim
from tests.services.scrubber.cases import fires


def stay(**fields):
    return an_institutional_claim().but(**fields)


SPAN = {"code": "72", "from_date": "2026-11-16", "through_date": "2026-11-18"}

CASES = [
    fires("condition-code-invalid", stay(condition_codes=["07", "0A"]), "/condition_codes/1", "2300 HI", "A7:460"),
    fires(
        "occurrence-code-invalid",
        stay(occurrences=[{"code": "72", "date": "2026-11-16"}]),
        "/occurrences/0/code",
        "2300 HI01-2",
        "A7:719",
    ),
    fires(
        "occurrence-date-future",
        stay(occurrences=[{"code": "11", "date": "2026-11-25"}]),
        "/occurrences/0/date",
        "2300 HI01-4",
        "A7:720",
    ),
    fires(
        "occurrence-span-invalid",
        stay(occurrence_spans=[SPAN | {"code": "11"}]),
        "/occurrence_spans/0/code",
        "2300 HI01-2",
        "A7:721",
    ),
    fires(
        "occurrence-span-invalid",
        stay(occurrence_spans=[SPAN | {"through_date": "2026-11-15"}]),
        "/occurrence_spans/0/through_date",
        "2300 HI01-4",
        "A7:722",
    ),
    fires(
        "value-code-invalid",
        stay(values=[{"code": "800", "amount": "4.00"}]),
        "/values/0/code",
        "2300 HI01-2",
        "A7:725",
    ),
]

NEAR_MISSES = [
    stay(
        condition_codes=["07", "C5"],
        occurrences=[{"code": "11", "date": date(2026, 11, 24).isoformat()}],
        occurrence_spans=[SPAN | {"through_date": "2026-11-16"}],
        values=[{"code": "80", "amount": "4.00"}],
    )
]
