"""The use cases of audits. Each gets its unit of work or session: load, one decision of the domain, save, tell."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError

from services.encoder import audit_store, store
from services.encoder.audit_store import Period
from services.encoder.domain.audits.cases import Audit, AuditCase, EducationNote, RebuttalDecision
from services.encoder.domain.audits.plans import AuditPlan, Draw, draw
from services.encoder.domain.audits.worth import Grouped, Worth, categories
from services.encoder.domain.claims import build_claim
from services.encoder.domain.code_checks import check_codes
from services.encoder.domain.coding import ChartCodes, coding_day
from services.encoder.errors import InvalidCodes
from services.encoder.grouping import Grouper
from services.encoder.store import ChartContent
from shared import audit
from shared.claims import ClaimId, InstitutionalClaim, ProfessionalClaim
from shared.claims.control_numbers import control_number
from shared.db import ReadSession, UnitOfWork, new_id
from shared.tables import CodeSets, Tables


async def draw_audit(uow: UnitOfWork, plan: AuditPlan, seed: str) -> Audit:
    """Draw the charts of an audit and keep them with their codes as they stand. `seed` where the plan has none."""
    tenant = uow.context.tenant
    finished = await audit_store.finished_charts(uow.session, tenant, Period(plan.first, plan.last))
    first_days = await audit_store.first_days(uow.session, tenant)
    seen = await audit_store.audited_before(uow.session, tenant, [chart.chart_id for chart in finished])
    drawn = draw(plan, plan.seed or seed, finished, first_days, seen)
    made = Audit(
        id=new_id(),
        plan=plan,
        seed=drawn.seed,
        population=drawn.population,
        drawn=len(drawn.charts),
        drawn_by=uow.context.actor,
        drawn_at=uow.context.at,
    )
    await audit_store.add_audit(uow.session, tenant, made, await _cases(uow, made, drawn))
    audit.record(uow, "audit.drawn", "audit", made.id, {"seed": made.seed, "charts": made.drawn})
    return made


async def _cases(uow: UnitOfWork, made: Audit, drawn: Draw) -> list[AuditCase]:
    ids = [one.chart.chart_id for one in drawn.charts]
    contents = await store.contents_by_chart(uow.session, uow.context.tenant, ids)
    return [
        AuditCase(
            id=new_id(),
            audit_id=made.id,
            drawn=one,
            blind=made.plan.blind,
            coded=contents[one.chart.chart_id].codes,
        )
        for one in drawn.charts
    ]


async def take_next(uow: UnitOfWork, audit_id: str) -> AuditCase | None:
    """Give the auditor the first case of an audit that nobody has; None where there is none. Raises AuditNotFound."""
    await audit_store.get_audit(uow.session, uow.context.tenant, audit_id)
    case = await audit_store.next_case(uow.session, uow.context.tenant, audit_id, uow.context.actor)
    return None if case is None else await _take(uow, case)


async def take(uow: UnitOfWork, case_id: str) -> AuditCase:
    """Raises AuditCaseNotFound, AuditCaseNotYours, OwnCodingAudited."""
    return await _take(uow, await _case(uow, case_id))


async def _take(uow: UnitOfWork, case: AuditCase) -> AuditCase:
    taken = case.taken_by(uow.context.actor)
    return case if taken is case else await _save(uow, taken, "audit_case.taken")


async def give_codes(uow: UnitOfWork, case_id: str, codes: ChartCodes, code_sets: CodeSets) -> AuditCase:
    """The codes that there should be. Raises InvalidCodes, AuditCaseNotYours, AuditCaseClosed."""
    case = await _case(uow, case_id)
    audited = case.audited_by(uow.context.actor, codes)
    await _must_stand(uow, case, codes, code_sets)
    return await _save(uow, audited, "audit_case.coded")


async def conclude(uow: UnitOfWork, case_id: str, notes: Sequence[EducationNote], worth: Worth | None) -> AuditCase:
    """Compare and show the coder. `worth` is what `worth_of` answered for these codes; None where it could not."""
    case = await _case(uow, case_id)
    concluded = case.concluded(uow.context.actor, tuple(notes), uow.context.at)
    if worth is not None:
        concluded = concluded.model_copy(update={"worth": worth})
    return await _save(uow, concluded, "audit_case.concluded")


async def value(uow: UnitOfWork, case_id: str, worth: Worth) -> AuditCase:
    """Keep what a case is worth, where the grouper could not be asked before."""
    return await _save(uow, (await _case(uow, case_id)).valued(worth), "audit_case.valued")


async def rebut(uow: UnitOfWork, case_id: str, text: str) -> AuditCase:
    """Raises AuditCaseNotYours, AuditCaseClosed."""
    case = await _case(uow, case_id)
    return await _save(uow, case.rebutted_by(uow.context.actor, text, uow.context.at), "audit_case.rebutted")


async def decide(
    uow: UnitOfWork, case_id: str, *, upheld: bool, text: str, codes: ChartCodes | None, code_sets: CodeSets
) -> AuditCase:
    """Raises OwnCodingAudited, AuditCaseClosed, InvalidCodes."""
    case = await _case(uow, case_id)
    decision = RebuttalDecision(upheld=upheld, text=text, by=uow.context.actor, at=uow.context.at)
    decided = case.decided(decision, codes)
    if codes is not None:
        await _must_stand(uow, case, codes, code_sets)
    return await _save(uow, decided, "audit_case.decided")


# -- what it is worth -------------------------------------------------------------------------------------------------


async def claims_of(
    session: ReadSession, tenant: str, case: AuditCase
) -> tuple[ChartContent, list[ProfessionalClaim | InstitutionalClaim | None]]:
    """The chart's content, and the claims of the coder's and of the auditor's codes; None where none can be made."""
    content = await store.get_content(session, tenant, case.drawn.chart.chart_id)
    claim_id = case.drawn.chart.claim_id
    return content, [_claim(content, codes, claim_id) for codes in (case.coded, case.audited or ChartCodes())]


