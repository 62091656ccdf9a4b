from tests.builders import a_professional_claim, an_institutional_claim, an_outpatient_claim
from tests.services.scrubber.cases import a_visit_with, an_outpatient_visit_with, fires

DRUG = {"ndc": "00002751001", "quantity": "1", "unit": "ML"}

CASES = [
    fires("procedure-format", a_visit_with("9921"), "/lines/0/procedure", "2400 SV101-2", "A7:507"),
    fires(
        "procedure-format", an_outpatient_visit_with(procedure="G046"), "/lines/0/procedure", "2400 SV202-2", "A7:507"
    ),
    fires(
        "procedure-format",
        an_institutional_claim().but(facility_type="21", drg=None).with_line("0022", procedure="KAQ-1"),
        "/lines/3/procedure",
        "2400 SV202-2",
        "A7:507",
    ),
    fires("modifier-format", a_visit_with(modifiers=["25", "5"]), "/lines/0/modifiers/1", "2400 SV101-4", "A7:453"),
    fires("modifier-twice", a_visit_with(modifiers=["25", "25"]), "/lines/0/modifiers", "2400 SV101-3", "A7:453"),
    fires(
        "place-of-service-invalid",
        a_professional_claim().but(place_of_service="30"),
        "/place_of_service",
        "2300 CLM05-1",
        "A7:249",
    ),
    fires(
        "place-of-service-invalid",
        a_visit_with(place_of_service="99999"),
        "/lines/0/place_of_service",
        "2400 SV105",
        "A7:249",
    ),
    # CMS: POS 10 begins on 2022-01-01.
    fires(
        "place-of-service-invalid",
        a_visit_with(service_from="2021-12-31").but(place_of_service="10", delay_reason="7"),
        "/place_of_service",
        "2300 CLM05-1",
        "A7:249",
    ),
    fires("unlisted-procedure-description", a_visit_with("J3490"), "/lines/0/description", "2400 SV101-7", "A8:306"),
    fires(
        "unlisted-procedure-description",
        an_outpatient_visit_with(procedure="64999"),
        "/lines/0/description",
        "2400 SV202-7",
        "A8:306",
    ),
    fires("units-positive", a_visit_with(units="0"), "/lines/0/units", "2400 SV104", "A7:476"),
    fires("units-positive", an_outpatient_visit_with(units="-1"), "/lines/0/units", "2400 SV205", "A7:476"),
    fires("minutes-without-anesthesia", a_visit_with(unit="MJ", units="15"), "/lines/0/unit", "2400 SV103", "A7:258"),
    fires(
        "drug-code-format",
        a_visit_with("J0696", drug=DRUG | {"ndc": "0002751001"}),
        "/lines/0/drug/ndc",
        "2410 LIN03",
        "A7:218",
    ),
]

NEAR_MISSES = [
    a_visit_with("00840", unit="MJ", units="45", modifiers=["AA"]),
    a_visit_with("J3490", description="COMPOUNDED CREAM"),
    a_visit_with("J0696", drug=DRUG | {"ndc": "00002-7510-01"}),
    a_visit_with(modifiers=["25", "24"], units="0.5"),
    a_visit_with(service_from="2022-01-01").but(place_of_service="10", delay_reason="7"),
    an_outpatient_claim(),
    a_visit_with("D7140"),
    # The payment group of a nursing facility is a HIPPS code.
    an_institutional_claim().but(facility_type="21", drg=None).with_line("0022", procedure="KAQD1"),
]
