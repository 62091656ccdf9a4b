"""Limits of the releases of `loaded.py`, by setting and adjudication indicator (NCCI Policy Manual ch. I §V)."""

from tests.builders import a_physician, a_professional_claim, a_professional_line, commercial
from tests.services.scrubber.cases import fires
from tests.services.scrubber.domain.edits.ncci import an_outpatient_day
from tests.services.scrubber.loaded import DAY, a_loaded_scrubber

SCRUBBER = a_loaded_scrubber
OTHER = a_physician("1122334455", "LINDQVIST", "EVA")


def lines_of(code, *lines, day=DAY, **fields):
    """A claim with a line of the code for each `(units, modifiers)`."""
    return (
        a_professional_claim()
        .with_lines(
            *(
                a_professional_line(
                    code, f"{100 + number}.00", service_from=day, units=units, modifiers=modifiers.split()
                )
                for number, (units, modifiers) in enumerate(lines)
            )
        )
        .but(**fields)
    )


def of_a_week(units, through):
    return a_professional_claim().with_lines(
        a_professional_line("96375", service_from=DAY, service_through=through, units=units)
    )


SUPPLIER = a_professional_claim().fields["billing"] | {"taxonomy": "332B00000X"}

CASES = [
    # MAI 1: each line by itself.
    fires("mue-line", lines_of("95886", ("5", "")), "/lines/0/units", "2400 SV104", "CARC 151"),
    fires("mue-line", lines_of("95886", ("2", ""), ("5", "59")), "/lines/1/units", "2400 SV104", "CARC 151"),
    # MAI 2: the day, whatever the modifiers.
    fires("mue-day-absolute", lines_of("27447", ("2", "RT")), "/lines/0/units", "2400 SV104", "CARC 151"),
    fires("mue-day-absolute", lines_of("27447", ("1", "RT"), ("1", "LT")), "/lines/1/units", "2400 SV104", "CARC 151"),
    fires(
        "mue-day-absolute",
        lines_of("E0607", ("2", "NU"), billing=SUPPLIER),
        "/lines/0/units",
        "2400 SV104",
        "CARC 151",
    ),
    # MAI 3: the day, and the record may justify it.
    fires("mue-day-reviewable", lines_of("96375", ("4", ""), ("3", "59")), "/lines/1/units", "2400 SV104", "CARC 151"),
    fires("mue-day-reviewable", lines_of("A4206", ("1", "")), "/lines/0/units", "2400 SV104", "CARC 151"),
    # 14 units in two days are 7 a day, of which 6 can be paid.
    fires("mue-day-reviewable", of_a_week("14", "2026-05-05"), "/lines/0/units", "2400 SV104", "CARC 151"),
    # The last day of the release.
    fires("mue-line", lines_of("95886", ("5", ""), day="2026-06-30"), "/lines/0/units", "2400 SV104", "CARC 151"),
    fires(
        "mue-day-reviewable",
        an_outpatient_day(("0510", "96375", ""), ("0510", "96375", "59")).with_lines(
            *(
                {
                    "revenue_code": "0510",
                    "procedure": "96375",
                    "modifiers": modifiers,
                    "charge": charge,
                    "units": units,
                    "service_from": DAY,
                }
                for modifiers, charge, units in (([], "90.00", "4"), (["59"], "30.00", "1"))
            )
        ),
        "/lines/1/units",
        "2400 SV205",
        "CARC 151",
    ),
]

NEAR_MISSES = [
    lines_of("A4206", ("1", "")).with_coverages(commercial()),  # what Medicare does not cover, others may
    lines_of("95886", ("4", "")),
    lines_of("95886", ("4", ""), ("4", "59")),  # lines of their own
    lines_of("27447", ("1", "50")),  # both sides, one unit
    lines_of("27447", ("1", ""), ("1", "55")),
    lines_of("96375", ("6", "")),
    of_a_week("18", "2026-05-06"),  # 6 a day
    lines_of("95886", ("5", ""), day="2026-07-01"),  # no release covers it
    a_professional_claim().with_lines(
        a_professional_line("27447", service_from=DAY, modifiers=["RT"]),
        a_professional_line("27447", service_from=DAY, modifiers=["LT"], rendering=OTHER),
    ),
    lines_of("27447", ("1", "RT")).with_line("27447", service_from="2026-05-05", modifiers=["LT", "79"]),
]
