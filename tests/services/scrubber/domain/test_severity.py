"""What one payer refuses for certain and another may take is an error for the first alone."""

from __future__ import annotations

import pytest

from tests.builders import ClaimBuilder, a_physician, a_professional_claim, commercial
from tests.services.scrubber.cases import AS_OF, a_scrubber

NUMBER_OF_PAYER = [{"qualifier": "G2", "value": "A12345"}]
DRIVER = a_professional_claim().with_billing(npi=None, secondary_ids=NUMBER_OF_PAYER)
CARER = a_professional_claim().but(rendering=a_physician() | {"npi": None, "secondary_ids": NUMBER_OF_PAYER})
MEDICAID = commercial(filing_indicator="MC")


@pytest.mark.parametrize(
    ("claim", "severities"),
    [
        (DRIVER, {"billing-npi-missing": "error"}),
        (DRIVER.with_coverages(MEDICAID), {"billing-npi-missing": "warning"}),
        (CARER, {"rendering-npi-missing": "error"}),
        (CARER.with_coverages(MEDICAID), {"rendering-npi-missing": "warning"}),
        (a_professional_claim().with_billing(npi=None).with_coverages(MEDICAID), {"billing-npi-missing": "error"}),
        # Many states want the taxonomy code; that this one does is not known.
        (
            a_professional_claim().with_billing(taxonomy=None).with_coverages(MEDICAID),
            {"billing-taxonomy-missing": "warning"},
        ),
    ],
)
def test_how_severe_it_is_depends_on_the_payer(claim: ClaimBuilder, severities: dict[str, str]):
    report = a_scrubber().examine(claim.build(), tenant="north", as_of=AS_OF).report
    assert {finding.edit_id: finding.severity for finding in report.findings} == severities
