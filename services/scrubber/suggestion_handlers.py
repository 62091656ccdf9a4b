"""Rules that submission suggests from what payers have rejected: proposed, and a person decides on each."""

from __future__ import annotations

from services.scrubber import rules_store
from services.scrubber.domain.rules.book import compile_rule
from services.scrubber.domain.rules.rule import FindingAction, Rule, RuleContent
from services.scrubber.errors import InvalidRule
from shared import audit
from shared.db import UnitOfWork
from shared.events import InvalidEvent
from shared.events.contracts import RuleSuggested

AUTHOR = "system:submission"


async def take_suggestion(uow: UnitOfWork, event: RuleSuggested) -> None:
    """Propose the rule, once: whatever people have made of it since stands.

    It runs in shadow when somebody with the permission says so, who is never its author. Raises InvalidEvent where the
    rule is none.
    """
    tenant = uow.context.tenant
    if await rules_store.find_rule_for_change(uow.session, tenant, event.rule_id) is not None:
        return
    draft = Rule.drafted(event.rule_id, _content(event), AUTHOR, uow.context.at)
    try:
        compile_rule(draft)
    except InvalidRule as error:
        raise InvalidEvent(f"the rule that is suggested is none: {error.detail}") from error
    await rules_store.add_rule(uow.session, tenant, draft)
    await uow.session.flush()
    saved = await rules_store.save_rule(uow.session, tenant, draft.proposed(AUTHOR, uow.context.at))
    audit.record(uow, "rule.proposed", "rule", saved.id, {"version": saved.version, "status": saved.status})


def _content(event: RuleSuggested) -> RuleContent:
    action = FindingAction(
        kind="finding",
        severity="error",
        message=event.message,
        pointer=event.pointer,
        predicted=event.predicted,
    )
    return RuleContent(
        name=event.name,
        description=event.description,
        payers=event.payers,
        kinds=event.kinds,
        each=event.each,
        condition=event.condition,
        action=action,
        effective=event.effective,
    )
