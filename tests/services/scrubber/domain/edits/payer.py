from tests.builders import a_professional_claim, a_subscriber, an_institutional_claim, commercial, medicare
from tests.services.scrubber.cases import an_outpatient_visit_with, fires

PAID = {
    "adjudication": {
        "paid": "100.00",
        "date": "2026-11-20",
        "adjustments": [{"group": "PR", "reason": "2", "amount": "25.00"}],
    }
}


def covered(*coverages, **fields):
    return a_professional_claim().with_coverages(*coverages).but(**fields)


CASES = [
    fires(
        "payer-one-primary",
        covered(commercial(), commercial(payer={"name": "OTHER", "payer_id": "OTH01"})),
        "/coverages/1/sequence",
        "2320 SBR01",
        "A7:742",
    ),
    fires(
        "payer-one-primary", covered(commercial(sequence="S"), billed_sequence="S"), "/coverages", "2000B SBR", "A7:742"
    ),
    fires(
        "payer-filing-indicator-invalid",
        covered(commercial(filing_indicator=None)),
        "/coverages/0/filing_indicator",
        "2000B SBR09",
        "A6:480",
    ),
    fires(
        "payer-filing-indicator-invalid",
        covered(commercial(filing_indicator="QQ")),
        "/coverages/0/filing_indicator",
        "2000B SBR09",
        "A7:480",
    ),
    fires("payer-medicare-part", covered(medicare("A")), "/coverages/0/filing_indicator", "2000B SBR09", "A7:480"),
    fires(
        "payer-medicare-part",
        an_institutional_claim().with_coverages(medicare("B")),
        "/coverages/0/filing_indicator",
        "2000B SBR09",
        "A7:480",
    ),
    fires(
        "payer-medicare-twice",
        covered(medicare("B"), medicare("B", sequence="S", insurance_type="12")),
        "/coverages/1/filing_indicator",
        "2320 SBR09",
        "A7:480",
    ),
    fires(
        "payer-medicare-secondary-reason",
        covered(commercial(**PAID), medicare("B", sequence="S"), billed_sequence="S"),
        "/coverages/1/insurance_type",
        "2000B SBR05",
        "A6:578",
    ),
    fires(
        "payer-id-missing",
        covered(commercial(payer={"name": "MERIDIAN HEALTH PLAN"})),
        "/coverages/0/payer/payer_id",
        "2010BB NM109",
        "A6:153:PR",
    ),
    fires(
        "subscriber-id-missing",
        covered(medicare(subscriber=a_subscriber(member_id=None))),
        "/coverages/0/subscriber/member_id",
        "2010BA NM109",
        "A6:164:IL",
    ),
    fires(
        "subscriber-mbi-format",
        covered(medicare(subscriber=a_subscriber("1SG4TE5MK73"))),
        "/coverages/0/subscriber/member_id",
        "2010BA NM109",
        "A7:164:IL",
    ),
    fires(
        "subscriber-mbi-format",
        covered(medicare(subscriber=a_subscriber("123456789A"))),
        "/coverages/0/subscriber/member_id",
        "2010BA NM109",
        "A7:164:IL",
    ),
    fires(
        "subscriber-id-invalid",
        covered(commercial(subscriber=a_subscriber("W20045118\u00e9"))),
        "/coverages/0/subscriber/member_id",
        "2010BA NM109",
        "A7:164:IL",
    ),
    fires(
        "subscriber-first-name-missing",
        covered(commercial(subscriber=a_subscriber("W20045118", person={"last": "ABERNATHY"}))),
        "/coverages/0/subscriber/person/first",
        "2010BA NM104",
        "A6:505:IL",
    ),
    fires(
        "subscriber-is-patient",
        covered(commercial(subscriber=a_subscriber("W20045118", birth_date="1950-04-13"))),
        "/coverages/0/relationship",
        "2000B SBR02",
        "A8:156",
    ),
    # 42 CFR 419.83(a)(1): rhinoplasty 30400 in hospital outpatient departments, from 2020-07-01.
    fires(
        "payer-authorization-required",
        an_outpatient_visit_with(revenue_code="0360", procedure="30400"),
        "/coverages/0/prior_authorization",
        "2300 REF02",
        "A6:252",
    ),
]

NEAR_MISSES = [
    covered(commercial(**PAID), medicare("B", sequence="S", insurance_type="12"), billed_sequence="S"),
    covered(commercial(sequence="P"), commercial(sequence="S", payer={"name": "OTHER", "payer_id": "OTH01"})),
    covered(commercial(subscriber=a_subscriber("123456789A"))),  # no MBI is asked of another payer
    covered(medicare(subscriber=a_subscriber("1eg4-te5-mk73"))),  # repaired
    an_outpatient_visit_with(revenue_code="0360", procedure="30400").with_coverages(
        medicare("A", prior_authorization="UTN1")
    ),
    an_outpatient_visit_with(revenue_code="0360", procedure="30400").with_coverages(commercial()),
]
