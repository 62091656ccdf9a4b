"""Several routes: failover, pause, windows, an adapter on the bus; a crash at every step loses and doubles nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlalchemy import select

from services.submission import batch_store, preparing, route_handlers, route_store
from services.submission.domain.routing import Window
from services.submission.errors import RouteUnavailable
from services.submission.route_settings import InvalidRoutes, read_routes, terms_of
from services.submission.routes import Collected, Inbound, Outbound, RouteDown, RouteRefused
from services.submission.routes.bus import BusRoute
from services.submission.settings import SubmissionSettings
from services.submission.store import ControlNumberRow, InterchangeRow
from services.submission.transmission import Transmitter
from services.submission.ways import Way
from shared.db import Context, Database
from shared.events import SqlLogBus, read_event
from shared.events.bus import MAX_RECORD_BYTES
from shared.events.contracts import InterchangePrepared, ResponseReceived
from shared.runtime import Settings
from tests.builders import a_professional_claim, commercial
from tests.fixtures.tokens import Clock
from tests.services.submission.conftest import Caller, a_277ca, a_ta1, cleared, control_numbers_in, one_way, take

MANAGER = ("claims:read", "routes:manage")


class FarSide:
    """A route whose other side keeps what it gets, by interchange: the same one twice is one."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.kept: dict[str, bytes] = {}
        self.is_down = False
        self.is_reached = True

    async def deliver(self, interchange: Outbound) -> None:
        if self.is_down:
            raise RouteDown("ReadTimeout")
        if not self.is_reached:
            raise RouteDown("ConnectTimeout", nothing_sent=True)
        self.kept[interchange.id] = interchange.content

    async def collect(self, cursor: str | None, *, limit: int) -> Collected:
        return Collected([], cursor="")

    async def taken(self, collected: Collected) -> None: ...

    def claims(self) -> list[str]:
        return [number for content in self.kept.values() for number in control_numbers_in(content)]


def way(side: FarSide, **terms: object) -> Way:
    return Way(replace(terms_of(SubmissionSettings()), name=side.name, **terms), side)  # type: ignore[arg-type]


async def round_of(transmitter: Transmitter) -> None:
    await transmitter.batch_all()
    await transmitter.deliver()


async def test_a_payers_own_route_takes_its_claims(in_flight: Database, clock: Clock) -> None:
    general, direct = FarSide("clearinghouse"), FarSide("direct")
    transmitter = Transmitter(
        in_flight, [way(general), way(direct, payers=frozenset({"MHP01"}), character_set="basic")], clock
    )
    ours, theirs = cleared(), cleared(a_professional_claim().with_coverages(commercial()))
    await take(in_flight, clock, ours, theirs)
    await round_of(transmitter)
    assert general.claims() == [ours.claim.patient_control_number]
    assert direct.claims() == [theirs.claim.patient_control_number]


async def test_a_route_that_stays_down_is_passed_over_but_what_may_have_left_it_stays(
    in_flight: Database, clock: Clock
) -> None:
    first, second = FarSide("first"), FarSide("second")
    transmitter = Transmitter(in_flight, [way(first, claims_in_batch=1), way(second)], clock)
    events = [cleared() for _ in range(3)]
    numbers = [event.claim.patient_control_number for event in events]
    first.is_down = True
    await take(in_flight, clock, *events)
    await round_of(transmitter)
    clock.now += timedelta(minutes=14)
    await round_of(transmitter)
    assert (first.claims(), second.claims()) == ([], [])
    clock.now += timedelta(minutes=2)
    await round_of(transmitter)
    # The first was begun twice: the first route may have it. The others never left, and go by the second.
    assert second.claims() == numbers[1:]
    first.is_down = False
    clock.now += timedelta(minutes=1)
    await round_of(transmitter)
    await round_of(transmitter)
    assert first.claims() == numbers[:1]
    assert second.claims() == numbers[1:]


async def test_all_goes_by_another_route_where_nothing_can_have_left(in_flight: Database, clock: Clock) -> None:
    """And when the failing has been quiet for as long, one interchange tries whether the first route is back."""
    first, second = FarSide("first"), FarSide("second")
    transmitter = Transmitter(in_flight, [way(first), way(second)], clock)
    first.is_reached = False
    await take(in_flight, clock, cleared())
    begin = clock.now
    for minutes in (0, 8, 16):
        clock.now = begin + timedelta(minutes=minutes)
        await round_of(transmitter)
    assert (len(first.claims()), len(second.claims())) == (0, 1)
    await take(in_flight, clock, cleared())
    await round_of(transmitter)
    assert len(second.claims()) == 2
    clock.now = begin + timedelta(minutes=32)
    first.is_reached = True
    await take(in_flight, clock, cleared())
    await round_of(transmitter)
    assert (len(first.claims()), len(second.claims())) == (1, 2)


