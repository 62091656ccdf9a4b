from tests.builders import a_physician, a_professional_claim, an_address, an_institutional_claim, an_outpatient_claim
from tests.services.scrubber.cases import a_visit_with, fires

WRONG_CHECK_DIGIT = "1234567890"  # the CMS example NPI ends in 3
GROUP = {"organization": "LAB PARTNERS", "npi": "1555666779"}
FACILITY = {"organization": "RIVERSIDE SURGERY CENTER", "npi": "1444555662"}


def bad_npi(role, entity, loop, builder):
    provider = a_physician(WRONG_CHECK_DIGIT)
    return fires(
        "provider-npi-invalid", builder.but(**{role: provider}), f"/{role}/npi", f"{loop} NM109", f"A7:562:{entity}"
    )


CASES = [
    fires(
        "provider-npi-invalid",
        a_professional_claim().with_billing(npi=WRONG_CHECK_DIGIT),
        "/billing/npi",
        "2010AA NM109",
        "A7:562:85",
    ),
    fires(
        "provider-npi-invalid",
        a_professional_claim().with_billing(npi="3234567893"),
        "/billing/npi",
        "2010AA NM109",
        "A7:562:85",
    ),
    bad_npi("rendering", "82", "2310B", a_professional_claim()),
    bad_npi("referring", "DN", "2310A", a_professional_claim()),
    bad_npi("supervising", "DQ", "2310D", a_professional_claim()),
    bad_npi("attending", "71", "2310A", an_institutional_claim()),
    bad_npi("operating", "72", "2310B", an_institutional_claim()),
    bad_npi("other_operating", "ZZ", "2310C", an_institutional_claim()),
    bad_npi("rendering", "82", "2310D", an_institutional_claim()),
    bad_npi("referring", "DN", "2310F", an_institutional_claim()),
    fires(
        "provider-npi-invalid",
        a_visit_with(ordering=a_physician(WRONG_CHECK_DIGIT)),
        "/lines/0/ordering/npi",
        "2420E NM109",
        "A7:562:DK",
    ),
    fires(
        "provider-npi-invalid",
        a_professional_claim().but(service_facility=FACILITY | {"npi": WRONG_CHECK_DIGIT}),
        "/service_facility/npi",
        "2310C NM109",
        "A7:562:77",
    ),
    fires(
        "provider-taxonomy-invalid",
        a_professional_claim().with_billing(taxonomy="207R00000"),
        "/billing/taxonomy",
        "2010AA PRV03",
        "A7:145:85",
    ),
    fires(
        "provider-taxonomy-invalid",
        a_professional_claim().but(rendering=a_physician(taxonomy="207R000000")),
        "/rendering/taxonomy",
        "2310B PRV03",
        "A7:145:82",
    ),
    fires(
        "provider-must-be-person", a_professional_claim().but(referring=GROUP), "/referring", "2310A NM1", "A7:741:DN"
    ),
    fires("provider-must-be-person", a_visit_with(ordering=GROUP), "/lines/0/ordering", "2420E NM1", "A7:741:DK"),
    fires(
        "provider-must-be-person", an_institutional_claim().but(attending=GROUP), "/attending", "2310A NM1", "A7:741:71"
    ),
    fires(
        "rendering-npi-missing",
        a_professional_claim().but(rendering=a_physician() | {"npi": None}),
        "/rendering/npi",
        "2310B NM109",
        "A6:562:82",
    ),
    fires("attending-missing", an_institutional_claim().but(attending=None), "/attending", "2310A NM1", "A6:562:71"),
    fires(
        "attending-missing",
        an_outpatient_claim().but(attending=a_physician() | {"npi": None}),
        "/attending/npi",
        "2310A NM109",
        "A6:562:71",
    ),
    fires(
        "service-facility-zip-nine-digits",
        a_professional_claim().but(
            service_facility=FACILITY | {"address": an_address(line1="1 ELM", zip_code="37203")}
        ),
        "/service_facility/address/zip_code",
        "2310C N403",
        "A7:500:77",
    ),
    fires(
        "service-facility-zip-nine-digits",
        an_institutional_claim().but(service_facility=FACILITY | {"address": an_address(line1="1 ELM", zip_code=None)}),
        "/service_facility/address/zip_code",
        "2310E N403",
        "A6:500:77",
    ),
]

NEAR_MISSES = [
    a_professional_claim().but(referring=a_physician("1555666779"), service_facility=FACILITY),
    a_professional_claim().but(rendering=None),
    # Transport alone needs no attending provider (005010X223A2, 2310A).
    an_outpatient_claim()
    .but(attending=None)
    .with_lines({"number": 1, "revenue_code": "0540", "charge": "600.00", "units": "1", "procedure": "A0428"}),
]
