"""The play itself: a server, an EHR, four coders, two billers, the noon batches, what payers pay, and the reckoning."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console

from revcycle.demo.api import Api
from revcycle.demo.billers import BILLERS, work_held_claims, work_rejections
from revcycle.demo.board import Board, print_figures
from revcycle.demo.book import Book
from revcycle.demo.coders import CODERS, code_charts
from revcycle.demo.ehr import send_encounters, send_fhir
from revcycle.demo.errors import LineStuck
from revcycle.demo.figures import FINAL, Figures, gather
from revcycle.demo.server import Server, running_server
from samples.day import SAMPLE_DAY, make_day
from samples.fhir import ClinosimFailed, ClinosimMissing
from samples.models import SampleDay

_PATIENCE_SECONDS = 180.0
"""How long the line may stand still on one step."""

_POLL_SECONDS = 0.5
SERVICES = ("encoder", "grouper", "scrubber", "submission", "simulator")
_NOT_SENT = ("ready", "batched", "corrected")
_IN_FLIGHT = ("batched", "submitted", "received", "accepted")
_OWNED_FILES = ("*.sqlite*", "issuer", "server.log", "interchanges")
_FIRST_DAY, _LAST_DAY = date(2026, 10, 1), date(2027, 9, 30)
"""The fiscal year for which the scenarios are coded (ICD-10-CM and -PCS FY2027)."""


@dataclass(frozen=True)
class Programme:
    """What to play. `fhir`: with a part of the day from the EHR simulator; `keep`: the server goes on afterwards."""

    seed: int
    encounters: int
    day: date
    data_dir: Path
    fhir: bool = True
    keep: bool = False


@dataclass
class Stage:
    """The server and everybody who works on the day."""

    server: Server
    programme: Programme
    sample: SampleDay
    book: Book
    board: Board
    people: dict[str, Api] = field(default_factory=dict)


def demo_day(today: date) -> date:
    """Today, so that nothing lies in the future or too far back; the scenarios' own day outside their fiscal year."""
    return today if _FIRST_DAY <= today <= _LAST_DAY else SAMPLE_DAY


async def play_day(programme: Programme, console: Console) -> Figures:
    """Play the day and print its figures. Raises DemoFailed where it cannot come to its end."""
    _empty(programme.data_dir)
    sample = make_day(programme.seed, programme.encounters, programme.day)
    book = Book(sample.encounters)
    board = Board(console, book)
    began = time.monotonic()
    async with running_server(programme.data_dir) as server:
        async with AsyncExitStack() as stack:
            stage = Stage(server, programme, sample, book, board)
            await _log_in(stage, stack)
            async with board.shown():
                await _day(stage)
                board.say("adding up")
                await _keep_interchanges(stage)
                figures = await gather(book, stage.people["coder"], stage.people["biller"], time.monotonic() - began)
            print_figures(console, figures)
        _say_where(console, server, programme)
        if programme.keep:
            console.print("The server is running; Ctrl-C stops it.")
            await server.process.wait()
    return figures


def _empty(folder: Path) -> None:
    """Take away what an earlier demo left; whatever else lies there, the simulator's cache included, stays."""
    folder.mkdir(parents=True, exist_ok=True)
    for pattern in _OWNED_FILES:
        for path in folder.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


async def _log_in(stage: Stage, stack: AsyncExitStack) -> None:
    for user in ("ehr", *CODERS, *BILLERS):
        api = await Api.log_in(stage.server.address, user, stage.programme.data_dir)
        stack.push_async_callback(api.close)
        stage.people[user] = api


async def _day(stage: Stage) -> None:
    book, people = stage.book, stage.people
    jobs: list[Coroutine[Any, Any, None]] = [code_charts(people[coder], book) for coder in CODERS]
    jobs += [work_held_claims(people["biller"], book), work_rejections(people["billing-lead"], book)]
    jobs += [_watch(stage)]
    async with _working(jobs) as working:
        await _morning(stage, working)
        await _noon(stage, working)


async def _morning(stage: Stage, working: asyncio.Future[Any]) -> None:
    """Encounters come in and are coded; the day's own, and in the background those of the EHR simulator."""
    board, book = stage.board, stage.book
    board.say("charts come in, coders code, the grouper groups, the edits hold and billers correct")
    simulated = asyncio.create_task(_send_fhir(stage))
    try:
        await send_encounters(stage.people["ehr"], book, stage.sample.encounters)
        if not simulated.done():
            board.say("the same, while the EHR simulator makes its FHIR")
        await simulated
    finally:
        simulated.cancel()
    await _until("all claims cleared", lambda: _all_cleared(stage), stage, working)


