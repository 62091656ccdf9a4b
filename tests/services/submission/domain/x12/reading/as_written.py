"""What of a claim an 837 can say: the claim that must come back when its file is read.

Every loss is here by name, with the reason. What is not named here must come back as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any, TypeVar

from shared.claims import (
    Adjudication,
    Adjustment,
    ClaimReferences,
    Contact,
    Coverage,
    Diagnosis,
    InstitutionalClaim,
    InstitutionalLine,
    LineAdjudication,
    Patient,
    ProfessionalClaim,
    ProfessionalLine,
    Provider,
    Repricing,
    ServiceFacility,
    Subscriber,
)
from shared.x12.characters import transliterate

AnyClaim = ProfessionalClaim | InstitutionalClaim
AnyLine = ProfessionalLine | InstitutionalLine
M = TypeVar("M")

NOT_IN_AN_837 = ("id", "encounter_id")
"""The product's own names of a claim. REF*D9 holds a part of the id, CLM01 the number under which it went out."""

NO_TAXONOMY = ("referring", "primary_care", "supervising", "ordering", "operating", "other_operating")
"""PRV stands with attending (837I), rendering (837P) and billing provider alone."""


def as_written(claim: AnyClaim) -> dict[str, Any]:
    """The claim as JSON, without NOT_IN_AN_837, as its 837 says it."""
    said = _professional(claim) if isinstance(claim, ProfessionalClaim) else _institutional(claim)
    return without_own_names(_plain(said.model_dump(mode="json")))


def without_own_names(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in NOT_IN_AN_837}


def _plain(value: Any) -> Any:
    """In the extended character set, as `transliterate` has it."""
    if isinstance(value, str):
        return transliterate(value, "extended")
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def but(model: M, **changes: Any) -> M:
    return model.model_copy(update=changes)  # type: ignore[attr-defined,no-any-return]  # every model of ours has it


def _common(claim: AnyClaim) -> dict[str, Any]:
    is_professional = isinstance(claim, ProfessionalClaim)
    plan = claim.pay_to_plan
    return {
        "pay_to_plan": but(plan, secondary_ids=plan.secondary_ids[:1]) if plan is not None else None,
        "coverages": tuple(_coverage(coverage, claim) for coverage in claim.coverages),
        "patient": _patient(claim),
        "billing": _billing(claim.billing, is_professional=is_professional),
        "service_facility": _facility(claim.service_facility, with_contact=is_professional),
        "referring": _provider(claim.referring),
        "repricing": _repricing(claim.repricing, "" if is_professional else "RU"),
    }


def _professional(claim: ProfessionalClaim) -> ProfessionalClaim:
    """Without POA indicators, and with a repeat of REF*LX where the guide allows one."""
    own = claim.references
    references = but(
        own,
        investigational_device_exemption=own.investigational_device_exemption[:1],
        peer_review_authorization=None,
        auto_accident_state=None,
    )
    conditions = sorted(claim.conditions, key=lambda c: ("07", "E1", "E2", "E3", "75").index(c.category))
    return but(
        claim,
        **_common(claim),
        references=references,
        conditions=tuple(conditions),
        diagnoses=tuple(Diagnosis(code=diagnosis.code) for diagnosis in claim.diagnoses),
        rendering=_unless_same(claim.rendering, claim.billing),
        primary_care=_provider(claim.primary_care),
        supervising=_provider(claim.supervising),
        drop_off_name=claim.drop_off_name if claim.drop_off is not None else None,
        lines=tuple(_professional_line(line, claim) for line in claim.lines),
    )


