"""CMS Pub 100-04 ch. 1 §120.2. The claims of `remembered.py` went before."""

from tests.builders import a_physician, a_professional_claim, a_professional_line, commercial
from tests.services.scrubber.cases import fires
from tests.services.scrubber.domain.edits.ncci import an_outpatient_day
from tests.services.scrubber.loaded import DAY
from tests.services.scrubber.remembered import a_remembering_scrubber

SCRUBBER = a_remembering_scrubber
OTHER = a_physician("1122334455", "LINDQVIST", "EVA")


def twice(code, first="", second="", **fields):
    """Two lines of a code with these modifiers, the second with these fields."""
    return a_professional_claim().with_lines(
        a_professional_line(code, service_from=DAY, modifiers=first.split()),
        a_professional_line(code, **({"service_from": DAY, "modifiers": second.split()} | fields)),
    )


def again(*lines, **fields):
    """A claim with a line for each `(code, charge, modifiers)`."""
    return (
        a_professional_claim()
        .with_lines(
            *(
                a_professional_line(code, charge, service_from=DAY, modifiers=modifiers.split())
                for code, charge, modifiers in lines
            )
        )
        .but(**fields)
    )


WHOLE = (("99214", "180.00", ""), ("93010", "40.00", ""))
REPLACED = commercial(payer_claim_control_number="2026123456")

CASES = [
    fires("duplicate-line", twice("36415"), "/lines/1", "2400 LX", "CARC 18"),
    fires("duplicate-line", twice("73560", "RT", "RT"), "/lines/1", "2400 LX", "CARC 18"),
    fires("duplicate-line-suspect", twice("36415", charge="90.00"), "/lines/1", "2400 LX", "CARC 18"),
    fires("duplicate-line-suspect", twice("36415", units="2"), "/lines/1", "2400 LX", "CARC 18"),
    # 25 does not make a second visit of the day.
    fires("duplicate-line-suspect", twice("99213", "", "25"), "/lines/1", "2400 LX", "CARC 18"),
    fires(
        "duplicate-line-suspect",
        twice("97110", service_from="2026-05-03", service_through="2026-05-05"),
        "/lines/1",
        "2400 LX",
        "CARC 18",
    ),
    fires(
        "duplicate-line-suspect",
        an_outpatient_day(("0320", "71046", ""), ("0320", "71046", "")),
        "/lines/1",
        "2400 LX",
        "CARC 18",
    ),
    fires("claim-billed-before", again(*WHOLE), "", None, "A3:78"),
    fires("line-billed-before", again(WHOLE[0], ("36415", "9.00", "")), "/lines/0", "2400 LX", "CARC 18"),
    # Another charge: suspect.
    fires("line-billed-before", again(("93010", "45.00", "")), "/lines/0", "2400 LX", "CARC 18"),
]

NEAR_MISSES = [
    twice("36415", "", "91"),
    twice("36415", "", "59"),
    twice("73560", "RT", "LT"),
    twice("71046", "26", "TC"),
    twice("36415", service_from="2026-05-05"),
    twice("93005", rendering=OTHER),
    again(("99214", "180.00", ""), rendering=OTHER),
    again(*WHOLE, frequency="7").with_coverages(REPLACED),  # a replacement has all of it again
    again(("99213", "180.00", "")),
]
