from tests.builders import an_address, commercial
from tests.services.scrubber.cases import a_visit_with, fires

CLIA = "44D0987654"
FORM = [{"kind": "UT", "form": "484.3", "answers": [{"question": "5", "answer": "Y"}]}]


def ride(**fields):
    way = {"pickup": an_address(), "drop_off": an_address(), "ambulance": {"reason": "A", "miles": "12"}}
    return a_visit_with("A0428", modifiers=["RH"]).but(place_of_service="41", **way | fields)


def oxygen(day):
    """Late, with a reason: the day is more than a year ago."""
    return a_visit_with("E1390", modifiers=["RR"], service_from=day, forms=FORM).but(
        place_of_service="12", delay_reason="7"
    )


CASES = [
    fires(
        "clia-number-invalid",
        a_visit_with("81002").but(references={"clia_number": "44X0987654"}),
        "/references/clia_number",
        "2300 REF02",
        "A7:142",
    ),
    fires(
        "clia-number-invalid",
        a_visit_with("83036", modifiers=["QW"], clia_number="44D098765"),
        "/lines/0/clia_number",
        "2400 REF02",
        "A7:142",
    ),
    fires(
        "clia-number-missing",
        a_visit_with("83036", modifiers=["QW"]),
        "/lines/0/clia_number",
        "2400 REF02",
        "CARC 16",
    ),
    fires("ambulance-way-missing", ride(pickup=None), "/pickup", "2310E NM1", "A6:126:PW"),
    fires("ambulance-way-missing", ride(drop_off=None), "/drop_off", "2310F NM1", "A6:126:45"),
    fires("ambulance-transport-missing", ride(ambulance=None), "/ambulance", "2300 CR1", None),
    fires("equipment-certificate-ended", oxygen("2023-01-01"), "/lines/0/forms", "2440 LQ", "A7:698"),
]

NEAR_MISSES = [
    a_visit_with("83036", modifiers=["QW"], clia_number=CLIA),
    a_visit_with("83036", modifiers=["QW"]).but(references={"clia_number": CLIA}),
    a_visit_with("83036", modifiers=["QW"]).with_coverages(commercial()),
    ride(),
    a_visit_with(
        "A0428", modifiers=["RH"], pickup=an_address(), drop_off=an_address(), ambulance={"reason": "A", "miles": "3"}
    ).but(place_of_service="41"),
    oxygen("2022-12-31"),
    oxygen("2026-06-01").with_coverages(commercial()),
]
