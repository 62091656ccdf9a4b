"""The use cases of the queue: take a chart, keep it, hand it over, hold it; say how charts are placed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from pydantic import JsonValue

from services.encoder import queue_store, store
from services.encoder.audit_store import note_act
from services.encoder.domain.audits.productivity import ActKind
from services.encoder.domain.charts import Chart
from services.encoder.domain.queue.holds import QUERY_OPEN, Hold, check_hold
from services.encoder.domain.queue.priority import Priority, explain
from services.encoder.domain.queue.requests import HandOverRequest, HoldRequest
from services.encoder.domain.queue.routing import check_may_take, placement_of, rule_of
from services.encoder.domain.queue.rules import CoderProfile, HandOver, QueueRules, TouchlessPolicy
from services.encoder.errors import ChartNotOwned, ChartOwned, CoderMismatch, HoldNotFound, QueryOpen
from services.encoder.queue_store import QueueFilter
from shared import audit
from shared.db import ReadSession, UnitOfWork

# -- to take and to give back -----------------------------------------------------------------------------------------


async def pull_next(uow: UnitOfWork, wanted: QueueFilter, lease: timedelta) -> Chart | None:
    """Give the caller the first chart that they may take; None where none waits. Two callers never get the same one."""
    coder = await queue_store.find_coder(uow.session, uow.context.tenant, uow.context.actor)
    chart = await queue_store.next_chart(uow.session, uow.context.tenant, wanted, coder, uow.context.at)
    return None if chart is None else await _assign(uow, chart, uow.context.actor, lease)


async def assign(uow: UnitOfWork, chart_id: str, coder: str, lease: timedelta) -> Chart:
    """To the caller for the time of a lease; to another without an end. Raises ChartOwned, ChartClosed, Coder…"""
    chart = await store.get_chart(uow.session, uow.context.tenant, chart_id, to_change=True)
    check_may_take(chart, await queue_store.find_coder(uow.session, uow.context.tenant, coder))
    return await _assign(uow, chart, coder, lease if coder == uow.context.actor else None)


async def _assign(uow: UnitOfWork, chart: Chart, coder: str, lease: timedelta | None) -> Chart:
    if chart.owner == coder:
        return await _renewed(uow, chart, coder, lease)
    ends = None if lease is None else uow.context.at + lease
    assigned = chart.without_lapsed(uow.context.at).assigned_to(coder, ends)
    await note_act(uow, assigned, ActKind.TAKEN, coder)
    details: dict[str, JsonValue] = {"coder": coder, "version": assigned.version, "lapsed_from": chart.owner}
    return await _kept(uow, assigned, "chart.assigned", details)


async def release(uow: UnitOfWork, chart_id: str, *, as_manager: bool) -> Chart:
    """Raises ChartNotOwned, ChartOwned."""
    chart = await store.get_chart(uow.session, uow.context.tenant, chart_id, to_change=True)
    released = chart.released_by(uow.context.actor, as_manager=as_manager)
    await note_act(uow, released, ActKind.RELEASED)
    return await _kept(uow, released, "chart.released", {"coder": chart.owner, "version": released.version})


async def renew_lease(uow: UnitOfWork, chart_id: str, lease: timedelta) -> Chart:
    """Keep the caller's chart for another lease. Raises ChartNotOwned, ChartOwned, ChartClosed."""
    chart = await store.get_chart(uow.session, uow.context.tenant, chart_id, to_change=True)
    return await _renewed(uow, chart, uow.context.actor, lease)


async def _renewed(uow: UnitOfWork, chart: Chart, coder: str, lease: timedelta | None) -> Chart:
    """No audit entry: a chart that stays where it is has changed nothing."""
    renewed = chart if lease is None else chart.renewed(coder, uow.context.at + lease)
    if renewed is not chart:
        await queue_store.save_lease(uow.session, uow.context.tenant, renewed)
    return renewed


async def hand_over(uow: UnitOfWork, chart_id: str, wanted: HandOverRequest, *, as_manager: bool) -> Chart:
    """To a coder, or to a queue where rules then leave it. Raises ChartNotOwned, ChartOwned, ChartClosed, Coder…"""
    stored = await store.get_chart(uow.session, uow.context.tenant, chart_id, to_change=True)
    chart = stored.without_lapsed(uow.context.at)
    if chart.owner != uow.context.actor and not as_manager:
        raise (ChartOwned if chart.owner else ChartNotOwned)("only the chart's owner or a manager hands it over")
    note = HandOver(by=uow.context.actor, at=uow.context.at, note=wanted.note)
    if wanted.coder is not None:
        check_may_take(chart, await queue_store.find_coder(uow.session, uow.context.tenant, wanted.coder))
        handed = chart.handed(note, coder=wanted.coder)
    else:
        day = uow.context.at.date()
        rules = await queue_store.rules_on(uow.session, uow.context.tenant, day)
        elsewhere = {"queue": wanted.queue, "rule": None, "credential": None, "trainees": True, "handed": True}
        placement = placement_of(chart, rules, day).model_copy(update=elsewhere)
        handed = chart.handed(note, coder=None, placement=placement)
    details: dict[str, JsonValue] = {
        "from": stored.owner,
        "coder": wanted.coder,
        "queue": wanted.queue,
        "version": handed.version,
    }
    return await _kept(uow, handed, "chart.handed_over", details)


# -- holds ------------------------------------------------------------------------------------------------------------


