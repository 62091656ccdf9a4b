"""Anaesthesia: CMS Pub 100-04 ch. 12 §50. Drugs: SSA §1927(a)(7), which binds Medicaid."""

from tests.builders import a_professional_claim, a_professional_line, a_subscriber, commercial
from tests.services.scrubber.cases import fires

DRUG = {"ndc": "00002751001", "quantity": "1", "unit": "ML"}
MEDICAID = commercial(
    filing_indicator="MC", payer={"name": "TENNCARE", "payer_id": "TNMCD"}, subscriber=a_subscriber("ZECM00012345")
)


def asleep(code="00840", **fields):
    usual = {"unit": "MJ", "units": "45", "modifiers": ["AA"]}
    return a_professional_claim().with_lines(a_professional_line(code, **(usual | fields)))


def a_drug(code="J0696", **fields):
    return a_professional_claim().with_lines(a_professional_line(code, **fields)).with_coverages(MEDICAID)


CASES = [
    fires("anesthesia-minutes", asleep(unit="UN", units="3"), "/lines/0/unit", "2400 SV103", "A7:476"),
    fires("anesthesia-modifier-missing", asleep(modifiers=["P3"]), "/lines/0/modifiers", "2400 SV101-3", "CARC 4"),
    fires("drug-code-missing", a_drug(), "/lines/0/drug", "2410 LIN", "A6:218"),
]

NEAR_MISSES = [
    asleep(),
    asleep(modifiers=["QZ", "P2"]),
    asleep("01996", unit="UN", units="1", modifiers=[]),
    a_drug(drug=DRUG),
    a_drug("99213"),
    a_drug().with_coverages(commercial()),
]
