"""Whether the engine scales by threads or by processes: `python -m bench.engine_threads [--claims N] [--workers N]`.

The same claims are grouped by one thread, by several threads of one process (with one grouper and with one each), and
by as many processes, in turns; the ratio is the median over the rounds. The processor's time tells waiting for one
another from work done twice, and changes little with what else the machine does.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import cache
from multiprocessing import get_context
from statistics import median
from threading import local

from bench.group import some_stays
from services.grouper.domain.engine import GrouperInput
from services.grouper.domain.grouping import grouper_input
from services.grouper.engines.msdrg_session import MsdrgSession
from services.grouper.parameters import load_rules
from shared.runtime import embedded_tables
from shared.tables import CodeSets

ROUNDS = 9
BATCH = 64
ONE = "1 thread"

Work = Callable[[Sequence[GrouperInput]], float]
_of_thread = local()


@cache
def _shared_session() -> MsdrgSession:
    return MsdrgSession()


def _own_session() -> MsdrgSession:
    if not hasattr(_of_thread, "session"):
        _of_thread.session = MsdrgSession()
    session: MsdrgSession = _of_thread.session
    return session


def with_one_grouper(stays: Sequence[GrouperInput]) -> float:
    _shared_session().group(stays)
    return 0.0


def with_own_grouper(stays: Sequence[GrouperInput]) -> float:
    """The processor's seconds that this process needed; they count where it is another than the one that measures."""
    before = time.process_time()
    _own_session().group(stays)
    return time.process_time() - before


def measured(executor: Executor, work: Work, stays: Sequence[GrouperInput], *, apart: bool) -> tuple[float, float]:
    """Claims a second, and microseconds of the processor a claim; `apart` where other processes do the work."""
    batches = [stays[start : start + BATCH] for start in range(0, len(stays), BATCH)]
    began, before = time.perf_counter(), time.process_time()
    spent = sum(executor.map(work, batches))
    here = time.process_time() - before
    return len(stays) / (time.perf_counter() - began), (spent if apart else here) / len(stays) * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=int, default=4_000)
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    tables, rules = embedded_tables().current(), load_rules()
    stays = [grouper_input(stay, rules) for stay in some_stays(chosen.claims, CodeSets(tables))]
    count = chosen.workers
    ways = {
        ONE: (ThreadPoolExecutor(1), with_own_grouper, False),
        f"{count} threads, one grouper": (ThreadPoolExecutor(count), with_one_grouper, False),
        f"{count} threads, a grouper each": (ThreadPoolExecutor(count), with_own_grouper, False),
        f"{count} processes": (ProcessPoolExecutor(count, get_context("spawn")), with_own_grouper, True),
    }
    rounds: dict[str, list[tuple[float, float]]] = {label: [] for label in ways}
    for executor, work, apart in ways.values():
        measured(executor, work, stays[: BATCH * 8], apart=apart)  # groupers opened, tables paged in
    for _ in range(ROUNDS):
        for label, (executor, work, apart) in ways.items():
            rounds[label].append(measured(executor, work, stays, apart=apart))
    for executor, _work, _apart in ways.values():
        executor.shutdown()
    alone = [rate for rate, _spent in rounds[ONE]]
    for label, taken in rounds.items():
        fastest, least = max(rate for rate, _ in taken), min(spent for _, spent in taken)
        ratio = median(rate / one for (rate, _), one in zip(taken, alone, strict=True))
        print(f"{label:<28}{fastest:>8,.0f}/s at best   {ratio:5.2f} of one thread in the same round", end="")
        print(f"   {least:5.0f} µs of processor a claim")


if __name__ == "__main__":
    main()
