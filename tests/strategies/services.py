"""Service lines of both kinds, and what claim and line have in common."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypeVar

from hypothesis import strategies as st

from shared.claims import (
    Ambulance,
    ClaimReferences,
    Contract,
    Dme,
    Drug,
    FormAnswer,
    InstitutionalLine,
    LineAdjudication,
    LineDates,
    Measurement,
    Note,
    ProfessionalLine,
    PurchasedService,
    Repricing,
    StateCondition,
    SupportingDocument,
    SupportingForm,
)
from tests.strategies.drawing import (
    amounts,
    counts,
    digits,
    npis,
    optional,
    pooled,
    quantities,
    references,
    some,
    tuples_of,
    words,
)
from tests.strategies.parties import (
    LAST_DAY,
    addresses,
    adjustments,
    days,
    orderers,
    physicians,
    referrers,
    service_facilities,
)

supporting_documents = pooled(
    st.builds(
        SupportingDocument,
        report_type=st.sampled_from(["03", "04", "B4", "OZ", "RB"]),
        transmission=st.sampled_from(["BM", "EL", "FX"]),
        control_number=references,
    )
)
contracts = st.builds(
    Contract, kind=st.sampled_from(["01", "02", "09"]), amount=optional(amounts),
    percent=optional(counts.map(lambda percent: percent / 100)),
    code=optional(references), discount_percent=optional(st.just(Decimal("2.5"))), version=optional(st.just("2")),
)  # fmt: skip
repricings = pooled(
    st.builds(
        Repricing,
        methodology=st.sampled_from(["00", "01", "05"]),
        allowed=amounts,
        savings=optional(amounts),
        organization_id=optional(references),
        rate=optional(st.just(Decimal("0.75"))),
        approved_amount=optional(amounts),
        approved_units=counts,
        approved_unit=st.just("UN"),
        reject_reason=st.sampled_from([None, "T1", "T6"]),
        compliance=st.sampled_from([None, "1", "5"]),
        exception=st.sampled_from([None, "1", "6"]),
    )
)
claim_references = pooled(
    st.builds(
        ClaimReferences,
        service_authorization_exception=st.sampled_from([None, "1", "7"]),
        mandatory_medicare_crossover=st.booleans(),
        mammography_certificate=optional(references),
        clia_number=optional(st.just("44D0987654")),
        repriced_claim_number=optional(references),
        adjusted_repriced_claim_number=optional(references),
        investigational_device_exemption=tuples_of(references, most=2),
        demonstration_project=optional(references),
        care_plan_oversight_npi=optional(npis),
        peer_review_authorization=optional(references),
        auto_accident_state=st.sampled_from([None, "TN"]),
    )
)
ambulances = pooled(
    st.builds(
        Ambulance,
        weight_pounds=optional(counts),
        reason=st.sampled_from("ABCDE"),
        miles=counts,
        round_trip_purpose=optional(words(30)),
        stretcher_purpose=optional(words(30)),
    )
)
drugs = pooled(
    st.builds(
        Drug,
        ndc=digits(11),
        quantity=quantities,
        unit=st.sampled_from(["F2", "GR", "ME", "ML", "UN"]),
        prescription_number=optional(references),
        link_sequence=optional(references),
    )
)


def conditions(codes: dict[str, list[str]]) -> st.SearchStrategy[tuple[StateCondition, ...]]:
    def condition(category: str) -> st.SearchStrategy[StateCondition]:
        applies = st.just(True) if category == "75" else st.booleans()
        least = 1
        return st.builds(
            StateCondition, category=st.just(category), applies=applies, codes=some(codes[category], least, most=2)
        )

    return some(list(codes), most=2).flatmap(lambda chosen: st.tuples(*map(condition, chosen)))


epsdt = optional(conditions({"ZZ": ["AV", "S2", "ST"]}).map(lambda found: found[0] if found else None))


line_adjudications = st.builds(
    LineAdjudication,
    payer_id=st.just("OTHER"),
    paid=amounts,
    procedure=st.sampled_from(["99213", "J3301"]),
    modifiers=some(["25", "59"], most=2),
    revenue_code=st.none() | st.just("0300"),
    units=counts,
    bundled_into_line=optional(st.integers(1, 9)),
    date=days,
    adjustments=tuples_of(adjustments, most=7),
    remaining_patient_liability=optional(amounts),
)


L = TypeVar("L", ProfessionalLine, InstitutionalLine)


def placed(line: L, number: int, payer_ids: Sequence[str], **fields: Any) -> L:
    """A drawn line in its place on a claim: adjudicated by those of the claim's payers that have decided."""
    decisions = zip(line.adjudications, payer_ids, strict=False)
    adjudications = tuple(decision.model_copy(update={"payer_id": payer_id}) for decision, payer_id in decisions)
    return line.model_copy(update={"number": number, "adjudications": adjudications} | fields)


