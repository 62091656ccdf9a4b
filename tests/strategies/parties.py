"""People, organisations, coverages and what other payers decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from shared.claims import (
    Address,
    Adjudication,
    Adjustment,
    Contact,
    Coverage,
    OtherPayerProvider,
    Patient,
    Payer,
    PayToPlan,
    PersonName,
    Provider,
    SecondaryId,
    ServiceFacility,
    Subscriber,
)
from tests.strategies.drawing import (
    amounts,
    counts,
    digits,
    npis,
    optional,
    pooled,
    positive_amounts,
    quantities,
    references,
    some,
    tax_ids,
    telephones,
    tuples_of,
    words,
)

FIRST_DAY, LAST_DAY = date(2024, 1, 1), date(2026, 11, 20)
_STATES = ["TN", "NY", "CA", "TX", "FL", "KY"]
_REMARKS = ["MA01", "MA18", "N1", "N30", "M15"]
_REASONS = ["1", "2", "3", "45", "96", "97", "23"]

days = st.dates(FIRST_DAY, LAST_DAY)
taxonomies = st.sampled_from(["207R00000X", "282N00000X", "2085R0202X", "363LP0200X"])

addresses = pooled(
    st.builds(
        Address,
        line1=words(40),
        line2=optional(words(20)),
        city=words(25),
        state=st.sampled_from(_STATES),
        zip_code=digits(9),
    )
)
person_names = pooled(
    st.builds(
        PersonName,
        last=words(30),
        first=words(20),
        middle=optional(words(10)),
        suffix=st.sampled_from([None, "JR", "III"]),
    )
)
contacts = pooled(
    st.builds(
        Contact,
        name=words(20),
        telephone=telephones,
        extension=optional(digits(4)),
        fax=optional(telephones),
        email=optional(st.just("billing@example.org")),
    )
)


def secondary_ids(qualifiers: Sequence[str]) -> st.SearchStrategy[tuple[SecondaryId, ...]]:
    ids = [st.builds(SecondaryId, qualifier=st.just(qualifier), value=references) for qualifier in qualifiers]
    return st.lists(st.one_of(ids), max_size=2, unique_by=lambda i: i.qualifier).map(tuple)


def _physicians(qualifiers: Sequence[str], **fields: Any) -> st.SearchStrategy[Provider]:
    who = {"person": person_names, "npi": npis, "taxonomy": optional(taxonomies)}
    return pooled(st.builds(Provider, secondary_ids=secondary_ids(qualifiers), **who, **fields))


physicians = _physicians(["0B", "1G", "G2", "LU"])
referrers = _physicians(["0B", "1G", "G2"])
orderers = _physicians(["0B", "1G", "G2"], address=optional(addresses), contact=optional(contacts))


_BILLING: dict[str, Any] = {
    "npi": npis,
    "taxonomy": optional(taxonomies),
    "tax_id": tax_ids,
    "address": addresses,
    "contact": optional(contacts),
}
billing_facilities = pooled(st.builds(Provider, organization=words(), secondary_ids=secondary_ids(["G2"]), **_BILLING))
billing_persons = pooled(
    st.builds(
        Provider,
        person=person_names,
        tax_id_kind=st.sampled_from(["EI", "SY"]),
        secondary_ids=secondary_ids(["0B", "1G", "G2", "LU"]),
        **_BILLING,
    )
)
service_facilities = pooled(
    st.builds(
        ServiceFacility,
        organization=words(),
        npi=optional(npis),
        address=addresses,
        contact=optional(contacts),
        secondary_ids=secondary_ids(["G2", "LU"]),
    )
)
pay_to_plans = pooled(
    st.builds(
        PayToPlan,
        organization=words(),
        payer_id=references,
        tax_id=tax_ids,
        address=addresses,
        secondary_ids=secondary_ids(["2U", "FY", "NF"]),
    )
)
payers = pooled(
    st.builds(
        Payer,
        name=words(),
        payer_id=st.integers(10, 99_999).map("PAY{}".format),
        address=optional(addresses),
        secondary_ids=secondary_ids(["2U", "FY", "NF"]),
    )
)
subscribers = pooled(
    st.builds(
        Subscriber,
        person=person_names,
        member_id=st.integers(10, 10**11).map("W{}".format),
        birth_date=st.dates(date(1930, 1, 1), date(2020, 1, 1)),
        sex=st.sampled_from("FMU"),
        address=addresses,
        ssn=st.none() | st.just("219099999"),
        property_casualty_claim_number=optional(references),
        contact=optional(contacts),
    )
)
patients = pooled(
    st.builds(
        Patient,
        medical_record_number=references,
        name=person_names,
        birth_date=st.dates(date(1930, 1, 1), date(2023, 1, 1)),
        sex=st.sampled_from("FMU"),
        address=addresses,
        death_date=optional(days),
        weight_pounds=optional(quantities),
        pregnant=st.booleans(),
    )
)
adjustments = pooled(
    st.builds(
        Adjustment,
        group=st.sampled_from(["CO", "CR", "OA", "PI", "PR"]),
        reason=st.sampled_from(_REASONS),
        amount=positive_amounts,
        quantity=optional(counts),
    )
)
adjudications = pooled(
    st.builds(
        Adjudication,
        paid=amounts,
        date=optional(days),
        remaining_patient_liability=optional(amounts),
        non_covered=optional(amounts),
        adjustments=tuples_of(adjustments, most=8),
        remark_codes=some(_REMARKS, most=5),
        covered_days=optional(counts),
        reimbursement_rate=optional(st.sampled_from([Decimal("0.5"), Decimal(1)])),
        hcpcs_payable=optional(amounts),
    )
)


def _other_payer_providers(roles: dict[str, list[str]]) -> st.SearchStrategy[tuple[OtherPayerProvider, ...]]:
    def provider(role: str) -> st.SearchStrategy[OtherPayerProvider]:
        ids = st.builds(SecondaryId, qualifier=st.sampled_from(roles[role]), value=references)
        return st.builds(
            OtherPayerProvider,
            role=st.just(role),
            is_person=st.just(role != "85"),
            secondary_ids=ids.map(lambda i: (i,)),
        )

    return some(list(roles), most=3).flatmap(lambda chosen: st.tuples(*map(provider, chosen)))


Coverages = tuple[tuple[Coverage, ...], str]
"""Coverages and which of them is billed."""

_PROFESSIONAL_ROLES = {"DN": ["0B", "G2"], "82": ["G2", "LU"], "77": ["G2", "LU"], "DQ": ["1G"], "85": ["G2", "LU"]}
_INSTITUTIONAL_ROLES = {"71": ["0B", "G2"], "72": ["1G"], "77": ["G2"], "82": ["LU"], "DN": ["0B"], "85": ["G2"]}


@st.composite
def _coverages(draw: st.DrawFn, roles: dict[str, list[str]]) -> Coverages:
    """One to three coverages and which of them is billed; only those before the billed one have decided."""
    sequences = ["P", "S", "T"][: draw(st.integers(1, 3))]
    billed = draw(st.sampled_from(sequences))
    coverages = tuple(
        draw(
            st.builds(
                Coverage,
                sequence=st.just(sequence),
                payer=payers,
                subscriber=subscribers,
                relationship=st.sampled_from(["18", "18", "01", "19", "20", "G8", "04", "53"]),
                filing_indicator=st.sampled_from(["CI", "MB", "MC", "BL", "HM", "12"]),
                insurance_type=st.sampled_from([None, "12", "13", "43", "47"]),
                group_number=optional(references),
                group_name=optional(words(20)),
                assignment_of_benefits=st.sampled_from("YNW"),
                release_of_information=st.sampled_from("YI"),
                signature_by_provider=st.booleans(),
                prior_authorization=optional(references),
                referral_number=optional(references),
                payer_claim_control_number=optional(references),
                adjudication=adjudications if sequence < billed else st.none(),
                other_payer_providers=st.just(()) if sequence == billed else _other_payer_providers(roles),
            )
        )
        for sequence in sequences
    )
    return coverages, billed


professional_coverages = pooled(_coverages(_PROFESSIONAL_ROLES), size=40)
institutional_coverages = pooled(_coverages(_INSTITUTIONAL_ROLES), size=40)
