"""What people and adapters do with routes: pause them, let them go on, bring what came back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from services.submission import arrivals, route_store, views
from services.submission.domain.routing import RouteTerms, Window
from services.submission.errors import ResponseNotFound, ResponseRead, RouteNotFound, RouteUnnamed
from services.submission.records import ResponseFile, RouteStatus, RouteWindow
from services.submission.route_store import RouteStateRow
from services.submission.store import ResponseRow
from shared import audit
from shared.db import ReadSession, UnitOfWork, WriteSession
from shared.events import InvalidEvent
from shared.events.contracts import ResponseReceived

_ROUTE = re.compile(r"[a-z0-9-]{1,40}")


async def take_response(uow: UnitOfWork, event: ResponseReceived) -> None:
    """Keep a file that an adapter brings. Raises InvalidEvent for a route or an id that can be nobody's."""
    if not _ROUTE.fullmatch(event.route) or not event.external_id.isprintable():
        raise InvalidEvent("route or external_id cannot be one")
    await arrivals.keep_file(uow, event.route, event.external_id, event.content.encode())


async def read_again(uow: UnitOfWork, response_id: str) -> ResponseFile:
    """Let a file be read once more that failed, or could not be read. Raises ResponseNotFound, ResponseRead."""
    row = await uow.session.get(ResponseRow, response_id, with_for_update=True)
    if row is None or row.tenant not in (None, uow.context.tenant):
        raise ResponseNotFound("no file has this id")
    if row.state not in ("failed", "unreadable"):
        raise ResponseRead(f"the file is {row.state}")
    row.state, row.problem = "received", None
    audit.record(uow, "response.read-again", "response", row.id)
    return views.response_file(row)


def route_of_file(terms: Sequence[RouteTerms], name: str | None) -> str:
    """The route by which a file that is handed in came. Raises RouteNotFound, RouteUnnamed where several may be."""
    if name is not None:
        return _named(terms, name).name
    if len(terms) > 1:
        raise RouteUnnamed(f"say with `route` by which one the file came: {', '.join(one.name for one in terms)}")
    return terms[0].name


async def statuses(
    session: ReadSession | WriteSession, terms: Sequence[RouteTerms], tenant: str, at: datetime
) -> list[RouteStatus]:
    """Every route in the order in which they are preferred, as it is now and to the tenant."""
    states = await route_store.route_states(session)
    waiting = await route_store.waiting_of(session, tenant)
    return [_status(one, states.get(one.name), waiting.get(one.name, (0, None)), at) for one in terms]


async def pause(uow: UnitOfWork, terms: Sequence[RouteTerms], name: str) -> RouteStatus:
    """Nothing goes out by the route until `resume`; what comes back still comes. Raises RouteNotFound."""
    chosen = _named(terms, name)
    states = await route_store.route_states(uow.session)
    if name not in states or states[name].paused_at is None:
        await route_store.change_route(uow.session, name, paused_at=uow.context.at, paused_by=uow.context.actor)
        audit.record(uow, "route.paused", "route", name)
    return await _shown(uow, chosen)


async def resume(uow: UnitOfWork, terms: Sequence[RouteTerms], name: str) -> RouteStatus:
    """Raises RouteNotFound."""
    chosen = _named(terms, name)
    states = await route_store.route_states(uow.session)
    if name in states and states[name].paused_at is not None:
        await route_store.change_route(uow.session, name, paused_at=None, paused_by=None)
        audit.record(uow, "route.resumed", "route", name)
    return await _shown(uow, chosen)


async def _shown(uow: UnitOfWork, terms: RouteTerms) -> RouteStatus:
    uow.session.expire_all()
    (status,) = await statuses(uow.session, [terms], uow.context.tenant, uow.context.at)
    return status


def _named(terms: Sequence[RouteTerms], name: str) -> RouteTerms:
    found = next((one for one in terms if one.name == name), None)
    if found is None:
        raise RouteNotFound("no route has this name")
    return found


def _status(
    terms: RouteTerms, state: RouteStateRow | None, waiting: tuple[int, datetime | None], at: datetime
) -> RouteStatus:
    return RouteStatus(
        name=terms.name,
        payers=tuple(sorted(terms.payers)),
        receiver=terms.receiver.id,
        usage=terms.usage,
        character_set=terms.character_set,
        claims_in_batch=terms.claims_in_batch,
        window=_window(terms.window),
        is_open=terms.is_open(at),
        waiting=waiting[0],
        waiting_since=waiting[1],
        paused_at=state.paused_at if state else None,
        paused_by=state.paused_by if state else None,
        down_since=state.down_since if state else None,
        last_error=state.last_error if state and state.down_since else None,
        delivered_at=state.delivered_at if state else None,
        answers_down_since=state.answers_down_since if state else None,
        answers_error=state.answers_error if state else None,
        answered_at=state.answered_at if state else None,
    )


def _window(window: Window | None) -> RouteWindow | None:
    if window is None:
        return None
    return RouteWindow(opens=window.opens, closes=window.closes, zone=window.zone.key, days=tuple(sorted(window.days)))