_line_dates = st.builds(LineDates, **{name: optional(days) for name in LineDates.model_fields})

professional_lines = pooled(
    st.builds(
        ProfessionalLine,
        number=st.just(1),
        control_number=optional(references),
        charge=amounts,
        units=quantities,
        unit=st.sampled_from(["UN", "MJ"]),
        modifiers=some(["25", "59", "LT", "RT", "GT"], most=4),
        description=optional(words(40)),
        service_from=days,
        service_through=st.none() | st.just(LAST_DAY),
        procedure=st.sampled_from(["99213", "J3301", "G0463", "0001F"]),
        place_of_service=st.sampled_from([None, "11", "22"]),
        pointers=some(range(1, 13), least=1, most=4),
        emergency=st.booleans(),
        epsdt=st.booleans(),
        family_planning=st.booleans(),
        copay_exempt=st.booleans(),
        dates=st.just(LineDates()) | _line_dates,
        ambulance=optional(ambulances),
        ambulance_patients=optional(counts),
        obstetric_anesthesia_units=optional(counts),
        pickup=optional(addresses),
        drop_off=optional(addresses),
        drop_off_name=optional(words(20)),
        dme=optional(
            st.builds(
                Dme,
                procedure=st.just("E0250"),
                days=counts,
                rental_price=amounts,
                purchase_price=amounts,
                rental_frequency=st.sampled_from("146"),
                certification=st.sampled_from([None, "I", "R"]),
                certified_months=counts,
            )
        ),
        conditions=conditions({"07": ["01", "06"], "70": ["65"], "09": ["38", "ZV"]}),
        measurements=tuples_of(
            st.builds(
                Measurement, purpose=st.sampled_from(["OG", "TR"]), kind=st.sampled_from(["HT", "R1"]), value=quantities
            )
        ),
        contract=optional(contracts),
        supporting_documents=tuples_of(supporting_documents, most=2),
        prior_authorization=optional(references),
        referral_number=optional(references),
        clia_number=optional(references),
        referring_clia_number=optional(references),
        mammography_certificate=optional(references),
        immunization_batch=optional(references),
        repriced_line_number=optional(references),
        adjusted_repriced_line_number=optional(references),
        sales_tax=optional(amounts),
        postage=optional(amounts),
        fixed_format=tuples_of(words(60), most=2),
        note=optional(st.builds(Note, kind=st.sampled_from(["ADD", "DCP"]), text=words(70))),
        third_party_note=optional(words(70)),
        purchased_service=optional(st.builds(PurchasedService, provider_id=references, amount=amounts)),
        repricing=optional(repricings),
        drug=optional(drugs),
        rendering=optional(physicians),
        purchased_service_provider=optional(npis),
        service_facility=optional(service_facilities),
        supervising=optional(physicians),
        ordering=optional(orderers),
        referring=optional(referrers),
        adjudications=tuples_of(line_adjudications, most=2),
        forms=tuples_of(
            st.builds(
                SupportingForm,
                kind=st.just("UT"),
                form=st.just("484.3"),
                answers=tuples_of(
                    st.builds(
                        FormAnswer,
                        question=st.sampled_from(["1A", "5"]),
                        answer=st.sampled_from("NWY"),
                        text=optional(words(20)),
                        date=optional(days),
                    ),
                    least=1,
                    most=2,
                ),
            ),
            most=1,
        ),
    ),
    size=40,
)

institutional_lines = pooled(
    st.builds(
        InstitutionalLine,
        number=st.just(1),
        control_number=optional(references),
        charge=amounts,
        units=quantities,
        unit=st.sampled_from(["UN", "DA"]),
        modifiers=some(["25", "59", "LT", "RT"], most=4),
        description=optional(words(40)),
        service_from=optional(days),
        service_through=st.none() | st.just(LAST_DAY),
        revenue_code=st.sampled_from(["0120", "0250", "0300", "0450", "0636"]),
        procedure=st.sampled_from(["99283", "J1100", "G0463"]),
        non_covered=optional(amounts),
        facility_tax=optional(amounts),
        sales_tax=optional(amounts),
        third_party_note=optional(words(70)),
        supporting_documents=tuples_of(supporting_documents, most=2),
        repriced_line_number=optional(references),
        adjusted_repriced_line_number=optional(references),
        repricing=optional(repricings),
        drug=optional(drugs),
        operating=optional(physicians),
        other_operating=optional(physicians),
        rendering=optional(physicians),
        referring=optional(referrers),
        adjudications=tuples_of(line_adjudications, most=2),
    ),
    size=40,
)
