"""Whole claims of both kinds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

from hypothesis import strategies as st

from shared.claims import (
    Admission,
    Diagnosis,
    InstitutionalClaim,
    Note,
    Occurrence,
    OccurrenceSpan,
    Procedure,
    ProfessionalClaim,
    ProfessionalDates,
    RelatedCauses,
    SpinalManipulation,
    ValueAmount,
)
from shared.claims.control_numbers import control_number
from tests.strategies.drawing import amounts, digits, drawn, optional, pooled, some, tuples_of, words
from tests.strategies.parties import (
    addresses,
    billing_facilities,
    billing_persons,
    days,
    institutional_coverages,
    patients,
    pay_to_plans,
    physicians,
    professional_coverages,
    referrers,
    service_facilities,
)
from tests.strategies.services import (
    ambulances,
    claim_references,
    conditions,
    contracts,
    epsdt,
    institutional_lines,
    placed,
    professional_lines,
    repricings,
    supporting_documents,
)

C = TypeVar("C", ProfessionalClaim, InstitutionalClaim)

_TWO_DIGITS = [f"{number:02d}" for number in range(1, 60)]
_DIAGNOSES = ["I10", "E119", "J189", "N179", "S72001A", "Z0000", "M5450", "K5730", "F329", "R0602", "E785", "I2510"]


def claim_id(number: int) -> str:
    """A UUIDv7 of one fixed millisecond whose last digits are `number`."""
    return f"0193628d-58f5-7a70-8d2e-{number:012x}"


_COMMON: dict[str, st.SearchStrategy[Any]] = {
    "id": st.just(claim_id(0)),
    "encounter_id": st.just("ENC-1"),
    "patient": patients,
    "pay_to_address": optional(addresses),
    "pay_to_plan": optional(pay_to_plans),
    "accept_assignment": st.sampled_from("ABC"),
    "delay_reason": st.sampled_from([None, "1", "11", "15"]),
    "supporting_documents": tuples_of(supporting_documents),
    "contract": optional(contracts),
    "references": claim_references,
    "fixed_format": tuples_of(words(60), most=2),
    "repricing": optional(repricings),
    "epsdt": epsdt,
    "service_facility": optional(service_facilities),
    "rendering": optional(physicians),
    "referring": optional(referrers),
}


def _completed(fields: dict[str, Any]) -> dict[str, Any]:
    """What follows from what was drawn: coverages apart, lines in their places, total and control number."""
    coverages, billed = fields.pop("coverages")
    decided = [c.payer.payer_id for c in coverages if c.adjudication is not None]
    lines = tuple(placed(line, number, decided) for number, line in enumerate(fields.pop("lines"), 1))
    return fields | {
        "coverages": coverages,
        "billed_sequence": billed,
        "lines": lines,
        "total_charge": sum((line.charge for line in lines), Decimal("0.00")),
        "patient_control_number": control_number(fields["id"], 1),
    }


def _professional(fields: dict[str, Any]) -> ProfessionalClaim:
    fields = _completed(fields)
    last = len(fields["diagnoses"])
    lines = tuple(
        line.model_copy(update={"pointers": tuple(p for p in line.pointers if p <= last) or (1,)})
        for line in fields.pop("lines")
    )
    return ProfessionalClaim(**fields, lines=lines)


def _institutional(fields: dict[str, Any]) -> InstitutionalClaim:
    begin, end = sorted(fields.pop("statement"))
    return InstitutionalClaim(**_completed(fields), statement_from=begin, statement_through=end)


related_causes = st.builds(
    RelatedCauses, causes=some(["AA", "EM", "OA"], least=1, most=2), state=st.sampled_from([None, "TN"])
)
professional_dates = pooled(
    st.builds(ProfessionalDates, **{name: optional(days) for name in ProfessionalDates.model_fields})
)
spinal_manipulations = st.builds(
    SpinalManipulation, condition=st.sampled_from("ACDEFGM"), description=optional(words(30))
)
professional_claims = st.fixed_dictionaries(
    _COMMON
    | {
        "coverages": professional_coverages,
        "billing": billing_facilities | billing_persons,
        "lines": tuples_of(professional_lines, least=1, most=2),
        "frequency": st.sampled_from("178"),
        "place_of_service": st.sampled_from(["11", "21", "22", "41"]),
        "diagnoses": some([Diagnosis(code=code) for code in _DIAGNOSES], least=1, most=12),
        "provider_signature_on_file": st.booleans(),
        "related_causes": optional(related_causes),
        "special_program": st.sampled_from([None, "02", "05"]),
        "dates": professional_dates,
        "patient_paid": optional(amounts),
        "note": optional(st.builds(Note, kind=st.sampled_from(["ADD", "CER", "TPO"]), text=words(75))),
        "ambulance": optional(ambulances),
        "spinal_manipulation": optional(
            st.builds(SpinalManipulation, condition=st.sampled_from("ACDEFGM"), description=optional(words(30)))
        ),
        "conditions": conditions({"07": ["01", "09"], "E1": ["L1", "L5"], "75": ["IH"]}),
        "anesthesia_procedures": some(["00100", "00102"], most=2),
        "condition_codes": some([f"{n:02d}" for n in range(1, 30)], most=14),
        "referring": optional(referrers),
        "primary_care": optional(referrers),
        "rendering": optional(physicians),
        "supervising": optional(physicians),
        "pickup": optional(addresses),
        "drop_off": optional(addresses),
        "drop_off_name": optional(words(20)),
    }
).map(_professional)


def _diagnoses(codes: Sequence[str]) -> st.SearchStrategy[tuple[Diagnosis, ...]]:
    return st.tuples(
        *(st.builds(Diagnosis, code=st.just(code), poa=st.sampled_from([None, "Y", "N", "U", "W"])) for code in codes)
    )


institutional_claims = st.fixed_dictionaries(
    _COMMON
    | {
        "coverages": institutional_coverages,
        "billing": billing_facilities,
        "lines": tuples_of(institutional_lines, least=1, most=2),
        "frequency": st.sampled_from("123478"),
        "facility_type": st.sampled_from(["11", "13", "21", "85"]),
        "diagnoses": some(_DIAGNOSES, least=1, most=12).flatmap(_diagnoses),
        "statement": st.tuples(days, days),
        "admission": st.builds(
            Admission,
            type=st.sampled_from("1239"),
            source=st.sampled_from("1289"),
            date=optional(days),
            hour=optional(st.integers(0, 23)),
            discharge_hour=optional(st.integers(0, 23)),
        ),
        "patient_status": st.sampled_from(["01", "03", "30"]),
        "drg": st.none() | digits(3),
        "admitting_diagnosis": optional(st.builds(Diagnosis, code=st.sampled_from(_DIAGNOSES))),
        "reasons_for_visit": tuples_of(st.builds(Diagnosis, code=st.sampled_from(_DIAGNOSES))),
        "external_causes": some(["W010XXA", "V4352XA", "X58XXXA"]).flatmap(_diagnoses),
        "procedures": tuples_of(st.builds(Procedure, code=st.sampled_from(["0DTJ4ZZ", "5A1935Z"]), date=days), most=14),
        "condition_codes": some(_TWO_DIGITS, most=24),
        "occurrences": tuples_of(st.builds(Occurrence, code=st.sampled_from(_TWO_DIGITS), date=days), most=14),
        "occurrence_spans": tuples_of(
            st.builds(OccurrenceSpan, code=st.just("74"), from_date=days, through_date=days), most=3
        ),
        "values": tuples_of(st.builds(ValueAmount, code=st.sampled_from(_TWO_DIGITS), amount=amounts), most=14),
        "treatment_codes": some(["A1", "B2", "C3"]),
        "estimated_patient_due": optional(amounts),
        "repricer_received": optional(st.just(datetime(2026, 11, 21, 8, 30, tzinfo=UTC))),
        "claim_notes": tuples_of(st.builds(Note, kind=st.sampled_from(["ALG", "DCP", "UPI"]), text=words(75)), most=3),
        "billing_note": optional(words(75)),
        "attending": optional(physicians),
        "operating": optional(physicians),
        "other_operating": optional(physicians),
        "rendering": optional(physicians),
        "referring": optional(referrers),
    }
).map(_institutional)


def drawn_claims(strategy: st.SearchStrategy[C], count: int) -> list[C]:
    """Many claims at once, each with an id and a patient control number of its own."""
    return [
        claim.model_copy(update={"id": claim_id(number), "patient_control_number": control_number(claim_id(number), 1)})
        for number, claim in enumerate(drawn(strategy, count), 1)
    ]
