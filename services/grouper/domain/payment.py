"""Which payment system of Medicare pays for what is asked about, and its estimate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from services.grouper.domain.estimates import Estimate, LeftOut, Method
from services.grouper.domain.inpatient.cases import Billed, case_of
from services.grouper.domain.inpatient.pricing import price as price_stay
from services.grouper.domain.inpatient.rates import IppsRules
from services.grouper.domain.outpatient.pricing import price as price_visit
from services.grouper.domain.outpatient.rules import OppsRules
from services.grouper.domain.outpatient.visits import OutpatientHospital, OutpatientVisit, visit_of
from services.grouper.domain.professional.pricing import price as price_services
from services.grouper.domain.professional.rules import MpfsRules
from services.grouper.domain.professional.services import PractitionerFacts, ProfessionalServices, services_of
from services.grouper.domain.stays import AnySubject, Stay
from shared.claims import ExpectedLine, ExpectedPayment, Grouping, InstitutionalClaim, Model, ProfessionalClaim
from shared.tables import NoRelease, Tables

AnyPriced = AnySubject | OutpatientVisit | ProfessionalServices
"""What can be priced: a claim of either kind, or alone a stay, an outpatient visit or a practitioner's services."""

PricedSubject = Annotated[AnyPriced, Field(discriminator="kind")]
"""The same as it is read, told apart by `kind`."""


class PriceQuestion(Model):
    """What is to be priced, with the facts that its payment system asks for beside it."""

    subject: PricedSubject
    inpatient: Billed | None = None
    """For stays and inpatient claims; of a claim its charges, condition codes and billing NPI are known without it."""
    outpatient: OutpatientHospital | None = None
    """For claims; a visit has its hospital in itself."""
    practitioner: PractitionerFacts | None = None
    """For claims; services have their practitioner in themselves."""


class Priced(Model):
    """The estimate, and the DRG that it rests on where one was assigned."""

    estimate: Estimate
    grouping: Grouping | None = None


_MEDICARE = frozenset({"MA", "MB"})
"""SBR09 of claims that Medicare's own contractors pay; a Medicare Advantage plan (16) pays by its contracts."""

_EXCLUDED_HOSPITAL = LeftOut(
    what="payment",
    reason="hospitals that report no POA are of the kinds that are paid otherwise than by IPPS (42 CFR 412.23)",
)


@dataclass(frozen=True)
class PaymentRules:
    """The rules of every payment system that is known."""

    ipps: IppsRules
    opps: OppsRules
    mpfs: MpfsRules


@dataclass(frozen=True)
class InpatientStay:
    """A stay that has a DRG."""

    stay: Stay
    drg: str


def expected(
    claim: ProfessionalClaim | InstitutionalClaim, inpatient: InpatientStay | None, rules: PaymentRules, tables: Tables
) -> ExpectedPayment | None:
    """What Medicare is expected to allow for a claim, in short; None where it is not billed to Medicare itself."""
    if claim.billed_coverage.filing_indicator not in _MEDICARE:
        return None
    try:
        estimated = estimate(PriceQuestion.model_construct(subject=claim), inpatient, rules, tables)
    except NoRelease:
        return ExpectedPayment(method=_method(claim, inpatient), amount=None, left_out=("reference-tables",))
    return in_short(estimated)


def in_short(estimated: Estimate) -> ExpectedPayment:
    """An estimate without its steps: what travels with the claim."""
    releases: dict[str, list[str]] = {}
    for used in estimated.releases:
        releases.setdefault(used.table, []).append(used.release)
    return ExpectedPayment(
        method=estimated.method,
        amount=estimated.total,
        left_out=tuple(dict.fromkeys(one.what for one in estimated.left_out)),
        as_of=estimated.as_of,
        lines=tuple(
            ExpectedLine(number=line.number, amount=line.amount) for line in estimated.lines if line.amount is not None
        ),
        releases={table: ", ".join(dict.fromkeys(names)) for table, names in releases.items()},
    )


def _method(claim: ProfessionalClaim | InstitutionalClaim, inpatient: InpatientStay | None) -> Method:
    if isinstance(claim, ProfessionalClaim):
        return "mpfs"
    return "ipps" if inpatient is not None else "opps"


def estimate(question: PriceQuestion, inpatient: InpatientStay | None, rules: PaymentRules, tables: Tables) -> Estimate:
    """The payment of what is asked about. `inpatient` is the stay that it bills, None where it bills none.

    Raises NoRelease where the tables of the payment system do not cover the day, DayOfServiceMissing.
    """
    subject = question.subject
    if isinstance(subject, OutpatientVisit):
        return price_visit(subject, rules.opps, tables)
    if isinstance(subject, ProfessionalServices):
        return price_services(subject, rules.mpfs, tables)
    if isinstance(subject, ProfessionalClaim):
        return price_services(services_of(subject, question.practitioner), rules.mpfs, tables)
    if inpatient is not None:
        return _inpatient(question, inpatient, rules.ipps, tables)
    if isinstance(subject, InstitutionalClaim):
        return price_visit(visit_of(subject, question.outpatient), rules.opps, tables)
    raise ValueError("a stay is priced with its DRG")


def _inpatient(question: PriceQuestion, inpatient: InpatientStay, rules: IppsRules, tables: Tables) -> Estimate:
    stay = inpatient.stay
    if stay.poa_exempt:
        return Estimate(method="ipps", as_of=stay.discharge_date, total=None, left_out=(_EXCLUDED_HOSPITAL,))
    subject, given = question.subject, question.inpatient or Billed()
    billed = _billed(subject, given) if isinstance(subject, InstitutionalClaim) else given
    return price_stay(case_of(stay, inpatient.drg, billed), rules, tables)


def _billed(claim: InstitutionalClaim, given: Billed) -> Billed:
    """What was given, and from the claim what was not."""
    of_claim = {
        "charges": claim.total_charge - sum(line.non_covered or 0 for line in claim.lines),
        "condition_codes": claim.condition_codes,
        "npi": claim.billing.npi,
    }
    return given.model_copy(update={k: v for k, v in of_claim.items() if k not in given.model_fields_set})