async def hold(uow: UnitOfWork, chart_id: str, wanted: HoldRequest, *, as_manager: bool) -> Chart:
    """Raises UnknownHoldReason, InvalidHold, ChartOwned, ChartClosed."""
    check_hold(wanted.reason, wanted.until, uow.context.at)
    chart = await _chart_of_caller(uow, chart_id, as_manager=as_manager)
    placed = Hold(**wanted.model_dump(), placed_by=uow.context.actor, placed_at=uow.context.at)
    held = chart.held(placed)
    return await _kept(uow, held, "chart.held", {"reason": wanted.reason, "version": held.version})


async def lift_hold(uow: UnitOfWork, chart_id: str, reason: str, lease: timedelta, *, as_manager: bool) -> Chart:
    """Raises HoldNotFound, ChartOwned, QueryOpen for the hold that goes with its query."""
    chart = await _chart_of_caller(uow, chart_id, as_manager=as_manager)
    if all(standing.reason != reason for standing in chart.holds):
        raise HoldNotFound("the chart is not held for this reason")
    if reason == QUERY_OPEN:
        raise QueryOpen("this hold goes when the query is answered, withdrawn or has expired")
    lifted = chart.hold_lifted(reason, uow.context.at + lease)
    return await _kept(uow, lifted, "chart.hold_lifted", {"reason": reason, "version": lifted.version})


async def _chart_of_caller(uow: UnitOfWork, chart_id: str, *, as_manager: bool) -> Chart:
    """The chart to hold or to free: one that another works on only a manager touches."""
    stored = await store.get_chart(uow.session, uow.context.tenant, chart_id, to_change=True)
    chart = stored.without_lapsed(uow.context.at)
    if chart.owner not in (None, uow.context.actor) and not as_manager:
        raise ChartOwned("another coder works on this chart")
    return chart


# -- priority ---------------------------------------------------------------------------------------------------------


async def explain_priority(session: ReadSession, tenant: str, chart_id: str, day: date) -> Priority:
    """Raises ChartNotFound."""
    chart = await store.get_chart(session, tenant, chart_id)
    rules = await queue_store.rules_on(session, tenant, day)
    place = placement_of(chart, rules, day)
    factors = explain(chart, rules, rule_of(chart, rules, day), day)
    return Priority(
        chart_id=chart.id,
        day=day,
        total=sum((factor.points for factor in factors), start=Decimal(0)),
        factors=factors,
        queue=place.queue,
        rule=place.rule,
        rules_version=rules.version,
        rank=place.rank,
    )


# -- what tenants say -------------------------------------------------------------------------------------------------


async def set_rules(uow: UnitOfWork, rules: QueueRules, batch: int) -> QueueRules:
    """Keep a new edition and place the first charts by it; the job places the others."""
    saved = await queue_store.add_rules(uow.session, uow.context.tenant, rules)
    await uow.session.flush()
    audit.record(uow, "queue.rules_set", "queue", "rules", {"version": saved.version, "rules": len(saved.rules)})
    await place_anew(uow, batch)
    return saved


async def place_anew(uow: UnitOfWork, limit: int) -> int:
    """Put open charts where the rules of the day want them, at most `limit`; answers how many were looked at."""
    day = uow.context.at.date()
    rules = await queue_store.rules_on(uow.session, uow.context.tenant, day)
    charts = await queue_store.misplaced_charts(uow.session, uow.context.tenant, rules, day, limit)
    for chart in charts:
        place = placement_of(chart, rules, day)
        await queue_store.save_lease(uow.session, uow.context.tenant, chart.placed(place))
        before = chart.placement.queue if chart.placement else None
        if before != place.queue:
            audit.record(uow, "chart.placed", "chart", chart.id, {"queue": place.queue, "from": before})
    return len(charts)


async def set_coder(uow: UnitOfWork, subject: str, profile: CoderProfile) -> CoderProfile:
    """Raises CoderMismatch where the profile names another coder."""
    if profile.subject != subject:
        raise CoderMismatch("the profile's subject is not that of the address", pointer="/subject")
    saved = await queue_store.save_coder(uow.session, uow.context.tenant, profile)
    audit.record(uow, "coder.set", "coder", subject, {"version": saved.version, "trainee": saved.trainee})
    return saved


async def set_touchless(uow: UnitOfWork, policy: TouchlessPolicy) -> TouchlessPolicy:
    saved = await queue_store.save_touchless(uow.session, uow.context.tenant, policy)
    details: dict[str, JsonValue] = {
        "enabled": saved.enabled,
        "confidence": str(saved.confidence),
        "version": saved.version,
    }
    audit.record(uow, "queue.touchless_set", "queue", "touchless", details)
    return saved


# -- upkeep -----------------------------------------------------------------------------------------------------------


async def return_lapsed(uow: UnitOfWork, chart_ids: Sequence[str]) -> int:
    """Put charts back whose lease has ended, and lift holds whose time is over; answers how many there were."""
    returned = 0
    for chart_id in chart_ids:
        chart = await store.get_chart(uow.session, uow.context.tenant, chart_id, to_change=True)
        freed = chart.back_in_queue(uow.context.at)
        if freed is chart:
            continue
        lifted: list[JsonValue] = [hold.reason for hold in chart.holds if hold not in freed.holds]
        details: dict[str, JsonValue] = {
            "lease_of": None if freed.owner else chart.owner,
            "holds": lifted,
            "version": freed.version,
        }
        await _kept(uow, freed, "chart.lapsed", details)
        returned += 1
    return returned


async def _kept(uow: UnitOfWork, chart: Chart, action: str, details: Mapping[str, JsonValue]) -> Chart:
    await store.save_chart(uow.session, uow.context.tenant, chart)
    audit.record(uow, action, "chart", chart.id, details)
    return chart
