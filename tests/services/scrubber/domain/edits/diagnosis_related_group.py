from datetime import date

from tests.builders import an_institutional_claim, an_outpatient_claim, commercial
from tests.services.scrubber.cases import fires


def grouped(drg, **fields):
    return an_institutional_claim().but(drg=drg, **fields)


def ended(through, drg):
    """A stay of a day that ends then, with one line of room and board."""
    admission = an_institutional_claim().fields["admission"] | {"date": through}
    stay = grouped(drg, statement_from=through, statement_through=through, admission=admission)
    room, *others = stay.fields["lines"]
    return stay.with_lines(room | {"units": "1"}, *others)


CASES = [
    fires("drg-missing", grouped(None), "/drg", "2300 HI01-2", None),
    fires("drg-not-valid", grouped("000"), "/drg", "2300 HI01-2", "A7:256"),
    # MS-DRG 209, complex aortic arch procedures: new with fiscal year 2026 (90 FR 36536).
    fires("drg-not-valid", ended("2025-09-30", "209"), "/drg", "2300 HI01-2", "A7:256", as_of=date(2025, 11, 24)),
    fires("drg-ungroupable", grouped("999"), "/drg", "2300 HI01-2", "RTP"),
    fires("drg-ungroupable", grouped("998"), "/drg", "2300 HI01-2", "RTP"),
    fires("drg-on-other-bill", an_outpatient_claim().but(drg="194"), "/drg", "2300 HI01-2", None),
]

NEAR_MISSES = [
    grouped(None).with_coverages(commercial()),
    grouped("000").with_coverages(commercial()),  # DRGs of other groupers have numbers of their own
]

ON_TIME = [(ended("2025-10-01", "209"), date(2025, 11, 24))]
