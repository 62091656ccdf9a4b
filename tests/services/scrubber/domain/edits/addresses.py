from tests.builders import a_professional_claim, a_subscriber, an_address, medicare
from tests.services.scrubber.cases import fires


def patient_at(**address):
    """Of a patient who is the subscriber, whose own address is not said."""
    builder = a_professional_claim().with_coverages(medicare(subscriber=a_subscriber(address=None)))
    return builder.with_patient(address=an_address(**address))


CASES = [
    fires(
        "address-state-invalid",
        a_professional_claim().with_billing(address=an_address(state="TZ")),
        "/billing/address/state",
        "2010AA N402",
        "A7:501:85",
    ),
    fires("address-state-invalid", patient_at(state=None), "/patient/address/state", "2010BA N402", "A6:501:IL"),
    fires(
        "address-state-invalid",
        patient_at(state="TN", country="CA", zip_code=None),
        "/patient/address/state",
        "2010BA N402",
        "A7:501:IL",
    ),
    fires(
        "address-state-invalid",
        a_professional_claim().with_coverages(medicare(subscriber=a_subscriber(address=an_address(state="XX")))),
        "/coverages/0/subscriber/address/state",
        "2010BA N402",
        "A7:501:IL",
    ),
    fires("address-zip-invalid", patient_at(zip_code=None), "/patient/address/zip_code", "2010BA N403", "A6:500:IL"),
    fires("address-zip-invalid", patient_at(zip_code="3720"), "/patient/address/zip_code", "2010BA N403", "A7:500:IL"),
    fires(
        "pay-to-address-repeated",
        a_professional_claim().but(pay_to_address=an_address()),
        "/pay_to_address",
        "2010AB NM1",
        "A7:126:87",
    ),
]

NEAR_MISSES = [
    patient_at(zip_code="37203"),
    patient_at(state="ON", country="CA", zip_code=None),
    patient_at(state=None, country="FR", zip_code=None),
    patient_at(state="PR"),
    a_professional_claim().but(pay_to_address=an_address(line1="PO BOX 12")),
]
