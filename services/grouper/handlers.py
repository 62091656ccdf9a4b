"""The grouper's use cases: load, one decision of the domain, save, tell."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import JsonValue

from services.grouper import store
from services.grouper.domain import code_editor, explanation, payment
from services.grouper.domain import what_if as what_ifs
from services.grouper.domain.claim_conversion import ClaimConversion, ConversionQuestion, convert_claim
from services.grouper.domain.code_edits import EditedStay
from services.grouper.domain.estimates import Estimate
from services.grouper.domain.explained import Explanation
from services.grouper.domain.grouping import Decision, GroupedStay, Grouper, Returned
from services.grouper.domain.history import GroupedClaim
from services.grouper.domain.outpatient.visits import OutpatientVisit
from services.grouper.domain.payment import InpatientStay, PaymentRules, Priced, PriceQuestion
from services.grouper.domain.risk_adjustment.answers import RiskScores
from services.grouper.domain.risk_adjustment.profiles import RiskProfile
from services.grouper.domain.risk_adjustment.scorer import RiskScorer
from services.grouper.domain.stays import CLAIM_POINTERS, AnySubject, Stay, stay_of
from services.grouper.domain.what_if import WhatIf, WhatIfQuestion
from services.grouper.errors import EngineFailed, NotExplainable, NotGroupable
from shared import audit
from shared.claims import Grouping, InstitutionalClaim, ProfessionalClaim
from shared.db import ReadSession, UnitOfWork
from shared.events import emit
from shared.events.contracts import ChartCoded, ClaimGrouped, GrouperReturned
from shared.tables import Tables

Outcome = Grouping | NotGroupable | EngineFailed


async def group_coded_claim(grouper: Grouper, rules: PaymentRules, uow: UnitOfWork, event: ChartCoded) -> None:
    """Decide on a claim that was coded, once for each revision, and tell what was decided. Raises EngineFailed."""
    tenant, claim = uow.context.tenant, event.claim
    if await store.latest_revision(uow.session, tenant, claim.id) >= event.revision:
        return
    [decision] = await grouper.decide([claim])
    if isinstance(decision, EngineFailed):
        raise decision
    if isinstance(decision, Grouping):
        decision = _with_payment(grouper, rules, claim, decision)
    await store.add_decision(uow.session, tenant, event, decision, at=uow.context.at)
    told = _told(event, decision)
    audit.record(uow, told.event_type.removesuffix(".v1"), "claim", claim.id, _gist(event, decision))
    emit(uow, told)


async def group(grouper: Grouper, subjects: Sequence[AnySubject]) -> list[Outcome]:
    """Decide without keeping anything: one outcome for each subject, in order. Raises EngineBusy."""
    decisions = await grouper.decide(subjects)
    return [NotGroupable(one.reasons) if isinstance(one, Returned) else one for one in decisions]


async def group_one(grouper: Grouper, subject: AnySubject) -> Grouping:
    """Raises NotGroupable, EngineFailed, EngineBusy."""
    [outcome] = await group(grouper, [subject])
    if isinstance(outcome, Grouping):
        return outcome
    raise outcome


async def explain(grouper: Grouper, subject: AnySubject) -> Explanation:
    """Why a stay has its DRG. Raises NotGroupable, NotExplainable, EngineFailed, EngineBusy, NoRelease."""
    tables = grouper.tables.current()
    return await explanation.explain(grouper.engine, tables, await _grouped_stay(grouper, subject, tables, ""))


async def what_if(grouper: Grouper, rules: PaymentRules, question: WhatIfQuestion) -> WhatIf:
    """What changes to a stay would make of its DRG. Raises NotGroupable, EngineFailed, EngineBusy, NoRelease."""
    tables = grouper.tables.current()
    grouped = await _grouped_stay(grouper, question.stay, tables, "/stay")
    return await what_ifs.what_if(grouper.engine, grouper.rules, rules.ipps, tables, grouped, question)


async def price(grouper: Grouper, rules: PaymentRules, question: PriceQuestion) -> Priced:
    """What Medicare would pay. Raises NotGroupable, EngineFailed, EngineBusy, NoRelease, DayOfServiceMissing."""
    tables, subject = grouper.tables.current(), question.subject
    if not isinstance(subject, Stay | InstitutionalClaim):
        return Priced(estimate=payment.estimate(question, None, rules, tables))
    [decision] = await grouper.decide([subject])
    if isinstance(decision, EngineFailed):
        raise decision
    if isinstance(decision, Returned):
        raise _not_groupable(decision, "/subject")
    inpatient = _inpatient_stay(grouper, subject, decision)
    return Priced(estimate=payment.estimate(question, inpatient, rules, tables), grouping=decision)


async def convert(grouper: Grouper, question: ConversionQuestion) -> ClaimConversion:
    """A claim or stay in the code set of another day. Raises NotGroupable, EngineFailed, EngineBusy, NoRelease."""
    return await convert_claim(grouper, grouper.tables.current(), question)


def edit_stay(grouper: Grouper, subject: Stay | InstitutionalClaim) -> EditedStay:
    """The Medicare Code Editor's edits that a stay, or the stay of a claim, meets. Raises NoRelease."""
    stay = subject if isinstance(subject, Stay) else stay_of(subject, poa_exempt=False)  # the editor reads no POA
    pointers = {} if isinstance(subject, Stay) else CLAIM_POINTERS
    return code_editor.edit_stay(stay, grouper.rules, grouper.tables.current(), pointers)


