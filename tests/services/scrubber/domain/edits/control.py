from datetime import timedelta
from decimal import Decimal

from shared.claims import HcpcsCode
from tests.builders import (
    SERVICE_DAY,
    a_professional_claim,
    a_professional_line,
    an_institutional_claim,
    commercial,
    medicare,
)
from tests.services.scrubber.cases import fires


def resent(frequency, number=None):
    coverage = commercial(payer_claim_control_number=number)
    return a_professional_claim().with_coverages(coverage).but(frequency=frequency)


FIFTY = [a_professional_line(service_from=str(SERVICE_DAY - timedelta(days=day))) for day in range(50)]
_FIFTY = a_professional_claim().with_lines(*FIFTY).build()
# A claim of 51 lines cannot come through the door; the edit is the second lock.
FIFTY_ONE = _FIFTY.model_copy(
    update={
        "lines": (*_FIFTY.lines, _FIFTY.lines[0].model_copy(update={"number": 51, "procedure": HcpcsCode("99214")})),
        "total_charge": Decimal("6375.00"),
    }
)
ORIGINAL = "/coverages/0/payer_claim_control_number"

CASES = [
    fires(
        "control-number-invalid",
        a_professional_claim().but(patient_control_number="A" * 21),
        "/patient_control_number",
        "2300 CLM01",
        "A7:478",
    ),
    fires(
        "frequency-invalid",
        a_professional_claim().but(frequency="7").with_coverages(medicare(payer_claim_control_number="X1")),
        "/frequency",
        "2300 CLM05-3",
        "A7:535",
    ),
    fires(
        "frequency-invalid",
        a_professional_claim().but(frequency="2").with_coverages(commercial()),
        "/frequency",
        "2300 CLM05-3",
        "A7:535",
    ),
    fires("frequency-invalid", an_institutional_claim().but(frequency="6"), "/frequency", "2300 CLM05-3", "A7:535"),
    fires("original-number-missing", resent("7"), ORIGINAL, "2300 REF02", "A6:464"),
    fires("original-number-missing", resent("8"), ORIGINAL, "2300 REF02", "A6:464"),
    fires("original-number-missing", an_institutional_claim().but(frequency="7"), ORIGINAL, "2300 REF02", "A6:464"),
    fires("original-number-not-wanted", resent("1", "2026123456"), ORIGINAL, "2300 REF02", "A8:464"),
    fires("line-count", FIFTY_ONE, "/lines", "2400 LX", "999 IK304 4"),
    fires(
        "line-count", a_professional_claim().but(lines=[], total_charge="125.00"), "/lines", "2400 LX", "999 IK304 3"
    ),
    fires(
        "line-numbers",
        a_professional_claim().but(lines=[a_professional_line(number=2)]),
        "/lines/0/number",
        "2400 LX01",
        "999 IK403 7",
    ),
]

NEAR_MISSES = [
    a_professional_claim().but(patient_control_number="A" * 20),
    a_professional_claim().but(patient_control_number="r039_96273 #01"),
    a_professional_claim().with_lines(*FIFTY),
    resent("7", "2026123456"),
    resent("8", "2026123456"),
]
