"""The use cases of customer rules: write, agree on, try, run and count them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, time

from sqlalchemy.ext.asyncio import AsyncSession

from services.scrubber import rules_store
from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.examination import Scrubber
from services.scrubber.domain.rules.book import NO_RULES, RuleBook, compile_rule
from services.scrubber.domain.rules.documents import read_rules, write_rules
from services.scrubber.domain.rules.figures import RuleFigures
from services.scrubber.domain.rules.rule import ImportResult, NewRule, Rule, RuleContent, RuleRecord, RuleStatus
from services.scrubber.domain.rules.trial import Tally, Trial, TrialResult
from shared import audit
from shared.db import ReadSession, UnitOfWork
from shared.events.contracts import ClaimAccepted, ClaimRejected

_PAGE = 200
_CLAIMS_AT_ONCE = 20


async def create_rule(uow: UnitOfWork, new: NewRule) -> RuleRecord:
    """A first draft. Raises InvalidRule, RuleExists."""
    rule = Rule.drafted(new.id, new.content, uow.context.actor, uow.context.at)
    compile_rule(rule)
    saved = await rules_store.add_rule(uow.session, uow.context.tenant, rule)
    _on_the_trail(uow, saved, "rule.drafted")
    return saved


async def edit_rule(uow: UnitOfWork, rule_id: str, version: int, content: RuleContent) -> RuleRecord:
    """New words, as a draft. Raises RuleNotFound, StaleVersion, InvalidRule."""
    return await _changed(
        uow, rule_id, version, "rule.edited", lambda rule: rule.edited(content, uow.context.actor, uow.context.at)
    )


async def propose_rule(uow: UnitOfWork, rule_id: str, version: int) -> RuleRecord:
    """Raises RuleNotFound, StaleVersion, RuleNotReady."""
    return await _changed(
        uow, rule_id, version, "rule.proposed", lambda rule: rule.proposed(uow.context.actor, uow.context.at)
    )


async def approve_rule(uow: UnitOfWork, rule_id: str, version: int, *, shadow: bool) -> RuleRecord:
    """Let it run, or run in shadow. Raises RuleNotFound, StaleVersion, RuleNotReady, OwnRule, InvalidRule."""
    return await _changed(
        uow,
        rule_id,
        version,
        "rule.shadowed" if shadow else "rule.approved",
        lambda rule: rule.approved(uow.context.actor, uow.context.at, shadow=shadow),
    )


async def retire_rule(uow: UnitOfWork, rule_id: str, version: int) -> RuleRecord:
    """Stop it. Raises RuleNotFound, StaleVersion, RuleNotReady."""
    return await _changed(
        uow, rule_id, version, "rule.retired", lambda rule: rule.retired(uow.context.actor, uow.context.at)
    )


async def import_rules(uow: UnitOfWork, document: bytes) -> ImportResult:
    """Take every rule of a document as a draft, or none: what says the same as the last version is left alone.

    Raises UnreadableRules, InvalidRules.
    """
    created: list[str] = []
    changed: list[str] = []
    unchanged: list[str] = []
    tenant, by, at = uow.context.tenant, uow.context.actor, uow.context.at
    for new in read_rules(document):
        before = await rules_store.find_rule_for_change(uow.session, tenant, new.id)
        if before is not None and before.content == new.content:
            unchanged.append(new.id)
            continue
        if before is None:
            saved = await rules_store.add_rule(uow.session, tenant, Rule.drafted(new.id, new.content, by, at))
        else:
            saved = await rules_store.save_rule(uow.session, tenant, before.edited(new.content, by, at))
        (created if before is None else changed).append(new.id)
        _on_the_trail(uow, saved, "rule.imported")
    return ImportResult(created=tuple(created), changed=tuple(changed), unchanged=tuple(unchanged))


async def export_rules(session: ReadSession, tenant: str, status: RuleStatus | None) -> str:
    """The last words of every rule of this status, without one of all that are not retired, as YAML."""
    records: list[RuleRecord] = []
    while page := await rules_store.list_rules(
        session, tenant, status=status, after=records[-1].id if records else "", limit=_PAGE
    ):
        records += page
    return write_rules(record for record in records if status is not None or record.status != "retired")


async def try_rule(session: ReadSession, tenant: str, rule_id: str, trial: Trial, today: date) -> TrialResult:
    """What the rule would come to on these claims. Keeps nothing. Raises RuleNotFound, InvalidRule."""
    rule = await _tried(session, tenant, rule_id, trial)
    tally = Tally(RuleBook.of("trial", [compile_rule(rule, below="/rule" if trial.rule else "")]))
    complete = True
    async for claim in _claims_to_try(session, tenant, trial):
        if trial.first is not None and tally.examined == trial.limit:
            complete = False  # the one more that was asked for
            continue
        tally.look_at(claim, today)
        if tally.examined % _CLAIMS_AT_ONCE == 0:
            await asyncio.sleep(0)  # leaves room for the requests beside it
    return tally.result(complete=complete)


async def figures_of(session: ReadSession, tenant: str, rule_id: str, first: date, last: date) -> RuleFigures:
    """Raises RuleNotFound."""
    await rules_store.get_rule(session, tenant, rule_id)
    return RuleFigures.of(rule_id, await rules_store.figures(session, tenant, rule_id, first, last))


async def running_book(scrubber: Scrubber, session: AsyncSession, tenant: str) -> RuleBook:
    """The tenant's rules that run, compiled once for as long as they do not change."""
    edition = await rules_store.edition_of(session, tenant)
    if edition is None:
        return NO_RULES
    if (kept := scrubber.shelf.find(tenant, edition)) is not None:
        return kept
    book = RuleBook.running(edition, await rules_store.running_rules(session, tenant))
    scrubber.shelf.keep(tenant, book)
    return book


