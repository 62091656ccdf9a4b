from tests.builders import a_professional_claim, an_institutional_claim, an_outpatient_claim, commercial
from tests.services.scrubber.cases import a_visit_with, fires

CASES = [
    fires("diagnosis-principal-missing", a_professional_claim().with_diagnoses(), "/diagnoses", "2300 HI", "A6:254"),
    # E11 is a category, E11.9 the code (ICD-10-CM tabular list); U09.9 begins on 2021-10-01.
    fires(
        "diagnosis-not-valid",
        a_professional_claim().with_diagnoses("E11"),
        "/diagnoses/0/code",
        "2300 HI01-2",
        "A7:254",
    ),
    fires(
        "diagnosis-not-valid",
        a_professional_claim().with_diagnoses("I10", "ZZZ"),
        "/diagnoses/1/code",
        "2300 HI02-2",
        "A7:255",
    ),
    fires(
        "diagnosis-not-valid",
        a_visit_with(service_from="2021-09-30").with_coverages(commercial()).with_diagnoses("R0602", "U099"),
        "/diagnoses/1/code",
        "2300 HI02-2",
        "A7:255",
    ),
    fires(
        "diagnosis-not-valid",
        an_institutional_claim().but(admitting_diagnosis={"code": "R06"}),
        "/admitting_diagnosis/code",
        "2300 HI01-2",
        "A7:255",
    ),
    fires(
        "diagnosis-twice",
        a_professional_claim().with_diagnoses("I10", "E119", "I10"),
        "/diagnoses/2/code",
        "2300 HI03-2",
        "A7:255",
    ),
    fires(
        "diagnosis-external-cause-principal",
        a_professional_claim().with_diagnoses("W010XXA", "S0990XA"),
        "/diagnoses/0/code",
        "2300 HI01-2",
        "A7:509",
    ),
    fires(
        "diagnosis-poa-missing",
        an_institutional_claim().with_diagnoses({"code": "J189", "poa": "Y"}, "N179"),
        "/diagnoses/1/poa",
        "2300 HI01-9",
        "A6:688",
    ),
    fires("diagnosis-pointer-absent", a_visit_with(pointers=[1, 2]), "/lines/0/pointers/1", "2400 SV107-2", "A8:477"),
    fires("diagnosis-pointer-missing", a_visit_with(pointers=[]), "/lines/0/pointers", "2400 SV107", "A6:477"),
    fires("diagnosis-pointer-twice", a_visit_with(pointers=[1, 1]), "/lines/0/pointers", "2400 SV107", "A7:477"),
]

NEAR_MISSES = [
    a_professional_claim().with_diagnoses("S0990XA", "W010XXA"),
    a_visit_with(service_from="2021-10-01").with_coverages(commercial()).with_diagnoses("R0602", "U099"),
    # Z79.4 is on the CMS list of codes exempt from POA.
    an_institutional_claim().with_diagnoses({"code": "J189", "poa": "Y"}, "Z794"),
    an_outpatient_claim().with_diagnoses("I10", "E119"),
    an_institutional_claim().with_diagnoses("J189", "N179").with_coverages(commercial()),
    a_visit_with(pointers=[2, 1]).with_diagnoses("I10", "E119"),
]