async def worth_of(
    case: AuditCase,
    content: ChartContent,
    claims: Sequence[ProfessionalClaim | InstitutionalClaim | None],
    grouper: Grouper,
    authorization: str,
    tables: Tables,
) -> Worth:
    """Both sets of codes as they group and pay.

    Asks the grouper, and so never inside a unit of work. Raises GrouperUnavailable.
    """
    coded, audited = [Grouped() if claim is None else await grouper.group(claim, authorization) for claim in claims]
    day = coding_day(content.encounter)
    counted = categories(case.coded, case.audited or ChartCodes(), day, tables)
    return Worth(coded=coded, audited=audited, categories=counted)


def _claim(
    content: ChartContent, codes: ChartCodes, claim_id: ClaimId
) -> ProfessionalClaim | InstitutionalClaim | None:
    try:
        return build_claim(content.encounter, codes, claim_id=claim_id, control_number=control_number(claim_id, 1))
    except ValidationError:
        return None


# -- shared steps -----------------------------------------------------------------------------------------------------


async def _case(uow: UnitOfWork, case_id: str) -> AuditCase:
    return await audit_store.get_case(uow.session, uow.context.tenant, case_id, to_change=True)


async def _save(uow: UnitOfWork, case: AuditCase, action: str) -> AuditCase:
    await audit_store.save_case(uow.session, uow.context.tenant, case)
    audit.record(uow, action, "audit_case", case.id, {"status": case.status, "version": case.version})
    return case


async def _must_stand(uow: UnitOfWork, case: AuditCase, codes: ChartCodes, code_sets: CodeSets) -> None:
    content = await store.get_content(uow.session, uow.context.tenant, case.drawn.chart.chart_id)
    if problems := check_codes(codes, content.encounter, code_sets):
        raise InvalidCodes(problems, f"{len(problems)} faults in the codes")
