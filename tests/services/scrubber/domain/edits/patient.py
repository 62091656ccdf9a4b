from tests.builders import (
    SERVICE_DAY,
    a_patient,
    a_person,
    a_professional_claim,
    a_subscriber,
    an_institutional_claim,
    commercial,
    medicare,
)
from tests.services.scrubber.cases import fires

DEPENDANT = commercial(relationship="19", subscriber=a_subscriber("W20045118", birth_date="1980-01-02"))
BORN = "/patient/birth_date"


def born(day, builder=None):
    """The patient is the subscriber: one person, one birth date."""
    builder = builder or a_professional_claim()
    return builder.with_patient(birth_date=day).with_coverages(medicare(subscriber=a_subscriber(birth_date=day)))


CASES = [
    fires(
        "patient-birth-date-missing",
        born(None),
        BORN,
        "2010BA DMG02",
        "A6:158:IL",
    ),
    fires(
        "patient-birth-date-missing",
        a_professional_claim().with_coverages(DEPENDANT).with_patient(birth_date=None),
        BORN,
        "2010CA DMG02",
        "A6:158:QC",
    ),
    fires("patient-birth-date-impossible", born("2026-11-25"), BORN, "2010BA DMG02", "A7:158:IL"),
    fires("patient-birth-date-impossible", born("1876-01-01"), BORN, "2010BA DMG02", "A7:158:IL"),
    fires(
        "patient-sex-missing",
        a_professional_claim().with_patient(sex=None).with_coverages(medicare(subscriber=a_subscriber(sex=None))),
        "/patient/sex",
        "2010BA DMG03",
        "A6:157:IL",
    ),
    fires(
        "patient-first-name-missing",
        a_professional_claim().with_patient(name={"last": "ABERNATHY"}),
        "/patient/name/first",
        "2010BA NM104",
        "A6:505:QC",
    ),
    fires(
        "patient-address-missing",
        a_professional_claim().with_coverages(DEPENDANT).with_patient(address=None),
        "/patient/address",
        "2010CA NM1",
        "A6:126:QC",
    ),
    fires("service-before-birth", born("2026-11-17"), BORN, "2010BA DMG02", "A8:158:IL"),
    fires(
        "service-after-death",
        a_professional_claim().with_patient(death_date="2026-11-15"),
        "/patient/death_date",
        "2010BA PAT06",
        "A8:187",
    ),
]

NEAR_MISSES = [
    # The subscriber's loop is the patient's too.
    a_professional_claim().with_patient(birth_date=None, sex=None),
    born(SERVICE_DAY.isoformat()),
    born("1877-01-01"),
    a_professional_claim().with_patient(death_date=SERVICE_DAY.isoformat(), sex="U"),
    a_professional_claim().with_patient(address=None),  # known as the subscriber's
    a_professional_claim().with_coverages(DEPENDANT),
    an_institutional_claim().but(patient=a_patient(name=a_person("O'NEIL-SMITH", "ANN MARIE"))),
]
