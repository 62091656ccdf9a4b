from tests.builders import an_institutional_claim, an_institutional_line, commercial
from tests.services.scrubber.cases import fires

STILL_THERE = an_institutional_claim().fields["admission"] | {"discharge_hour": None}
DEATH = [{"code": "55", "date": "2026-11-20"}]


def stay(**fields):
    return an_institutional_claim().but(**fields)


def admitted(day, **fields):
    return stay(admission=an_institutional_claim().fields["admission"] | {"date": day}, **fields)


def roomed(units, **fields):
    """The stay of four days with so many units of room and board, in two kinds of room."""
    rooms = [an_institutional_line("0120", "1600.00", unit="DA", units=units)]
    return stay(**fields).with_lines(*rooms, an_institutional_line("0206", "2900.00", unit="DA", units="1"))


CASES = [
    fires(
        "admission-before-statement",
        admitted("2026-11-15").with_lines(an_institutional_line("0250")),
        "/admission/date",
        "2300 DTP03",
        None,
    ),
    fires(
        "statement-before-window",
        admitted("2026-11-16", statement_from="2026-11-12"),
        "/statement_from",
        "2300 DTP03",
        None,
    ),
    fires("room-days-contradict-statement", roomed("4"), "/lines", "2400 LX", "RTP"),
    fires(
        "covered-days-contradict-statement",
        stay(values=[{"code": "80", "amount": "4.00"}, {"code": "81", "amount": "1.00"}]),
        "/values",
        "2300 HI",
        "RTP",
    ),
    fires("death-date-missing", stay(patient_status="20"), "/occurrences", "2300 HI", "RTP"),
]

NEAR_MISSES = [
    admitted("2026-11-15", frequency="4").with_lines(an_institutional_line("0250")),
    admitted("2026-11-16", statement_from="2026-11-13"),
    roomed("3"),
    stay(values=[{"code": "80", "amount": "3.00"}, {"code": "81", "amount": "1.00"}]),
    stay(patient_status="20", occurrences=DEATH),
    stay(patient_status="20").with_coverages(commercial()),
    stay(patient_status="20", facility_type="12", drg=None),
    # Still there on the last day: that day is one of the stay.
    roomed("4", patient_status="30", frequency="2", admission=STILL_THERE),
]
