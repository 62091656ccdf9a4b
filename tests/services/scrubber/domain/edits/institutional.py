from tests.builders import SERVICE_DAY, an_institutional_claim, an_institutional_line, an_outpatient_claim
from tests.services.scrubber.cases import an_outpatient_visit_with, fires

ADMITTED = {"type": "1", "source": "1", "date": SERVICE_DAY.isoformat(), "hour": 14, "discharge_hour": 11}
JUNE = "2026-06-15"
EMERGENCY = [{"number": 1, "revenue_code": "0450", "charge": "900.00", "units": "1", "procedure": "99284"}]


def admitted(**fields):
    return an_institutional_claim().but(admission=ADMITTED | fields)


def operated(code="0DTJ4ZZ", date="2026-11-17"):
    return an_institutional_claim().but(procedures=[{"code": code, "date": date}])


def in_june(revenue_code):
    """An outpatient visit on a day that the I/OCE covers, with a line without procedure."""
    line = an_institutional_line(revenue_code, service_from=JUNE)
    visit = an_institutional_line("0510", procedure="G0463", service_from=JUNE)
    return an_outpatient_claim().but(statement_from=JUNE, statement_through=JUNE).with_lines(line, visit)


CASES = [
    fires(
        "type-of-bill-invalid",
        an_outpatient_claim().but(facility_type="19"),
        "/facility_type",
        "2300 CLM05-1",
        "A7:228",
    ),
    fires(
        "revenue-code-invalid",
        an_institutional_claim().with_line("0067"),
        "/lines/3/revenue_code",
        "2400 SV201",
        "A7:455",
    ),
    fires(
        "revenue-code-invalid",
        an_institutional_claim().with_line("12AB"),
        "/lines/3/revenue_code",
        "2400 SV201",
        "A7:455",
    ),
    fires(
        "revenue-code-needs-procedure",
        an_outpatient_visit_with(procedure=None),
        "/lines/0/procedure",
        "2400 SV202-2",
        "A6:507",
    ),
    # I/OCE 2026Q2: 0402 and 0560 have an indicator other than N and F and are not exempt from edit 48.
    fires("revenue-code-needs-procedure", in_june("0402"), "/lines/0/procedure", "2400 SV202-2", "A6:507"),
    fires("revenue-code-needs-procedure", in_june("0560"), "/lines/0/procedure", "2400 SV202-2", "A6:507"),
    fires(
        "patient-status-invalid",
        an_institutional_claim().but(patient_status=None),
        "/patient_status",
        "2300 CL103",
        "A6:234",
    ),
    fires(
        "patient-status-invalid",
        an_institutional_claim().but(patient_status="99"),
        "/patient_status",
        "2300 CL103",
        "A7:234",
    ),
    fires(
        "patient-status-frequency",
        an_institutional_claim().but(patient_status="30"),
        "/patient_status",
        "2300 CL103",
        "A8:234",
    ),
    fires(
        "patient-status-frequency",
        an_institutional_claim().but(frequency="2"),
        "/patient_status",
        "2300 CL103",
        "A8:234",
    ),
    fires("admission-type-invalid", admitted(type=None), "/admission/type", "2300 CL101", "A6:231"),
    fires("admission-type-invalid", admitted(type="7"), "/admission/type", "2300 CL101", "A7:231"),
    fires("admission-source-invalid", admitted(source=None), "/admission/source", "2300 CL102", "A6:229"),
    fires("admission-source-invalid", admitted(source="7"), "/admission/source", "2300 CL102", "A7:229"),
    fires("admission-date-missing", admitted(date=None), "/admission/date", "2300 DTP03", "A6:189"),
    fires("admission-after-statement", admitted(date="2026-11-21"), "/admission/date", "2300 DTP03", "A8:189"),
    fires("admission-hour-missing", admitted(hour=None), "/admission/hour", "2300 DTP03", "A6:230"),
    fires("discharge-hour-missing", admitted(discharge_hour=None), "/admission/discharge_hour", "2300 DTP03", "A6:233"),
    fires(
        "discharge-hour-on-interim",
        an_institutional_claim()
        .but(frequency="2", patient_status="30")
        .with_lines(an_institutional_line("0120", unit="DA", units="5")),
        "/admission/discharge_hour",
        "2300 DTP03",
        "A7:233",
    ),
    fires(
        "admitting-diagnosis-missing",
        an_institutional_claim().but(admitting_diagnosis=None),
        "/admitting_diagnosis",
        "2300 HI01-2",
        "A6:232",
    ),
    fires(
        "reason-for-visit-missing",
        an_outpatient_claim().but(admission={"type": "1", "source": "1"}).with_lines(*EMERGENCY),
        "/reasons_for_visit",
        "2300 HI",
        "A6:673",
    ),
    fires("procedure-date-outside-stay", operated(date="2026-11-21"), "/procedures/0/date", "2300 HI01-4", "A7:486"),
    fires("procedure-date-outside-stay", operated(date=None), "/procedures/0/date", "2300 HI01-4", "A6:486"),
    fires("procedure-not-valid", operated(code="0DTJ4ZX"), "/procedures/0/code", "2300 HI01-2", "A7:465"),
]

NEAR_MISSES = [
    in_june("0762"),  # observation without a procedure is packaged: I/OCE indicator N
    in_june("0370"),  # anaesthesia too
    in_june("0560")
    .but(statement_from="2026-07-01", statement_through="2026-07-01")
    .with_lines(
        an_institutional_line("0560", service_from="2026-07-01")
    ),  # the I/OCE of the third quarter is not carried, and the list does not have it
    an_institutional_claim()
    .but(patient_status="30", frequency="2", admission=ADMITTED | {"discharge_hour": None})
    .with_lines(an_institutional_line("0120", unit="DA", units="5")),
    an_outpatient_claim().with_line("0250", procedure=None),  # a packaged revenue code stands alone
    an_outpatient_claim()
    .but(admission={"type": "1", "source": "1"}, reasons_for_visit=[{"code": "R0602"}])
    .with_lines(*EMERGENCY),
    operated(date="2026-11-13"),  # the third day before the stay
    an_institutional_claim().with_lines(an_institutional_line("0120", unit="DA", units="4")),
]