async def test_a_route_that_asks_for_a_long_rest_is_passed_over_too(
    in_flight: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not asked again for an hour, and no claim waits for that."""
    first, second = FarSide("first"), FarSide("second")
    transmitter = Transmitter(in_flight, [way(first), way(second)], clock)

    async def deliver(interchange: Outbound) -> None:
        raise RouteDown("HTTP 429", retry_after=timedelta(hours=1), nothing_sent=True)

    monkeypatch.setattr(first, "deliver", deliver)
    await take(in_flight, clock, cleared())
    await round_of(transmitter)
    clock.now += timedelta(minutes=16)
    await round_of(transmitter)
    assert len(second.claims()) == 1
    clock.now += timedelta(minutes=5)
    await take(in_flight, clock, cleared())
    await round_of(transmitter)
    assert len(second.claims()) == 2


async def test_a_route_that_is_down_is_not_knocked_at_every_second(in_flight: Database, clock: Clock) -> None:
    """Nor before the time that it asks for."""
    side, tries = FarSide("clearinghouse"), list[datetime]()
    waits = iter([timedelta(minutes=10), None, None])

    async def deliver(interchange: Outbound) -> None:
        tries.append(clock.now)
        raise RouteDown("HTTP 429", retry_after=next(waits))

    side.deliver = deliver  # type: ignore[method-assign]
    transmitter = Transmitter(in_flight, [way(side)], clock)
    await take(in_flight, clock, cleared())
    begin = clock.now
    await transmitter.batch_all()
    for seconds in (0, 1, 599, 600, 600, 660):
        clock.now = begin + timedelta(seconds=seconds)
        await transmitter.deliver()
    assert [(at - begin).total_seconds() for at in tries] == [0, 600, 660]


async def test_a_person_who_asks_for_answers_need_not_wait_for_a_rest(in_flight: Database, clock: Clock) -> None:
    side, asked = FarSide("clearinghouse"), list[None]()

    async def collect(cursor: str | None, *, limit: int) -> Collected:
        asked.append(None)
        raise RouteDown("ConnectTimeout")

    side.collect = collect  # type: ignore[method-assign]
    transmitter = Transmitter(in_flight, [way(side)], clock)
    for _ in range(3):
        await transmitter.collect_if_up()
    with pytest.raises(RouteUnavailable, match="clearinghouse"):
        await transmitter.collect()
    assert len(asked) == 2


async def test_a_paused_route_sends_nothing_until_it_is_resumed(
    in_flight: Database, clock: Clock, caller: Caller, transmitter: Transmitter, clearinghouse: object
) -> None:
    manager = caller("mia", MANAGER)
    paused = await manager.post("/v1/routes/clearinghouse/pause")
    assert (paused.status_code, paused.json()["paused_by"]) == (200, "mia")
    assert (await manager.post("/v1/routes/clearinghouse/pause")).json() == paused.json()
    await take(in_flight, clock, cleared())
    await round_of(transmitter)
    async with in_flight.read() as session:
        assert (await session.scalars(select(InterchangeRow))).all() == []
    (route,) = (await manager.get("/v1/routes")).json()["items"]
    assert (route["name"], route["paused_at"]) == ("clearinghouse", paused.json()["paused_at"])
    assert (await manager.post("/v1/routes/clearinghouse/resume")).json()["paused_at"] is None
    await round_of(transmitter)
    async with in_flight.read() as session:
        (interchange,) = (await session.scalars(select(InterchangeRow))).all()
    assert interchange.state == "delivered"


async def test_a_route_says_how_its_answers_come_and_what_waits_for_it(
    in_flight: Database, clock: Clock, caller: Caller
) -> None:
    """`caller` looks at the route of the settings; what of it is down is told by a worker."""
    side = FarSide("clearinghouse")
    side.is_down = True
    transmitter = Transmitter(in_flight, [way(side)], clock)

    async def collect(cursor: str | None, *, limit: int) -> Collected:
        if side.is_down:
            raise RouteDown("a folder is not there")
        return Collected([Inbound("1", a_ta1(1, "A", "000").encode())] if cursor is None else [], cursor="1")

    side.collect = collect  # type: ignore[method-assign]
    await take(in_flight, clock, cleared())
    await round_of(transmitter)
    await transmitter.collect_if_up()
    began = clock.now.isoformat().replace("+00:00", "Z")
    (route,) = (await caller("mia", MANAGER).get("/v1/routes")).json()["items"]
    assert (route["waiting"], route["waiting_since"], route["down_since"]) == (1, began, began)
    assert (route["answers_down_since"], route["answers_error"]) == (began, "a folder is not there")
    (theirs,) = (await caller("ola", MANAGER, tenant="grace").get("/v1/routes")).json()["items"]
    assert (theirs["waiting"], theirs["waiting_since"]) == (0, None)
    side.is_down = False
    clock.now += timedelta(minutes=1)
    await transmitter.deliver()
    await transmitter.collect_if_up()
    (route,) = (await caller("mia", MANAGER).get("/v1/routes")).json()["items"]
    assert (route["waiting"], route["down_since"], route["answers_down_since"]) == (0, None, None)
    assert route["answered_at"] == clock.now.isoformat().replace("+00:00", "Z")
    assert (route["is_open"], route["window"]) == (True, None)


async def test_a_route_that_refuses_is_not_down(
    in_flight: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it refuses it has answered; were it still passed over, nothing would ever try it again."""
    first, second = FarSide("first"), FarSide("second")
    transmitter = Transmitter(in_flight, [way(first), way(second)], clock)
    first.is_down = True
    await take(in_flight, clock, cleared())
    await round_of(transmitter)
    clock.now += timedelta(minutes=20)

    async def refuse(interchange: Outbound) -> None:
        raise RouteRefused("HTTP 422")

    with monkeypatch.context() as patch:
        patch.setattr(first, "deliver", refuse)
        await transmitter.deliver()
    first.is_down = False
    await take(in_flight, clock, cleared())
    await round_of(transmitter)
    assert (len(first.claims()), len(second.claims())) == (1, 0)


async def test_a_route_whose_interchange_was_answered_after_all_is_tried_again(
    in_flight: Database, clock: Clock
) -> None:
    """Its receipt was lost, and then the line was cut: nothing waits on it that could show that it is back."""
    first, second = FarSide("first"), FarSide("second")
    transmitter = Transmitter(in_flight, [way(first), way(second)], clock)
    first.is_down = True
    await take(in_flight, clock, cleared())
    await round_of(transmitter)
    clock.now += timedelta(minutes=20)
    context = Context(tenant="mercy", actor="system:submission", request_id="e-1", at=clock())
    async with in_flight.unit_of_work(context) as uow:
        answer = ResponseReceived(route="first", external_id="1", content=a_ta1(1, "A", "000"))
        await route_handlers.take_response(uow, answer)
    await transmitter.collect()
    first.is_down = False
    await take(in_flight, clock, cleared())
    await round_of(transmitter)
    assert (len(first.claims()), len(second.claims())) == (1, 0)


async def test_claims_do_not_wait_for_a_route_that_was_taken_out_of_the_settings(
    in_flight: Database, clock: Clock
) -> None:
    old, new = FarSide("old"), FarSide("new")
    await take(in_flight, clock, cleared())
    await Transmitter(in_flight, [way(old)], clock).batch_all()
    await round_of(Transmitter(in_flight, [way(new)], clock))
    assert (len(old.claims()), len(new.claims())) == (0, 1)


async def test_only_who_manages_routes_may_pause_them(caller: Caller) -> None:
    assert (await caller("bea").post("/v1/routes/clearinghouse/pause")).status_code == 403
    assert (await caller("mia", MANAGER).post("/v1/routes/nowhere/pause")).status_code == 404


async def test_what_is_too_large_for_a_route_goes_in_several_interchanges(in_flight: Database, clock: Clock) -> None:
    """A record of the bus holds 4 MB, and no claim may come back because it was batched with many others."""
    side = FarSide("bus")
    events = [cleared() for _ in range(7)]
    await take(in_flight, clock, *events)
    await round_of(Transmitter(in_flight, [way(side, most_bytes=1_200)], clock))
    sizes = [(len(content), len(control_numbers_in(content))) for content in side.kept.values()]
    assert all(size <= 1_200 or claims == 1 for size, claims in sizes)
    assert 2 < len(sizes) < 7
    assert sorted(side.claims()) == sorted(event.claim.patient_control_number for event in events)
    async with in_flight.read() as session:
        numbers = (await session.scalars(select(InterchangeRow.control_number).order_by(InterchangeRow.id))).all()
    assert numbers == list(range(1, len(sizes) + 1))


async def test_a_closed_window_is_waited_for(in_flight: Database, clock: Clock) -> None:
    side, other = FarSide("day"), FarSide("other")
    zone = ZoneInfo("UTC")
    opens = (clock.now + timedelta(hours=1)).time()
    window = Window(opens, (clock.now + timedelta(hours=2)).time(), zone)
    transmitter = Transmitter(in_flight, [way(side, window=window), way(other)], clock)
    await take(in_flight, clock, cleared())
    await round_of(transmitter)
    assert (side.claims(), other.claims()) == ([], [])
    clock.now += timedelta(minutes=61)
    await round_of(transmitter)
    assert len(side.claims()) == 1


@pytest.mark.parametrize(
    ("place", "act", "after"),
    [
        (batch_store, "enter", False),
        (batch_store, "enter", True),
        (preparing, "write_interchange", False),
        (preparing, "_interchange", False),
        (preparing, "_transmission", False),
        (route_store, "begin_delivery", False),
        (FarSide, "deliver", False),
        (FarSide, "deliver", True),
        (route_store, "note_delivered", False),
        (route_store, "withdraw", False),
        (route_store, "forget_transmissions", False),
    ],
)
async def test_a_crash_at_any_step_neither_loses_nor_doubles_a_claim(
    in_flight: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch, place: object, act: str, after: bool
) -> None:
    """The process ends once in each act of the way out; what it was about is then simply begun again."""
    first, second = FarSide("first"), FarSide("second")
    transmitter = Transmitter(in_flight, [way(first, claims_in_batch=1), way(second)], clock)
    events = [cleared() for _ in range(3)]
    monkeypatch.setattr(place, act, breaking_once(getattr(place, act), after))
    acts: list[Callable[[], Awaitable[None]]] = [
        lambda: take(in_flight, clock, events[0]),
        lambda: round_of(transmitter),
        lambda: take(in_flight, clock, *events[1:]),
        lambda: fail_over(transmitter, first, clock),
        lambda: round_of(transmitter),
    ]
    crashes = [await again_after_a_crash(act) for act in acts]
    assert crashes.count(True) == 1
    first.is_down = False
    clock.now += timedelta(minutes=1)
    await round_of(transmitter)
    assert sorted(first.claims() + second.claims()) == sorted(event.claim.patient_control_number for event in events)
    assert len(second.claims()) == 1
    await numbers_are_used_once(in_flight)


async def fail_over(transmitter: Transmitter, first: FarSide, clock: Clock) -> None:
    first.is_down = True
    await round_of(transmitter)
    clock.now += timedelta(minutes=16)
    await transmitter.batch_all()


class Crash(BaseException):
    """The process ends here."""


def breaking_once(act: Callable[..., object], after: bool) -> Callable[..., object]:
    """The act, whose first call ends the process before or after it."""
    calls: list[int] = []

    def is_first() -> bool:
        calls.append(1)
        return len(calls) == 1

    async def coroutine(*arguments: object, **named: object) -> object:
        first = is_first()
        if first and not after:
            raise Crash
        done = await act(*arguments, **named)  # type: ignore[misc]  # a coroutine function
        if first:
            raise Crash
        return done

    def function(*arguments: object, **named: object) -> object:
        first = is_first()
        if first and not after:
            raise Crash
        done = act(*arguments, **named)
        if first:
            raise Crash
        return done

    return coroutine if act.__code__.co_flags & 0x80 else function  # type: ignore[attr-defined]  # CO_COROUTINE


async def again_after_a_crash(act: Callable[[], Awaitable[None]]) -> bool:
    try:
        await act()
    except Crash:
        await act()
        return True
    return False


async def numbers_are_used_once(database: Database) -> None:
    async with database.read() as session:
        rows = (await session.scalars(select(InterchangeRow))).all()
        last = {row.route: row.last for row in await session.scalars(select(ControlNumberRow))}
    used = [(row.route, row.control_number) for row in rows]
    assert len(set(used)) == len(used)
    assert all(number <= last[route] for route, number in used)


@pytest.fixture
async def bus(tmp_path: Path) -> AsyncIterator[SqlLogBus]:
    bus = SqlLogBus(Settings(data_dir=tmp_path).bus_url)
    yield bus
    await bus.close()


async def test_an_adapter_on_the_bus_gets_the_interchange_and_brings_its_answer(
    in_flight: Database, clock: Clock, bus: SqlLogBus, biller: httpx.AsyncClient
) -> None:
    transmitter = Transmitter(in_flight, [one_way(BusRoute("clearinghouse", bus, clock))], clock)
    event = cleared()
    await take(in_flight, clock, event)
    await round_of(transmitter)
    (received,) = [one async for one in bus.scan("submission.interchanges.v1")]
    assert received.record.headers["ce_type"] == "interchange.prepared.v1"
    assert received.record.headers["ce_tenant"] == "mercy"
    sent = read_event(InterchangePrepared, received.record.value)
    assert control_numbers_in(sent.content.encode()) == [event.claim.patient_control_number]
    assert received.record.headers["ce_id"] == sent.interchange_id
    answers = [a_277ca((event.claim.patient_control_number, "A2:20:PR")), a_ta1(sent.control_number, "A", "000")]
    context = Context(tenant="mercy", actor="system:submission", request_id="e-1", at=clock())
    async with in_flight.unit_of_work(context) as uow:
        for number, content in [*enumerate(answers), (0, answers[0])]:
            answer = ResponseReceived(route="clearinghouse", external_id=f"r{number}", content=content)
            await route_handlers.take_response(uow, answer)
            await uow.session.flush()
    await transmitter.collect()
    story = (await biller.get(f"/v1/claims/{event.claim.id}")).json()
    assert story["summary"]["state"] == "accepted"
    (interchange,) = (await biller.get("/v1/interchanges")).json()["items"]
    assert interchange["state"] == "acknowledged"


ROUTES = """
routes:
  - name: clearinghouse
    connection: {by: folder}
  - name: second
    receiver_id: OTHERCH
    character_set: basic
    claims_in_batch: 500
    window: {opens: "06:00", closes: "20:00", zone: America/New_York, days: [0, 1, 2, 3, 4]}
    connection: {by: sftp, host: sftp.example, user: us, key_file: key, known_hosts_file: known, archive: done}
  - name: medicare
    payers: [MCAREB, MCAREA]
    connection: {by: bus}
"""


def test_routes_are_read_from_a_file_in_their_order(tmp_path: Path) -> None:
    file = tmp_path / "routes.yaml"
    file.write_text(ROUTES)
    first, second, medicare = (route.terms(SubmissionSettings()) for route in read_routes(file))
    assert (first.name, first.receiver.id, first.character_set, first.window) == (
        "clearinghouse", "CLEARINGHOUSE", "extended", None,
    )  # fmt: skip
    assert (second.receiver.id, second.receiver_id, second.character_set, second.claims_in_batch) == (
        "OTHERCH", "OTHERCH", "basic", 500,
    )  # fmt: skip
    assert second.window == Window(time(6), time(20), ZoneInfo("America/New_York"), frozenset(range(5)))
    assert (medicare.payers, medicare.claims_in_batch) == ({"MCAREB", "MCAREA"}, 5_000)
    assert medicare.most_bytes < MAX_RECORD_BYTES < second.most_bytes


def test_the_routes_of_the_documentation_can_be_read(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "adapters.md").read_text(encoding="utf-8")
    file = tmp_path / "routes.yaml"
    file.write_text(page.partition("```yaml\n")[2].partition("```")[0], encoding="utf-8")
    assert [route.connection.by for route in read_routes(file)] == ["https", "sftp", "bus", "folder"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("by: folder", "by: pigeon"), "pigeon"),
        (("name: second", "name: clearinghouse"), "one name"),
        (("America/New_York", "America/Gotham"), "time zone"),
        (("host: sftp.example", "host: -oProxyCommand=x"), "host"),
        (("user: us", "user: us, password: hush"), "password"),
        (("key_file: key, ", ""), "key_file, a password_file, or both"),
        (("routes:", "route:"), "routes"),
        (('opens: "06:00"', "opens: 21:00"), "quotation marks"),
        (('opens: "06:00"', 'opens: "06:00Z"'), "zone stands beside"),
        (("by: folder", "by: https, url: 'https://ch.test/'"), "token_url, a client_certificate_file, or both"),
        (
            ("by: folder", "by: https, url: 'https://ch.test/', token_url: 'https://ch.test/'"),
            "client_id and client_secret_file",
        ),
        (("connection: {by: folder}", "connection: {by: folder"), "routes.yaml"),
    ],
)
def test_a_file_that_makes_no_routes_is_told_in_one_line(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    file = tmp_path / "routes.yaml"
    file.write_text(ROUTES.replace(*change))
    with pytest.raises(InvalidRoutes, match=said):
        read_routes(file)