def _institutional(claim: InstitutionalClaim) -> InstitutionalClaim:
    """Exempt diagnoses have no indicator, reasons and admitting diagnosis none at all, DTP*050 no hour."""
    admission, received = claim.admission, claim.repricer_received
    if admission.date is None:
        admission = but(admission, hour=None, minute=0)
    own = claim.references
    references = ClaimReferences(
        **{
            name: getattr(own, name)
            for name in (
                "service_authorization_exception", "repriced_claim_number", "adjusted_repriced_claim_number",
                "investigational_device_exemption", "demonstration_project", "peer_review_authorization",
                "auto_accident_state",
            )
        }
    )  # fmt: skip
    return but(
        claim,
        **_common(claim),
        references=references,
        admission=admission,
        repricer_received=datetime.combine(received.date(), time(), UTC) if received else None,
        diagnoses=tuple(map(_indicated, claim.diagnoses)),
        external_causes=tuple(map(_indicated, claim.external_causes)),
        operating=_provider(claim.operating),
        other_operating=_provider(claim.other_operating),
        rendering=_provider(claim.rendering),
        lines=tuple(_institutional_line(line, claim) for line in claim.lines),
    )


def _indicated(diagnosis: Diagnosis) -> Diagnosis:
    return but(diagnosis, poa=None) if diagnosis.poa == "1" else diagnosis


def _provider(who: Provider | None) -> Provider | None:
    """In a loop without PRV."""
    return but(who, taxonomy=None) if who is not None else None


def _unless_same(who: Provider | None, other: Provider | None) -> Provider | None:
    return None if who is not None and other is not None and who.npi == other.npi else who


def _billing(who: Provider, *, is_professional: bool) -> Provider:
    """Numbers that the payer gave it (G2, LU) stand behind its own in 2010BB; no third number fits 2010AA."""
    own = [one for one in who.secondary_ids if one.qualifier in ("0B", "1G")] if is_professional else []
    of_payer = [one for one in who.secondary_ids if one.qualifier in ("G2", "LU")][: 2 if is_professional else 1]
    return but(who, secondary_ids=(*own, *of_payer))


def _facility(where: ServiceFacility | None, *, with_contact: bool) -> ServiceFacility | None:
    """2310C has a telephone; 2310E and 2420C no contact."""
    if where is None:
        return None
    return but(where, contact=_telephone(where.contact) if with_contact else None)


def _telephone(who: Contact | None) -> Contact | None:
    return but(who, fax=None, email=None) if who is not None else None


def _three_numbers(who: Contact | None) -> Contact | None:
    """2420E has one PER with room for three numbers."""
    if who is None or None in (who.telephone, who.extension, who.fax, who.email):
        return who
    return but(who, email=None)


def _repricing(terms: Repricing | None, services: str) -> Repricing | None:
    """HCP08 to HCP12 are not in every loop."""
    if terms is None:
        return None
    kept = terms if "U" in services else but(terms, approved_unit=None, approved_units=None)
    kept = kept if "P" in services else but(kept, approved_procedure=None)
    return kept if "R" in services else but(kept, approved_revenue_code=None)


def _patient(claim: AnyClaim) -> Patient:
    """Where the patient is the subscriber, the subscriber's loop says who it is. The 837I tells no death or weight."""
    patient, billed = claim.patient, claim.billed_coverage
    if billed.patient_is_subscriber:
        who = billed.subscriber
        patient = but(patient, name=who.person, birth_date=who.birth_date, sex=who.sex, address=who.address)
    if isinstance(claim, InstitutionalClaim):
        patient = but(patient, death_date=None, weight_pounds=None, pregnant=False)
    return patient


def _coverage(coverage: Coverage, claim: AnyClaim) -> Coverage:
    """SBR04 stands only where there is no SBR03; SBR05 and the signature are the professional guide's."""
    changes: dict[str, Any] = {"subscriber": _subscriber(coverage, claim)}
    if coverage.group_number:
        changes["group_name"] = None
    if isinstance(claim, InstitutionalClaim):
        changes |= {"insurance_type": None, "signature_by_provider": False}
    if coverage.relationship not in ("01", "18", "19", "20", "21", "39", "40", "53", "G8"):
        changes["relationship"] = "G8"
    if coverage is not claim.billed_coverage:
        changes["adjudication"] = _adjudication(coverage.adjudication, claim)
        changes["other_payer_providers"] = tuple(
            but(one, is_person=one.is_person and one.role != "77") for one in coverage.other_payer_providers
        )
    return but(coverage, **changes)


