"""Lists and limits: CMS, Definitions of Medicare Code Edits v44 (and v41 for what ended before)."""

from datetime import date

from tests.builders import a_subscriber, an_institutional_claim, an_institutional_line, commercial, medicare
from tests.services.scrubber.cases import fires

AUTUMN_2024 = date(2024, 10, 15)


def stay(*diagnoses, first="J189", **fields):
    """A stay from 16 to 20 November 2026 with these secondary diagnoses, present on admission."""
    codes = [{"code": code, "poa": None if code[0] in "VWXYZ" else "Y"} for code in (first, *diagnoses)]
    return an_institutional_claim().but(diagnoses=codes, **fields)


def born(day, builder):
    """The same stay of a patient, who is the subscriber, with this birth date."""
    subscriber = a_subscriber(birth_date=day)
    return builder.with_patient(birth_date=day).with_coverages(medicare("A", subscriber=subscriber))


def operated(*codes, **fields):
    return stay(procedures=[{"code": code, "date": "2026-11-16"} for code in codes], **fields)


def in_2024(builder, through):
    first = f"{through[:8]}{int(through[8:]) - 4:02d}"
    admission = builder.fields["admission"] | {"date": first}
    return builder.but(statement_from=first, statement_through=through, admission=admission)


def discharged(day, builder):
    return builder.but(statement_through=day).with_lines(an_institutional_line("0410"))


CASES = [
    fires("mce-age-conflict", stay("E8411"), "/diagnoses/1/code", "2300 HI01-2", "RTP"),  # newborn: age 0
    fires(
        "mce-age-conflict", stay(admitting_diagnosis={"code": "A33"}), "/admitting_diagnosis/code", "2300 HI01-2", "RTP"
    ),
    fires(
        "mce-age-conflict", born("2011-11-17", stay("C9150")), "/diagnoses/1/code", "2300 HI01-2", "RTP"
    ),  # adult: 15
    fires(
        "mce-sex-conflict",
        in_2024(stay("N401"), "2024-09-30"),
        "/diagnoses/1/code",
        "2300 HI01-2",
        "RTP",
        as_of=AUTUMN_2024,
    ),
    fires("mce-manifestation-principal", stay("N186", first="D631"), "/diagnoses/0/code", "2300 HI01-2", "RTP"),
    fires("mce-questionable-admission", stay(first="E119"), "/diagnoses/0/code", "2300 HI01-2", None),
    fires(
        "mce-questionable-obstetric-admission",
        born("1996-04-12", operated("10E0XZZ", first="O80")),
        "/procedures/0/code",
        "2300 HI01-2",
        None,
    ),
    fires("mce-unacceptable-principal", stay("J189", first="Z9981"), "/diagnoses/0/code", "2300 HI01-2", "RTP"),
    fires("mce-unacceptable-principal", stay(first="Z5189"), "/diagnoses/0/code", "2300 HI01-2", "RTP"),
    fires("mce-non-covered-procedure", operated("00F3XZZ"), "/procedures/0/code", "2300 HI01-2", "CARC 96"),
    fires("mce-non-covered-procedure", operated("0SR20JZ"), "/procedures/0/code", "2300 HI01-2", "CARC 96"),
    fires("mce-age-invalid", born("1901-11-16", stay()), "/patient/birth_date", "2010BA DMG02", "RTP"),
    fires(
        "mce-sex-invalid",
        in_2024(stay(), "2024-09-30").with_patient(sex="U"),
        "/patient/sex",
        "2010BA DMG03",
        "RTP",
        as_of=AUTUMN_2024,
    ),
    fires("mce-discharge-status-invalid", stay(patient_status="09"), "/patient_status", "2300 CL103", "RTP"),
    fires("mce-limited-coverage", operated("02YA0Z0"), "/procedures/0/code", "2300 HI01-2", None),
    fires("mce-wrong-procedure", stay("Y6551"), "/diagnoses/1/code", "2300 HI01-2", "CARC 233"),
    fires("mce-length-of-stay", operated("5A1955Z"), "/procedures/0/code", "2300 HI01-2", "RTP"),
    fires(
        "mce-length-of-stay", discharged("2026-11-19", operated("5A1955Z")), "/procedures/0/code", "2300 HI01-2", "RTP"
    ),
    fires("mce-unspecified-code", stay("G8100"), "/diagnoses/1/code", "2300 HI01-2", "RTP"),
]

NEAR_MISSES = [
    born("2011-11-16", stay("C9150")),  # fifteen on the day of admission
    born("1901-11-17", stay()),  # 124 until the day after
    stay("D631", first="N186"),
    stay("E119"),
    born("1996-04-12", operated("10E0XZZ", first="O80").but(diagnoses=[{"code": "O80", "poa": "Y"}, {"code": "Z370"}])),
    stay("Z9981"),
    stay("J189", first="Z5189"),
    operated("00F3XZZ", frequency="0"),
    operated("00F3XZZ").with_coverages(commercial()),
    born("1966-11-16", operated("0SR20JZ")),  # sixty is not above sixty
    stay("Y6551", frequency="0"),
    discharged("2026-11-21", operated("5A1955Z")),
    stay("G8100", billing_note="UNABLE TO DET LAT 1"),
    stay("J189", first="Z9981").but(facility_type="12", drg=None),
    stay("J189", first="Z9981", frequency="8").with_coverages(
        medicare("A", payer_claim_control_number="21835500000101")
    ),
]

ON_TIME = [
    (in_2024(stay("N401"), "2024-10-05"), AUTUMN_2024),  # edit 5 ends with September 2024
    (in_2024(stay(), "2024-10-05").with_patient(sex="U"), AUTUMN_2024),
    (in_2024(stay("G8100"), "2022-03-31"), date(2022, 4, 15)),  # edit 20 begins on 2022-04-01
]