async def note_answer(uow: UnitOfWork, event: ClaimAccepted | ClaimRejected) -> None:
    """Keep on which day a payer took or rejected a claim, by which rules in shadow are judged."""
    rejected = isinstance(event, ClaimRejected)
    day = event.rejection.received_on if isinstance(event, ClaimRejected) else event.accepted_at.date()
    await rules_store.save_answer(uow.session, uow.context.tenant, str(event.claim.id), day, rejected=rejected)


# -- shared steps -----------------------------------------------------------------------------------------------------


async def _changed(
    uow: UnitOfWork, rule_id: str, version: int, action: str, change: Callable[[Rule], Rule]
) -> RuleRecord:
    current = await rules_store.rule_for_change(uow.session, uow.context.tenant, rule_id)
    current.check_version(version)
    after = change(current)
    if after.status != "retired":
        compile_rule(after)
    saved = await rules_store.save_rule(uow.session, uow.context.tenant, after)
    _on_the_trail(uow, saved, action)
    return saved


def _on_the_trail(uow: UnitOfWork, rule: RuleRecord, action: str) -> None:
    audit.record(uow, action, "rule", rule.id, {"version": rule.version, "status": rule.status})


async def _tried(session: ReadSession, tenant: str, rule_id: str, trial: Trial) -> Rule:
    """As if it ran, so that what it is true of is counted as it would be."""
    if trial.rule is not None:
        rule = Rule.drafted("trial", trial.rule, "", datetime.min.replace(tzinfo=UTC))
    elif trial.version is not None:
        rule = await rules_store.get_version(session, tenant, rule_id, trial.version)
    else:
        rule = await rules_store.get_rule(session, tenant, rule_id)
    return rule.model_copy(update={"status": "active"})


async def _claims_to_try(session: ReadSession, tenant: str, trial: Trial) -> AsyncIterator[AnyClaim]:
    for claim in trial.claims:
        yield claim
    if trial.first is not None and trial.through is not None:
        first = datetime.combine(trial.first, time.min, UTC)
        last = datetime.combine(trial.through, time.max, UTC)
        async for kept in rules_store.past_claims(session, tenant, first, last, trial.limit + 1):
            yield kept.claim
