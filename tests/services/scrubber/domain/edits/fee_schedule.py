"""Indicators of the fee schedule in `loaded.py`; of 20611 and 11055 the embedded I/OCE tells."""

from tests.services.scrubber.cases import fires
from tests.services.scrubber.domain.edits.mue import lines_of
from tests.services.scrubber.domain.edits.ncci import a_visit_of
from tests.services.scrubber.loaded import a_loaded_scrubber

SCRUBBER = a_loaded_scrubber
MODIFIERS = "/lines/0/modifiers"


def on_line(edit_id, code, modifiers, answer):
    return fires(edit_id, a_visit_of((code, modifiers)), MODIFIERS, "2400 SV101-3", answer)


CASES = [
    on_line("component-modifier", "10060", "26", "CARC 4"),  # PC/TC 0
    on_line("component-modifier", "93010", "26", "CARC 4"),  # 2: professional component only
    on_line("component-modifier", "93005", "TC", "CARC 4"),  # 3: technical component only
    on_line("assistant-at-surgery", "10060", "80", "CARC 54"),  # 1: by law none
    on_line("assistant-at-surgery", "11042", "AS", "CARC 54"),  # 0: with a record
    on_line("several-surgeons", "10060", "62", "CARC 54"),  # 0
    on_line("several-surgeons", "27447", "62", "CARC 54"),  # 1: with a record
    on_line("several-surgeons", "58661", "66", "CARC 54"),  # 0
    on_line("bilateral-modifier", "10060", "50", "CARC 4"),  # 0
    on_line("bilateral-modifier", "58661", "50", "CARC 4"),  # 2: of both sides already
    on_line("bilateral-modifier", "11055", "50", "CARC 4"),  # not in the fee schedule; the I/OCE knows no sides of it
    fires("bilateral-units", lines_of("20610", ("2", "50")), "/lines/0/units", "2400 SV104", "CARC 151"),
    # The last day that the release covers.
    fires(
        "component-modifier",
        a_visit_of(("10060", "26"), day="2026-06-30"),
        MODIFIERS,
        "2400 SV101-3",
        "CARC 4",
    ),
]

NEAR_MISSES = [
    a_visit_of(("71046", "26")),
    a_visit_of(("71046", "TC")),
    a_visit_of(("27447", "80")),
    a_visit_of(("33533", "62")),
    a_visit_of(("33533", "66")),
    a_visit_of(("20610", "50")),
    a_visit_of(("20611", "50")),
    a_visit_of(("36415", "26")),  # not in the fee schedule that is loaded
    a_visit_of(("10060", "26"), day="2026-07-01"),  # no release covers it
    lines_of("20610", ("1", "50")),
]
