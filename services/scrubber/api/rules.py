"""Customer rules: written by one person, approved by another, tried on claims, counted."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.scrubber import rule_handlers, rules_store
from services.scrubber.api.policies import CanApproveRules, CanReadRules, CanWriteRules, TheScrubber, Today
from services.scrubber.domain.rules.figures import RuleFigures
from services.scrubber.domain.rules.rule import (
    ImportResult,
    NewRule,
    Rule,
    RuleContent,
    RuleRecord,
    RuleStatus,
)
from services.scrubber.domain.rules.trial import Trial, TrialResult
from shared.http import IfMatch, Page, PageRequest, Read, Write, answer, encode_cursor, json_body, raw_body

router = APIRouter(prefix="/v1", tags=["rules"])

YAML = "application/yaml"
_LATEST = 2**31 - 1
_MONTH = timedelta(days=30)

RuleId = Annotated[str, Path(max_length=50, description="The rule's id.")]
GivenRule = Annotated[NewRule, json_body(NewRule)]
GivenContent = Annotated[RuleContent, json_body(RuleContent)]
GivenTrial = Annotated[Trial, json_body(Trial, as_received=True)]
GivenDocument = Annotated[bytes, raw_body(YAML, "application/x-yaml", "text/yaml", max_bytes=2_000_000)]
Status = Annotated[RuleStatus | None, Query(description="Rules whose last version has this status.")]


@router.get("/rules", response_model=Page[RuleRecord])
async def list_rules(caller: CanReadRules, session: Read, page: PageRequest, status: Status = None) -> Page[RuleRecord]:
    """The rules as they were last changed, in the order of their ids."""
    after = page.after(str)
    rules = await rules_store.list_rules(
        session, caller.tenant, status=status, after=str(after[0]) if after else "", limit=page.limit + 1
    )
    shown = tuple(rules[: page.limit])
    return Page(items=shown, next_cursor=encode_cursor([shown[-1].id]) if len(rules) > page.limit else None)


@router.post("/rules", status_code=201, response_model=RuleRecord)
async def create_rule(caller: CanWriteRules, write: Write, new: GivenRule) -> Response:
    """Write a rule, as a draft. Its condition is checked against the claim; `faults` says what is wrong where."""
    return await write(lambda uow: rule_handlers.create_rule(uow, new), location=lambda rule: f"/v1/rules/{rule.id}")


@router.get(
    "/rules:export", response_class=Response, responses={200: {"content": {YAML: {"schema": {"type": "string"}}}}}
)
async def export_rules(caller: CanReadRules, session: Read, status: Status = None) -> Response:
    """The rules as a YAML document that `:import` reads; without a status, all that are not retired."""
    return Response(await rule_handlers.export_rules(session, caller.tenant, status), media_type=YAML)


@router.post("/rules:import", response_model=ImportResult)
async def import_rules(caller: CanWriteRules, write: Write, document: GivenDocument) -> Response:
    """Take all rules of a YAML document as drafts, or none where one has a fault. What says the same stays as it is."""
    return await write(lambda uow: rule_handlers.import_rules(uow, document))


@router.get("/rules/{rule_id}", response_model=RuleRecord)
async def get_rule(caller: CanReadRules, session: Read, rule_id: RuleId) -> Response:
    """The rule as it was last changed, and which version of it runs; the ETag is what a change must name."""
    return answer(await rules_store.get_rule(session, caller.tenant, rule_id))


@router.put("/rules/{rule_id}", response_model=RuleRecord)
async def edit_rule(
    caller: CanWriteRules, write: Write, rule_id: RuleId, version: IfMatch, content: GivenContent
) -> Response:
    """Write the rule anew, as a draft. A version that runs goes on running until this one is approved."""
    return await write(lambda uow: rule_handlers.edit_rule(uow, rule_id, version, content))


@router.get("/rules/{rule_id}/versions", response_model=Page[Rule])
async def list_versions(caller: CanReadRules, session: Read, rule_id: RuleId, page: PageRequest) -> Page[Rule]:
    """Every change of the rule, the newest first: what it said, who changed it, when."""
    after = page.after(int)
    before = min(int(after[0] or 0), _LATEST) if after else None
    await rules_store.get_rule(session, caller.tenant, rule_id)
    found = await rules_store.history(session, caller.tenant, rule_id, before=before, limit=page.limit + 1)
    shown = tuple(found[: page.limit])
    return Page(items=shown, next_cursor=encode_cursor([shown[-1].version]) if len(found) > page.limit else None)


@router.post("/rules/{rule_id}/propose", response_model=RuleRecord)
async def propose_rule(caller: CanWriteRules, write: Write, rule_id: RuleId, version: IfMatch) -> Response:
    """Put a draft before those who may approve it."""
    return await write(lambda uow: rule_handlers.propose_rule(uow, rule_id, version))


@router.post("/rules/{rule_id}/approve", response_model=RuleRecord)
async def approve_rule(
    caller: CanApproveRules, write: Write, scrubber: TheScrubber, rule_id: RuleId, version: IfMatch
) -> Response:
    """Let a proposed rule run, or one that ran in shadow. 403 to who wrote it."""
    response = await write(lambda uow: rule_handlers.approve_rule(uow, rule_id, version, shadow=False))
    scrubber.shelf.forget(caller.tenant)
    return response


@router.post("/rules/{rule_id}/shadow", response_model=RuleRecord)
async def shadow_rule(
    caller: CanApproveRules, write: Write, scrubber: TheScrubber, rule_id: RuleId, version: IfMatch
) -> Response:
    """Let a rule run in shadow: what it is true of is counted, and nothing comes of it. 403 to who wrote it."""
    response = await write(lambda uow: rule_handlers.approve_rule(uow, rule_id, version, shadow=True))
    scrubber.shelf.forget(caller.tenant)
    return response


@router.post("/rules/{rule_id}/retire", response_model=RuleRecord)
async def retire_rule(
    caller: CanApproveRules, write: Write, scrubber: TheScrubber, rule_id: RuleId, version: IfMatch
) -> Response:
    """Stop a rule. Claims that it holds are cleared by a recheck of `rule:` and its id."""
    response = await write(lambda uow: rule_handlers.retire_rule(uow, rule_id, version))
    scrubber.shelf.forget(caller.tenant)
    return response


@router.post("/rules/{rule_id}/test", response_model=TrialResult)
async def try_rule(
    caller: CanReadRules, session: Read, rule_id: RuleId, today: Today, trial: GivenTrial
) -> TrialResult:
    """What the rule would come to: a version of it or words not yet saved, on claims given or on the tenant's own."""
    return await rule_handlers.try_rule(session, caller.tenant, rule_id, trial, today)


@router.get("/rules/{rule_id}/figures", response_model=RuleFigures)
async def get_figures(
    caller: CanReadRules,
    session: Read,
    rule_id: RuleId,
    today: Today,
    first: Annotated[date | None, Query(alias="from", description="First day; 30 days ago.")] = None,
    through: Annotated[date | None, Query(description="Last day; today.")] = None,
) -> RuleFigures:
    """Day by day the claims that the rule was true of, those it held or would have held, and what payers answered."""
    return await rule_handlers.figures_of(session, caller.tenant, rule_id, first or today - _MONTH, through or today)