def _subscriber(coverage: Coverage, claim: AnyClaim) -> Subscriber:
    """Demographics of the billed subscriber alone, and only where it is the patient; another payer's has an address."""
    who = coverage.subscriber
    if coverage is not claim.billed_coverage:
        return but(who, birth_date=None, sex=None, property_casualty_claim_number=None, contact=None)
    contact = _telephone(who.contact) if isinstance(claim, ProfessionalClaim) else None
    if coverage.patient_is_subscriber:
        return but(who, contact=contact)
    return but(who, birth_date=None, sex=None, address=None, contact=contact)


def _adjudication(decided: Adjudication | None, claim: AnyClaim) -> Adjudication | None:
    """MOA of an outpatient claim has no days; MIA of a stay neither rate nor amount, and its days where it stands."""
    if decided is None:
        return None
    decided = but(decided, adjustments=_grouped(decided.adjustments))
    if not (isinstance(claim, InstitutionalClaim) and claim.is_inpatient):
        return but(decided, covered_days=None)
    days = decided.covered_days
    if days is None and decided.remark_codes:
        days = Decimal(0)
    return but(decided, covered_days=days, reimbursement_rate=None, hcpcs_payable=None)


def _grouped(adjustments: Sequence[Adjustment]) -> tuple[Adjustment, ...]:
    """CAS holds reasons of one group: those of a group stand together."""
    groups = list(dict.fromkeys(adjustment.group for adjustment in adjustments))
    return tuple(sorted(adjustments, key=lambda adjustment: groups.index(adjustment.group)))


def _line(line: AnyLine) -> dict[str, Any]:
    """REF*6R with the line's own number is what a line without one goes out with; 2410 has one REF."""
    drug = line.drug
    if drug is not None and drug.prescription_number:
        drug = but(drug, link_sequence=None)
    changes: dict[str, Any] = {"drug": drug, "adjudications": tuple(_decision(one, line) for one in line.adjudications)}
    if line.service_from is None:
        changes |= {"service_from": line.service_through, "service_through": None}
    elif line.service_through == line.service_from:
        changes["service_through"] = None
    return changes


def _decision(decision: LineAdjudication, line: AnyLine) -> LineAdjudication:
    """SVD03 and SVD04 say what was paid for even where it is the line's own; SVD04 is the 837I's."""
    revenue_code = None if isinstance(line, ProfessionalLine) else decision.revenue_code or line.revenue_code
    return but(
        decision,
        procedure=decision.procedure or line.procedure,
        revenue_code=revenue_code,
        adjustments=_grouped(decision.adjustments),
    )


def _professional_line(line: ProfessionalLine, claim: ProfessionalClaim) -> ProfessionalLine:
    """SV105 stands where it differs from the claim's place; a certificate's months only with the certificate."""
    dme = line.dme
    if dme is not None and dme.certification is None:
        dme = but(dme, certified_months=None)
    conditions = sorted(line.conditions, key=lambda c: ("07", "70", "09").index(c.category))
    ordering = line.ordering
    if ordering is not None:
        ordering = but(ordering, taxonomy=None, contact=_three_numbers(ordering.contact))
    return but(
        line,
        **_line(line),
        place_of_service=line.place_of_service if line.place_of_service != claim.place_of_service else None,
        dme=dme,
        conditions=tuple(conditions),
        repricing=_repricing(line.repricing, "PU"),
        rendering=_unless_same(line.rendering, claim.rendering or claim.billing),
        supervising=_provider(line.supervising),
        ordering=ordering,
        referring=_provider(line.referring),
        service_facility=_facility(line.service_facility, with_contact=False),
        drop_off_name=line.drop_off_name if line.drop_off is not None else None,
    )


def _institutional_line(line: InstitutionalLine, claim: InstitutionalClaim) -> InstitutionalLine:
    """Providers of a line are named where they are not the claim's; modifiers stand with a procedure."""
    procedure = {} if line.procedure else {"modifiers": (), "description": None}
    return but(
        line,
        **_line(line),
        **procedure,
        repricing=_repricing(line.repricing, "RPU"),
        **{
            name: _provider(_unless_same(getattr(line, name), getattr(claim, name)))
            for name in ("operating", "other_operating", "rendering", "referring")
        },
    )
