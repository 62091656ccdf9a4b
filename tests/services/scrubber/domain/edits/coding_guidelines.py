from dataclasses import replace
from datetime import date
from functools import cache

from services.scrubber.domain.examination import Scrubber
from services.scrubber.parameters import read_profile
from shared.tables import poa
from shared.tables.formats import Reading
from shared.tables.spans import quarter
from tests.builders import a_professional_claim, a_subscriber, an_institutional_claim, commercial, medicare
from tests.services.scrubber.cases import a_scrubber_with, a_visit_with, fires

AUTUMN = quarter(date(2026, 10, 1))
EXACTING = {
    "id": "exacting",
    "payer_ids": ["EXA01"],
    "editions": [
        {
            "effective": date(2026, 11, 16),
            "source": "a contract",
            "value": {
                "timely_filing": None,
                "frequencies": {"professional": "1", "institutional": "1"},
                "taxonomy_required": None,
                "applies": {"specific_diagnoses": "error"},
            },
        }
    ],
}


@cache
def scrubber() -> Scrubber:
    """With CMS's list of codes exempt from POA, and a payer that refuses diagnoses without side."""
    exempt = Reading(poa.EXEMPT, AUTUMN, [("Z794", poa.ExemptRow(""))], [])
    loaded = a_scrubber_with(exempt)
    rules = loaded.payer_rules
    return replace(loaded, payer_rules=replace(rules, profiles=(read_profile(EXACTING), *rules.profiles)))


SCRUBBER = scrubber


def diagnosed(*codes):
    return a_professional_claim().with_diagnoses(*codes)


def exacting(builder):
    return builder.with_coverages(commercial(payer={"name": "EXACTING PLAN", "payer_id": "EXA01"}))


def present(**indicators):
    """A stay with these diagnoses and their indicators beside its own."""
    own = an_institutional_claim().fields["diagnoses"]
    return an_institutional_claim().but(diagnoses=[*own, *({"code": c, "poa": i} for c, i in indicators.items())])


def injected(modifier, *codes):
    """An injection into a joint with this modifier, for these diagnoses."""
    pointers = list(range(1, len(codes) + 1))
    return a_visit_with("20610", modifiers=[modifier], pointers=pointers).with_diagnoses(*codes)


def aged(born, builder):
    subscriber = a_subscriber(birth_date=born)
    return builder.with_patient(birth_date=born).with_coverages(medicare(subscriber=subscriber))


CASES = [
    # E11: Excludes1 type 1 diabetes mellitus (E10.-).
    fires("diagnosis-excludes1", diagnosed("E119", "E109"), "/diagnoses/1/code", "2300 HI02-2", None),
    fires("diagnosis-manifestation-first", diagnosed("D631", "N186"), "/diagnoses/0/code", "2300 HI01-2", None),
    # D63.1: code first underlying chronic kidney disease (N18.-).
    fires("diagnosis-etiology-not-before", diagnosed("R5383", "D631"), "/diagnoses/1/code", "2300 HI02-2", None),
    fires(
        "diagnosis-etiology-not-before", diagnosed("R5383", "D631", "N186"), "/diagnoses/1/code", "2300 HI02-2", None
    ),
    fires(
        "diagnosis-side-contradicts-modifier",
        injected("RT", "M25562"),
        "/lines/0/modifiers",
        "2400 SV101-3",
        "CARC 11",
    ),
    fires("diagnosis-side-unspecified", exacting(diagnosed("I10", "M25569")), "/diagnoses/1/code", "2300 HI02-2", None),
    fires("diagnosis-poa-not-one", present(E119="1"), "/diagnoses/3/poa", "2300 HI03-9", "A7:688"),
    fires("diagnosis-poa-on-exempt", present(Z794="Y"), "/diagnoses/3/poa", "2300 HI03-9", None),
    fires("diagnosis-poa-missing", present(Z9981=None), "/diagnoses/3/poa", "2300 HI03-9", "A6:688"),
    fires("diagnosis-age-conflict", diagnosed("I10", "E8411"), "/diagnoses/1/code", "2300 HI02-2", "CARC 9"),
]

NEAR_MISSES = [
    diagnosed("E119", "I10"),
    diagnosed("N186", "D631"),
    injected("RT", "M25562", "M25561"),
    injected("LT", "M25562", "I10"),
    injected("RT", "M25569"),
    injected("RT", "I10"),
    diagnosed("I10", "M25569"),
    exacting(diagnosed("I10", "M25561")),
    present(Z794=None),
    aged("2026-01-16", diagnosed("E8411")),
]

ON_TIME = [
    (
        exacting(a_visit_with(service_from="2026-11-15").with_diagnoses("I10", "M25569")),
        date(2026, 11, 24),
    ),  # the contract begins on the day after
]
