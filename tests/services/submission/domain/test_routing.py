"""Which route a claim takes: a payer's own first, another where it is paused or down, patience where it is closed."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from services.submission.domain.routing import Payers, RouteTerms, Routing, Window
from shared.claims import Contact
from shared.x12 import TradingPartner


def terms(name: str, *payers: str) -> RouteTerms:
    return RouteTerms(
        name=name,
        sender=TradingPartner("REVCYCLE"),
        sender_name="REVCYCLE",
        submitter_id="REVCYCLE",
        contact=Contact(name="EDI", telephone="6155550100"),
        receiver=TradingPartner("FARSIDE"),
        receiver_name="FAR SIDE",
        receiver_id="FARSIDE",
        payers=frozenset(payers),
    )


ROUTES = (terms("first"), terms("second"), terms("direct", "MCAREB"))


def chosen(payer: str, **now: frozenset[str]) -> str | None:
    route = Routing(ROUTES, **now).route_of(payer)
    return route.name if route else None


@pytest.mark.parametrize(
    ("payer", "paused", "down", "closed", "route"),
    [
        ("MHP01", "", "", "", "first"),
        ("MCAREB", "", "", "", "direct"),
        ("MHP01", "first", "", "", "second"),
        ("MHP01", "", "first", "", "second"),
        ("MHP01", "first", "second", "", "second"),
        ("MHP01", "", "first second", "", "first"),
        ("MHP01", "first second", "", "", None),
        ("MHP01", "", "", "first", None),
        ("MHP01", "", "first", "first", "second"),
        ("MCAREB", "direct", "", "", "first"),
        ("MCAREB", "", "", "direct", None),
    ],
)
def test_the_first_route_that_works_takes_the_claim(
    payer: str, paused: str, down: str, closed: str, route: str | None
) -> None:
    now = {"paused": paused, "down": down, "closed": closed}
    assert chosen(payer, **{name: frozenset(routes.split()) for name, routes in now.items()}) == route


@pytest.mark.parametrize(
    ("paused", "closed", "payers"),
    [
        ("", "", Payers(frozenset(), all_but=True)),
        ("", "direct", Payers(frozenset({"MCAREB"}), all_but=True)),
        ("first second", "", Payers(frozenset({"MCAREB"}), all_but=False)),
        ("first second direct", "", Payers(frozenset(), all_but=False)),
    ],
)
def test_payers_without_a_route_are_not_asked_for(paused: str, closed: str, payers: Payers) -> None:
    assert Routing(ROUTES, paused=frozenset(paused.split()), closed=frozenset(closed.split())).payers() == payers


def test_only_a_route_that_does_not_work_has_a_stand_in() -> None:
    assert Routing(ROUTES).stand_in("second", "MHP01") is None
    stand_in = Routing(ROUTES, down=frozenset({"first"})).stand_in("first", "MHP01")
    assert stand_in is not None
    assert stand_in.name == "second"
    assert Routing(ROUTES, down=frozenset({"first", "second"})).stand_in("first", "MHP01") is None


NEW_YORK = ZoneInfo("America/New_York")  # UTC-5 in November


@pytest.mark.parametrize(
    ("window", "at", "is_open"),
    [
        # 2026-11-24 is a Tuesday
        (Window(time(6), time(20), NEW_YORK), datetime(2026, 11, 24, 11, 0, tzinfo=UTC), True),
        (Window(time(6), time(20), NEW_YORK), datetime(2026, 11, 24, 10, 59, tzinfo=UTC), False),
        (Window(time(6), time(20), NEW_YORK), datetime(2026, 11, 25, 1, 0, tzinfo=UTC), False),
        (Window(time(6), time(20), NEW_YORK, frozenset({0})), datetime(2026, 11, 24, 15, 0, tzinfo=UTC), False),
        # over midnight: Monday 22:00 to Tuesday 04:00
        (Window(time(22), time(4), NEW_YORK, frozenset({0})), datetime(2026, 11, 24, 8, 59, tzinfo=UTC), True),
        (Window(time(22), time(4), NEW_YORK, frozenset({0})), datetime(2026, 11, 24, 9, 0, tzinfo=UTC), False),
        (Window(time(22), time(4), NEW_YORK, frozenset({0})), datetime(2026, 11, 25, 4, 0, tzinfo=UTC), False),
        # On 2026-03-08 two o'clock becomes three, on 2026-11-01 (a Sunday) one: 15 U.S.C. 260a
        (Window(time(6), time(20), NEW_YORK), datetime(2026, 3, 7, 10, 0, tzinfo=UTC), False),
        (Window(time(6), time(20), NEW_YORK), datetime(2026, 3, 8, 10, 0, tzinfo=UTC), True),
        (Window(time(2, 30), time(6), NEW_YORK), datetime(2026, 3, 8, 6, 59, tzinfo=UTC), False),
        (Window(time(2, 30), time(6), NEW_YORK), datetime(2026, 3, 8, 7, 0, tzinfo=UTC), True),
        (Window(time(22), time(4), NEW_YORK, frozenset({5})), datetime(2026, 11, 1, 8, 59, tzinfo=UTC), True),
        (Window(time(22), time(4), NEW_YORK, frozenset({5})), datetime(2026, 11, 1, 9, 0, tzinfo=UTC), False),
    ],
)
def test_a_window_goes_by_the_clock_of_its_zone(window: Window, at: datetime, is_open: bool) -> None:
    assert window.is_open(at) is is_open
