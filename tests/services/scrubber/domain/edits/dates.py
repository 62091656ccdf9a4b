from datetime import date

from tests.builders import DISCHARGE_DAY, SERVICE_DAY, a_professional_claim, an_institutional_claim, commercial
from tests.services.scrubber.cases import a_visit_with, an_outpatient_visit_with, fires

CASES = [
    fires("service-date-missing", a_visit_with(service_from=None), "/lines/0/service_from", "2400 DTP03", "A6:187"),
    fires(
        "service-date-future",
        a_professional_claim(),
        "/lines/0/service_from",
        "2400 DTP03",
        "A7:510",
        as_of=date(2026, 11, 15),
    ),
    fires(
        "service-dates-reversed",
        a_visit_with(service_through="2026-11-15"),
        "/lines/0/service_through",
        "2400 DTP03",
        "A7:187",
    ),
    fires(
        "statement-reversed",
        an_institutional_claim().but(statement_through="2026-11-15"),
        "/statement_through",
        "2300 DTP03",
        "A7:188",
    ),
    fires(
        "statement-future",
        an_institutional_claim(),
        "/statement_through",
        "2300 DTP03",
        "A7:188",
        as_of=date(2026, 11, 19),
    ),
    fires(
        "line-date-outside-statement",
        an_outpatient_visit_with(service_from="2026-11-15"),
        "/lines/0/service_from",
        "2400 DTP03",
        "A7:188",
    ),
    fires(
        "line-date-outside-statement",
        an_outpatient_visit_with(service_through="2026-11-17"),
        "/lines/0/service_from",
        "2400 DTP03",
        "A7:188",
    ),
    # CMS Pub 100-04 ch. 1 §70.1: one calendar year after the date of service.
    fires("timely-filing", a_professional_claim(), "/delay_reason", "2300 CLM20", "A3:718", as_of=date(2027, 11, 17)),
    fires("timely-filing", an_institutional_claim(), "/delay_reason", "2300 CLM20", "A3:718", as_of=date(2027, 11, 21)),
    # 45 CFR 162.1002(c): ICD-10 from 2015-10-01.
    fires(
        "code-set-not-carried",
        a_visit_with(service_from="2015-09-30").with_coverages(commercial()),
        "/lines/0/service_from",
        "2400 DTP03",
        "A7:187",
    ),
]

ON_TIME = [
    (a_professional_claim(), SERVICE_DAY),
    (a_professional_claim(), date(2027, 11, 16)),
    (an_institutional_claim(), DISCHARGE_DAY),
    (an_institutional_claim(), date(2027, 11, 20)),
    (a_professional_claim().but(delay_reason="7"), date(2028, 1, 1)),
]

NEAR_MISSES = [
    a_visit_with(service_through=SERVICE_DAY.isoformat()),
    an_outpatient_visit_with(service_from=None),
]
