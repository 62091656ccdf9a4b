"""CMS Pub 100-04 ch. 12 §40. The claims of `remembered.py` went before: 27447 (090) on 2026-01-05, by the same surgeon,
whose period ends on 2026-04-05, and 10060 (010) on 2026-03-20, whose period ends on 2026-03-30."""

from tests.builders import a_physician, a_professional_claim, a_professional_line
from tests.services.scrubber.cases import fires
from tests.services.scrubber.remembered import a_remembering_scrubber

SCRUBBER = a_remembering_scrubber
OTHER = a_physician("1122334455", "LINDQVIST", "EVA")


def on_days(*lines, **fields):
    """A claim with a line for each `(code, day, modifiers)`."""
    return (
        a_professional_claim()
        .with_lines(*(a_professional_line(code, service_from=day, modifiers=mods.split()) for code, day, mods in lines))
        .but(**fields)
    )


def found(edit_id, *lines, line=0):
    return fires(edit_id, on_days(*lines), f"/lines/{line}/modifiers", "2400 SV101-3", "CARC 97")


CASES = [
    found("visit-with-surgery", ("99213", "2026-06-04", ""), ("20610", "2026-06-04", "79")),
    found("visit-with-surgery", ("10060", "2026-06-04", ""), ("99213", "2026-06-04", ""), line=1),
    # The day before a major surgery.
    found("visit-with-surgery", ("99213", "2026-06-03", ""), ("33533", "2026-06-04", "")),
    found("visit-with-surgery", ("99213", "2026-06-04", ""), ("33533", "2026-06-04", "")),
    # The last day of a period, of the claim's own surgery and of one that went before.
    found("visit-in-global-period", ("10060", "2026-06-04", ""), ("99213", "2026-06-14", ""), line=1),
    found("visit-in-global-period", ("99213", "2026-04-05", "")),
    # 25 says nothing of a period.
    found("visit-in-global-period", ("99213", "2026-03-30", "25")),
    found("procedure-in-global-period", ("20610", "2026-04-05", "")),
]

NEAR_MISSES = [
    on_days(("99213", "2026-06-04", "25"), ("20610", "2026-06-04", "")),
    on_days(("99213", "2026-06-03", "57"), ("33533", "2026-06-04", "")),
    on_days(("99213", "2026-06-02", ""), ("33533", "2026-06-04", "")),  # two days before
    on_days(("99213", "2026-06-03", ""), ("10060", "2026-06-04", "")),  # the day before a minor one
    on_days(("10060", "2026-06-04", ""), ("99213", "2026-06-15", "")),  # the day after the period
    on_days(("99213", "2026-04-06", "")),
    on_days(("99213", "2026-04-03", "24")),
    on_days(("20610", "2026-04-03", "79")),
    on_days(("99213", "2026-04-03", ""), rendering=OTHER),
    on_days(("71046", "2026-04-03", "")),  # no surgery and no visit
    on_days(("33533", "2026-06-04", "80"), ("99213", "2026-06-05", "")),  # an assistant has no period
]
