from datetime import date

from tests.builders import a_professional_claim, an_address, commercial
from tests.services.scrubber.cases import fires
from tests.services.scrubber.domain.edits.ncci import a_visit_of, an_outpatient_day
from tests.services.scrubber.loaded import DAY, a_loaded_scrubber

SCRUBBER = a_loaded_scrubber
MODIFIERS = "/lines/0/modifiers"


def in_place(place, modifier, day=DAY, **fields):
    return a_visit_of(("99213", modifier), day=day, place_of_service=place, **fields)


CASES = [
    fires("modifier-invalid", a_visit_of(("99213", "25 ZZ")), "/lines/0/modifiers/1", "2400 SV101-4", "A7:453"),
    fires(
        "modifier-invalid",
        an_outpatient_day(("0510", "G0463", "ZZ")).with_coverages(commercial()),
        "/lines/0/modifiers/0",
        "2400 SV202-3",
        "A7:453",
    ),
    # CMS: FQ begins on 2022-01-01.
    fires(
        "modifier-invalid",
        in_place("02", "FQ", "2021-12-31", delay_reason="7"),
        "/lines/0/modifiers/0",
        "2400 SV101-3",
        "A7:453",
        date(2022, 3, 1),
    ),
    # Origin and destination belong to ambulances.
    fires("modifier-invalid", a_visit_of(("11042", "RH")), "/lines/0/modifiers/0", "2400 SV101-3", "A7:453"),
    *(
        fires("modifiers-exclude-each-other", a_visit_of((code, both)), MODIFIERS, "2400 SV101-3", "CARC 4")
        for code, both in [("71046", "26 TC"), ("20610", "50 RT"), ("20610", "LT 50")]
    ),
    fires("modifiers-exclude-each-other", a_visit_of(("11055", "GX GA")), MODIFIERS, "2400 SV101-3", "CARC 4"),
    *(
        fires("modifiers-at-odds", a_visit_of((code, both)), MODIFIERS, "2400 SV101-3", "CARC 4")
        for code, both in [("97597", "59 XS"), ("20611", "LT RT"), ("11042", "78 79"), ("11042", "52 53")]
    ),
    *(
        fires("modifier-without-visit", a_visit_of((code, modifier)), MODIFIERS, "2400 SV101-3", "CARC 4")
        for code, modifier in [("11042", "25"), ("27447", "57"), ("71046", "24")]
    ),
    fires("modifier-on-visit", a_visit_of(("99213", "59")), MODIFIERS, "2400 SV101-3", "CARC 4"),
    fires("modifier-on-visit", a_visit_of(("99213", "79")), MODIFIERS, "2400 SV101-3", "CARC 4"),
    *(
        fires("modifiers-of-two-sites", a_visit_of((code, both)), MODIFIERS, "2400 SV101-3", "CARC 4")
        for code, both in [("67800", "E1 E3"), ("11730", "TA T1"), ("26055", "LT F5"), ("92928", "LC RC")]
    ),
    fires("modifier-repeat-without-first", a_visit_of(("93010", "76")), MODIFIERS, "2400 SV101-3", "CARC 4"),
    fires("telehealth-place", in_place("11", "95"), "/place_of_service", "2300 CLM05-1", "CARC 5"),
    fires(
        "telehealth-place",
        in_place("11", "93", "2024-01-01", delay_reason="7"),
        "/place_of_service",
        "2300 CLM05-1",
        "CARC 5",
        date(2024, 3, 1),
    ),
    fires("modifier-expects-denial", a_visit_of(("11055", "GZ")), MODIFIERS, "2400 SV101-3", "CARC 50"),
    fires("modifier-expects-denial", a_visit_of(("11055", "GY")), MODIFIERS, "2400 SV101-3", "CARC 96"),
]

NEAR_MISSES = [
    a_visit_of(("99213", "25"), ("11055", "59")),
    a_visit_of(("A0428", "RH")).but(
        pickup=an_address(), drop_off=an_address(), ambulance={"reason": "A", "miles": "12"}
    ),
    a_visit_of(("3074F", "1P")),
    a_visit_of(("99213", "ZZ"), day="2026-07-01"),  # no list covers it
    a_visit_of(("71046", "26"), ("20610", "50")),
    a_visit_of(("11055", "GX GY")).with_coverages(commercial()),
    a_visit_of(("11730", "T1 59"), ("11730", "T2 59")),
    a_visit_of(("26055", "RT F5"), ("11730", "LT TA")),
    a_visit_of(("93010", ""), ("93010", "76")),
    a_visit_of(("93010", "77")),
    a_visit_of(("G0463", "27")),
    in_place("10", "95"),
    in_place("02", "93"),
    in_place("22", "95"),
    a_visit_of(("11055", "GZ")).with_coverages(commercial()),
    a_professional_claim(),
]

ON_TIME = [
    (in_place("02", "FQ", "2022-01-01", delay_reason="7"), date(2022, 3, 1)),
    # Until the end of 2023: 95, with the place of a visit in person.
    (in_place("11", "95", "2023-12-31", delay_reason="7"), date(2024, 3, 1)),
]
