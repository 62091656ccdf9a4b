from tests.builders import a_professional_claim, an_address, an_institutional_claim, commercial
from tests.services.scrubber.cases import fires

ZIP = "/billing/address/zip_code"


def billing_at(**address):
    return a_professional_claim().with_billing(address=an_address(**address))


CASES = [
    fires(
        "billing-npi-missing",
        a_professional_claim().with_billing(npi=None),
        "/billing/npi",
        "2010AA NM109",
        "A6:562:85",
    ),
    fires(
        "billing-npi-missing",
        an_institutional_claim().with_billing(npi=None),
        "/billing/npi",
        "2010AA NM109",
        "A6:562:85",
    ),
    fires(
        "billing-tax-id-missing",
        a_professional_claim().with_billing(tax_id=None),
        "/billing/tax_id",
        "2010AA REF02",
        "A6:128:85",
    ),
    fires(
        "billing-tax-id-invalid",
        a_professional_claim().with_billing(tax_id="62600123"),
        "/billing/tax_id",
        "2010AA REF02",
        "A7:128:85",
    ),
    fires(
        "billing-tax-id-invalid",
        a_professional_claim().with_billing(tax_id="111111111"),
        "/billing/tax_id",
        "2010AA REF02",
        "A7:128:85",
    ),
    fires(
        "billing-address-missing",
        a_professional_claim().with_billing(address=None),
        "/billing/address",
        "2010AA NM1",
        "A6:503:85",
    ),
    fires(
        "billing-address-po-box", billing_at(line1="PO BOX 12"), "/billing/address/line1", "2010AA N301", "A7:503:85"
    ),
    fires(
        "billing-address-po-box", billing_at(line2="P.O. Box 12"), "/billing/address/line2", "2010AA N302", "A7:503:85"
    ),
    fires(
        "billing-address-po-box", billing_at(line1="LOCKBOX 9"), "/billing/address/line1", "2010AA N301", "A7:503:85"
    ),
    fires("billing-zip-nine-digits", billing_at(zip_code=None), ZIP, "2010AA N403", "A6:500:85"),
    fires("billing-zip-nine-digits", billing_at(zip_code="37203"), ZIP, "2010AA N403", "A7:500:85"),
    fires("billing-zip-nine-digits", billing_at(zip_code="3720300"), ZIP, "2010AA N403", "A7:500:85"),
    fires(
        "billing-taxonomy-missing",
        a_professional_claim().with_coverages(commercial(filing_indicator="MC")).with_billing(taxonomy=None),
        "/billing/taxonomy",
        "2010AA PRV03",
        "A6:145:85",
    ),
]

NEAR_MISSES = [
    billing_at(line1="12 BOXWOOD LANE"),
    billing_at(line1="400 POST ROAD"),
    a_professional_claim().with_billing(taxonomy=None),
    billing_at(country="DE", state=None, zip_code=None),
    a_professional_claim().with_billing(taxonomy=None).with_coverages(commercial(filing_indicator="CI")),
]
