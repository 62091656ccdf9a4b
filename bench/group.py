"""Claims grouped and codes looked up per second: `python bench/group.py [--claims N] [--workers N]`.

Anchors, measured elsewhere on a comparable machine: the CMS Java grouper 1,200 claims/s, `msdrg` called directly 7,200
claims/s in one process. The ratio to `msdrg` is taken in this very run, on the same claims, in turns.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import random
import time
from collections.abc import Awaitable, Callable
from datetime import date

import msdrg

from services.grouper.domain.engine import GrouperInput
from services.grouper.domain.grouping import Grouper, grouper_input
from services.grouper.domain.stays import Stay
from services.grouper.engines.in_process import InProcessEngine
from services.grouper.engines.pool import PooledEngine
from services.grouper.engines.translation import claim_document
from services.grouper.parameters import load_rules
from shared.claims import Diagnosis, IcdCode, PcsCode, Procedure
from shared.runtime import embedded_tables
from shared.tables import CodeSets

JAVA_PER_SECOND = 1_200
DAY = date(2026, 11, 20)
ROUNDS = 3
BATCH = 256


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
            sex=chance.choice("FM"),
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


def per_second(count: int, started: float) -> float:
    return count / (time.perf_counter() - started)


def raw(inputs: list[GrouperInput]) -> float:
    """`msdrg` alone, on claims that are ready for it."""
    claims = [claim_document(stay) for stay in inputs]
    with msdrg.MsdrgGrouper() as grouper:
        started = time.perf_counter()
        for claim in claims:
            grouper.group(claim)
        return per_second(len(claims), started)


async def batched(stays: list[Stay], work: Callable[[list[Stay]], Awaitable[object]]) -> float:
    """Batches as a bulk request makes them, four in flight."""
    batches = [stays[start : start + BATCH] for start in range(0, len(stays), BATCH)]
    gate = asyncio.Semaphore(4)

    async def one(batch: list[Stay]) -> None:
        async with gate:
            await work(batch)

    started = time.perf_counter()
    await asyncio.gather(*map(one, batches))
    return per_second(len(stays), started)


async def one_by_one(stays: list[Stay], grouper: Grouper) -> tuple[float, float]:
    """Median and 99th percentile of a decision on one stay, in milliseconds."""
    times = []
    for stay in stays:
        started = time.perf_counter()
        await grouper.decide([stay])
        times.append((time.perf_counter() - started) * 1000)
    times.sort()
    return times[len(times) // 2], times[int(len(times) * 0.99)]


def lookups(codes: list[str], code_sets: CodeSets) -> float:
    started = time.perf_counter()
    for code in codes:
        code_sets.is_valid("icd10cm", code, DAY)
    return per_second(len(codes), started)


def show(label: str, rate: float, reference: float) -> None:
    print(f"{label:<42}{rate:>10,.0f}/s   {rate / reference:5.2f} of msdrg   {rate / JAVA_PER_SECOND:5.1f} x CMS Java")


async def measure(count: int, workers: int) -> None:
    opened = time.perf_counter()
    tables = embedded_tables()
    code_sets = CodeSets(tables.current())
    print(f"code sets opened in {(time.perf_counter() - opened) * 1000:.0f} ms")
    stays, rules = some_stays(count, code_sets), load_rules()
    inputs = [grouper_input(stay, rules) for stay in stays]
    engines = {"in process": InProcessEngine(), f"pool of {workers}": PooledEngine(workers=workers)}
    groupers = {label: Grouper(engine=engine, rules=rules, tables=tables) for label, engine in engines.items()}
    for grouper in groupers.values():
        await grouper.decide(stays[:500])  # workers started, tables paged in
    best: dict[str, float] = {}
    for _ in range(ROUNDS):
        best["msdrg"] = max(best.get("msdrg", 0), raw(inputs))
        for label, grouper in groupers.items():
            best[label] = max(best.get(label, 0), await batched(stays, grouper.decide))
    show("msdrg called directly, one process", best["msdrg"], best["msdrg"])
    for label in groupers:
        show(f"claims checked, grouped, answered, {label}", best[label], best["msdrg"])
    for label, grouper in groupers.items():
        median, p99 = await one_by_one(stays[:1000], grouper)
        print(f"one claim, {label}: median {median:.2f} ms, p99 {p99:.2f} ms")
        await grouper.engine.close()
    used = [str(diagnosis.code) for stay in stays for diagnosis in stay.diagnoses]
    everything = [entry.code for entry in code_sets.prefix("icd10cm", "", DAY, 100_000)]
    random.Random(44).shuffle(everything)
    for label, codes in (("the codes of these claims", used), ("every code once, at random", everything)):
        rate = max(lookups(codes, code_sets) for _ in range(ROUNDS))
        print(f"is_valid, {label:<32}{rate:>10,.0f}/s   {1e6 / rate:.2f} µs each")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=int, default=6_000)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    chosen = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {chosen.claims} claims")
    asyncio.run(measure(chosen.claims, chosen.workers))


if __name__ == "__main__":
    main()