async def _send_fhir(stage: Stage) -> None:
    programme = stage.programme
    if not programme.fhir:
        return
    try:
        await send_fhir(
            stage.people["ehr"], stage.book, seed=programme.seed, day=programme.day, cache=programme.data_dir
        )
    except (ClinosimMissing, ClinosimFailed) as error:
        stage.board.say(f"without FHIR from the EHR simulator: {error}")


async def _noon(stage: Stage, working: asyncio.Future[Any]) -> None:
    """Batches go out and answers come in, until every claim is accepted and its payer has decided on it."""
    stage.board.say("noon: 837 batches to every payer; answers come; rejections are sent again corrected; payers pay")
    await _until("all claims accepted and decided on", lambda: _all_decided(stage), stage, working)


async def _all_cleared(stage: Stage) -> bool:
    return stage.book.tally["cleared"] >= len(stage.book) - len(stage.book.strays)


async def _all_decided(stage: Stage) -> bool:
    """Send what waits, fetch what came; whether there is nothing left to do."""
    biller, tally = stage.people["biller"], stage.book.tally
    if tally["ready"]:
        await biller.post("/submission/v1/batches")
    if tally["in flight"]:
        await biller.post("/submission/v1/responses:collect")
    return tally["decided"] >= len(stage.book) - len(stage.book.strays)


async def _watch(stage: Stage) -> None:
    """Keep the tallies of submission on the board."""
    finance, tally = stage.people["biller"], stage.book.tally
    while True:
        figures = await finance.get("/submission/v1/figures")
        by_state: dict[str, int] = {}
        for line in figures["by_payer"]:
            by_state[line["state"]] = by_state.get(line["state"], 0) + line["claims"]
        tally["cleared"] = sum(by_state.values())
        tally["grouped"] = tally["cleared"] + tally["held"] - tally["corrected"]
        tally["ready"] = by_state.get("ready", 0)
        tally["submitted"] = sum(by_state.values()) - sum(by_state.get(state, 0) for state in _NOT_SENT)
        tally["accepted"] = figures["accepted"]
        tally["decided"] = sum(by_state.get(state, 0) for state in FINAL)
        tally["in flight"] = sum(by_state.get(state, 0) for state in _IN_FLIGHT)
        await asyncio.sleep(_POLL_SECONDS)


async def _until(what: str, reached: Any, stage: Stage, working: asyncio.Future[Any]) -> None:
    """Look again and again until it is reached. Raises LineStuck, or what stopped somebody who works."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not await reached():
        if working.done():
            working.result()
        stage.server.check()
        if time.monotonic() > deadline:
            raise LineStuck(f"{what}: not reached in {_PATIENCE_SECONDS:.0f} s; {dict(stage.book.tally)}")
        await asyncio.sleep(_POLL_SECONDS)


@asynccontextmanager
async def _working(jobs: list[Coroutine[Any, Any, None]]) -> AsyncIterator[asyncio.Future[Any]]:
    """People who work until the block ends. The future given ends early when one of them fails."""
    tasks = [asyncio.create_task(job) for job in jobs]
    together: asyncio.Future[Any] = asyncio.gather(*tasks)
    try:
        yield together
    finally:
        together.cancel()
        for task in tasks:  # where one has failed, cancelling them together is too late
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if together.done() and not together.cancelled():
            together.exception()


async def _keep_interchanges(stage: Stage) -> None:
    """The 837 files beside the databases, for a look with any viewer."""
    folder = stage.programme.data_dir / "interchanges"
    folder.mkdir(exist_ok=True)
    biller = stage.people["biller"]
    async for interchange in biller.pages("/submission/v1/interchanges"):
        content = await biller.text(f"/submission/v1/interchanges/{interchange['id']}/content")
        name = f"{interchange['control_number']:09d}-{interchange['payer_id']}-{interchange['kind']}.837"
        (folder / name).write_text(content, "latin-1")


def _say_where(console: Console, server: Server, programme: Programme) -> None:
    folder = programme.data_dir
    lines = [f"{folder}/interchanges: the 837 files as they went out", f"{folder}: databases, bus and the server's log"]
    lines += [
        f"revcycle serve --data-dir {folder} runs it again: http://127.0.0.1:8000/encoder/docs, /submission/docs, …",
        f"revcycle audit verify --data-dir {folder} tells whether anything was changed afterwards",
    ]
    if programme.keep:
        lines += [f"{server.address}/{service}/docs" for service in SERVICES]
    console.print("[bold]Where to look[/bold]")
    for line in lines:
        console.print(f"  {line}", soft_wrap=True)