def score_risk(scorer: RiskScorer, profile: RiskProfile) -> RiskScores:
    """What a person's diagnoses add to the risk score of a payment year. Raises NotScorable, NoRelease."""
    return scorer.score(profile)


async def _grouped_stay(grouper: Grouper, subject: AnySubject, tables: Tables, place: str) -> GroupedStay:
    """`place` is the pointer to the subject in the document that was sent."""
    grouped = await grouper.group_stay(subject, tables)
    if isinstance(grouped, Returned):
        raise _not_groupable(grouped, place)
    if isinstance(grouped, Grouping):
        raise NotExplainable(grouped.reason or "no DRG applies")
    return grouped


def _not_groupable(returned: Returned, place: str) -> NotGroupable:
    """The reasons with pointers into the document that was sent, where the claim or stay stands at `place`."""
    return NotGroupable([one.model_copy(update={"pointer": f"{place}{one.pointer}"}) for one in returned.reasons])


def _with_payment(
    grouper: Grouper, rules: PaymentRules, claim: ProfessionalClaim | InstitutionalClaim, grouping: Grouping
) -> Grouping:
    inpatient = _inpatient_stay(grouper, claim, grouping)
    expected = payment.expected(claim, inpatient, rules, grouper.tables.current())
    return grouping.model_copy(update={"expected": expected})


def _inpatient_stay(grouper: Grouper, subject: AnySubject, grouping: Grouping) -> InpatientStay | None:
    """The stay with its DRG that a subject is or bills; None where it has no DRG."""
    stay = grouper.stay_billed(subject)
    return InpatientStay(stay, grouping.drg.drg) if grouping.drg is not None and stay is not None else None


def price_outpatient(rules: PaymentRules, tables: Tables, billed: InstitutionalClaim | OutpatientVisit) -> Estimate:
    """What Medicare would pay for an outpatient claim or visit under the OPPS; of a claim no hospital is known."""
    return payment.estimate(PriceQuestion.model_construct(subject=billed), None, rules, tables)


async def open_claim(session: ReadSession, tenant: str, claim_id: str) -> GroupedClaim:
    """What was decided on a claim, revision by revision. Raises ClaimNotGrouped."""
    return await store.get_claim(session, tenant, claim_id)


def _told(event: ChartCoded, decision: Decision) -> ClaimGrouped | GrouperReturned:
    revision = event.revision + 1
    if isinstance(decision, Returned):
        return GrouperReturned(claim=event.claim, revision=revision, reasons=decision.reasons)
    claim = event.claim
    if decision.drg is not None and isinstance(claim, InstitutionalClaim):
        claim = claim.model_copy(update={"drg": decision.drg.drg})
    return ClaimGrouped(claim=claim, revision=revision, grouping=decision)


def _gist(event: ChartCoded, decision: Decision) -> dict[str, JsonValue]:
    if isinstance(decision, Returned):
        return {"revision": event.revision, "reasons": [reason.code for reason in decision.reasons]}
    if decision.drg is None:
        return {"revision": event.revision, "method": decision.method}
    return {"revision": event.revision, "drg": decision.drg.drg, "version": decision.drg.version}
