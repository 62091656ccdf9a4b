from tests.builders import a_professional_claim, an_institutional_claim
from tests.services.scrubber.cases import a_visit_with, fires

CASES = [
    fires(
        "total-charge-balance",
        a_professional_claim().but(total_charge="125.01"),
        "/total_charge",
        "2300 CLM02",
        "A8:178",
    ),
    fires(
        "total-charge-balance",
        an_institutional_claim().but(total_charge="7000.00"),
        "/total_charge",
        "2300 CLM02",
        "A8:178",
    ),
    fires("total-charge-positive", a_visit_with(charge="0.00"), "/total_charge", "2300 CLM02", "A7:178"),
]

NEAR_MISSES = [a_visit_with(charge="0.01"), a_professional_claim().with_line("99072", charge="0.00")]
