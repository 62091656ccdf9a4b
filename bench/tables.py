"""Reference tables: compile, open, look up; beside a dict of the same rows and SQLite: `python -m bench.tables`.

The tables are CMS's NCCI pairs, practitioner and hospital, whose file of one quarter carries every edit since 1996, and
ten years of quarterly limits. What must hold (docs/performance.md): two million pairs compiled from the official text
in 30 s and 1 GB, opened in 50 ms, a pair and a code in 2 µs at the median, a dict at most 5 times faster and at least
10 times larger.
"""

from __future__ import annotations

import argparse
import gc
import platform
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import ncci_files
from shared.tables import ReferenceTables, Tables, mue, ncci
from shared.tables.catalogue import Catalogue
from shared.tables.formats import Asked
from shared.tables.loading import load
from shared.tables.ncci import PtpSpan

COMPILED = 2_000_000
YEARS = range(2015, 2025)
LAST = date(2024, 9, 30)
LOOKUPS = 20_000
BATCH = 20
ROUNDS = 5

Question = tuple[str, str, date]
Pairs = dict[tuple[str, str], tuple[PtpSpan, ...]]


def loaded_apart(given: Path, catalogue: Path) -> str:
    """Load official files in a process of its own; its seconds and its peak of memory."""
    command = [sys.executable, "-m", "bench.tables", "--load", str(given), str(catalogue)]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=900).stdout.strip()


def load_and_tell(given: Path, catalogue: Path) -> None:
    began, worked = time.perf_counter(), time.process_time()
    releases = load(given, Catalogue(catalogue), Asked(), datetime.now(UTC), accept_shrunk=True).releases
    seconds, processor = time.perf_counter() - began, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows = sum(release.rows for release in releases)
    print(f"{rows:11,} rows  {seconds:6.1f} s ({processor:.1f} s of processor)  {peak:6,.0f} MB at the peak")


def private_memory() -> float:
    """Megabytes that this process alone holds; pages of mapped files are the system's and shared."""
    gc.collect()
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("RssAnon"))) / 1024


def per_lookup(ask: Callable[..., object], questions: Sequence[Sequence[object]]) -> float:
    """Microseconds of one lookup: the median of batches, the best of the rounds, for the machine is not ours alone."""
    best = float("inf")
    for _ in range(ROUNDS):
        batches = []
        for at in range(0, len(questions), BATCH):
            batch = questions[at : at + BATCH]
            began = time.perf_counter_ns()
            for question in batch:
                ask(*question)
            batches.append((time.perf_counter_ns() - began) / len(batch) / 1000)
        best = min(best, statistics.median(batches))
    return best


DAYS = [LAST - timedelta(days=before) for before in range((LAST - date(YEARS[0], 1, 1)).days)]


def random_pairs(pairs: Iterable[tuple[str, str]], chance: random.Random) -> list[Question]:
    """Half are pairs of the table, half any two codes of it."""
    listed = chance.sample(list(pairs), LOOKUPS // 2)
    codes = sorted({code for pair in listed for code in pair})
    one_object = {code: code for code in codes}  # as a caller has them; elsewhere its memory would be measured
    listed = [(one_object[first], one_object[second]) for first, second in listed]
    others = [(chance.choice(codes), chance.choice(codes)) for _ in range(LOOKUPS // 2)]
    return [(first, second, chance.choice(DAYS)) for first, second in chance.sample(listed + others, LOOKUPS)]


def pairs_of_claims(pairs: Iterable[tuple[str, str]], chance: random.Random) -> list[Question]:
    """Claims of two to eight lines, of 500 codes that one practice uses, every pair in both orders; days of a week."""
    codes = chance.sample(sorted({code for pair in pairs for code in pair}), 500)
    questions: list[Question] = []
    while len(questions) < LOOKUPS:
        day = LAST - timedelta(days=chance.randrange(7))
        lines = chance.sample(codes, chance.randint(2, 8))
        for first, second in combinations(lines, 2):
            questions += [(first, second, day), (second, first, day)]
    return questions[:LOOKUPS]


def asked_of_dict(pairs: Pairs) -> Callable[[str, str, date], object]:
    """The same question: the edit in force on the day, with the names of its codes."""

    def ask(first: str, second: str, day: date) -> object:
        found = None
        for span in pairs.get((first, second), ()):
            if span.first <= day and (span.last is None or day <= span.last) and span.modifier != "9":
                found = span
        return None if found is None else ncci.Edit(first, second, found, "2024Q3")

    return ask


def asked_of_sqlite(path: Path, pairs: Pairs) -> Callable[[str, str, date], object]:
    database = sqlite3.connect(path)
    columns = "a, b, first, last, modifier, rationale"
    database.execute(f"create table pair ({columns}, primary key (a, b, first, modifier)) without rowid")
    database.executemany(
        "insert or ignore into pair values (?, ?, ?, ?, ?, ?)",
        (
            (*pair, str(span.first), str(span.last or "9999"), span.modifier, span.rationale)
            for pair, spans in pairs.items()
            for span in spans
        ),
    )
    database.commit()
    found = "select * from pair where a = ? and b = ? and first <= ? and last >= ? and modifier <> '9'"

    def ask(first: str, second: str, day: date) -> object:
        text = day.isoformat()
        return database.execute(found, (first, second, text, text)).fetchone()

    return ask


def prepare(folder: Path) -> Path:
    """Write official files and load them; prints what it took."""
    origin = "published pairs of 2024Q3" if ncci_files.is_published() else "invented pairs"
    count = ncci_files.write_pairs(folder / "two-million", "practitioner", COMPILED)
    print(f"compile from official text, {origin}, {count:,} practitioner rows")
    print(f"  {loaded_apart(folder / 'two-million', folder / 'scratch')}")
    for setting in ncci_files.SETTINGS:
        ncci_files.write_pairs(folder / setting, setting)
        print(f"  {loaded_apart(folder / setting, folder / 'catalogue')}  all {setting} pairs")
    for year in YEARS:
        for month in (1, 4, 7, 10):
            for setting in ("practitioner", "hospital"):
                ncci_files.write_limits(folder / "limits" / f"{year}-{month}", setting, year, month)
    catalogue = Catalogue(folder / "catalogue")
    began = time.perf_counter()
    for quarter in sorted((folder / "limits").iterdir()):
        load(quarter, catalogue, Asked(), datetime.now(UTC), accept_shrunk=True)
    print(f"  {time.perf_counter() - began:.1f} s for 40 quarters of limits, practitioner and hospital")
    return catalogue.folder


def opened(folder: Path) -> tuple[Tables, float]:
    """The tables, every one of them mapped; milliseconds."""
    began = time.perf_counter()
    tables = ReferenceTables([folder]).current()
    for table in ncci.PTP.values():
        tables.pairs_on(table, LAST)
    tables.on(mue.PRACTITIONER, LAST)
    return tables, (time.perf_counter() - began) * 1000


def compare_pairs(tables: Tables, setting: ncci.Setting, folder: Path) -> None:
    release = tables.release(ncci.PTP[setting], LAST)
    size = (folder / release.store).stat().st_size / 2**20
    before = private_memory()
    pairs: Pairs = {}
    for key, spans in tables.pairs_on(ncci.PTP[setting], LAST).store.items():
        first, second = key.split(" ")
        pairs[first, second] = spans
    held = private_memory() - before
    print(f"\n{setting}: {len(pairs):,} pairs, {release.rows:,} rows")
    print(f"  file {size:.0f} MB, a dict holds {held:,.0f} MB: {held / size:.0f} x")
    chance = random.Random(3)
    asked = {"random pairs": random_pairs(pairs, chance), "pairs of claims": pairs_of_claims(pairs, chance)}
    for name, questions in asked.items():
        compare(name, questions, partial(ncci.edit, tables, setting), asked_of_dict(pairs))
    if setting == "practitioner":
        path = folder / "peer.sqlite"
        theirs = per_lookup(asked_of_sqlite(path, pairs), asked["random pairs"])
        print(f"  {'SQLite, random':16} {theirs:6.2f} µs   file {path.stat().st_size / 2**20:.0f} MB")
        path.unlink()


def compare(
    name: str,
    questions: Sequence[Question],
    ours: Callable[[str, str, date], object],
    peer: Callable[[str, str, date], object],
) -> None:
    edits = sum(ours(*question) is not None for question in questions)
    if edits != sum(peer(*question) is not None for question in questions):
        raise AssertionError("the dict answers otherwise")
    theirs, mine = per_lookup(peer, questions), per_lookup(ours, questions)
    share = f"{edits / len(questions):.0%} are edits"
    print(f"  {name:16} {mine:6.2f} µs   dict {theirs:5.2f} µs   {mine / theirs:4.1f} x   {share}")


def compare_codes(tables: Tables) -> None:
    chance = random.Random(4)
    limits = dict(tables.on(mue.PRACTITIONER, LAST).store.items())
    codes = sorted(limits)
    asked = [(chance.choice(codes), chance.choice(DAYS)) for _ in range(LOOKUPS)]

    def theirs(code: str, _day: date) -> object:
        row = limits[code][0]
        return mue.Limit(code, row.units, row.adjudication, row.rationale, "2024Q3")

    peer = per_lookup(theirs, asked)
    limit_of = partial(mue.limit, tables, "practitioner")
    one_day = per_lookup(limit_of, [(code, LAST) for code, _day in asked])
    any_day = per_lookup(limit_of, asked)
    print(f"\nlimit of a code, of {len(codes):,}")
    print(f"  {'on one day':16} {one_day:6.2f} µs   dict {peer:5.2f} µs   {one_day / peer:4.1f} x")
    print(f"  {'of ten years':16} {any_day:6.2f} µs   of 40 releases")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--load", nargs=2, type=Path, metavar=("GIVEN", "CATALOGUE"), help="used by itself")
    arguments = parser.parse_args()
    if arguments.load:
        load_and_tell(*arguments.load)
        return
    print(f"Python {platform.python_version()}, {platform.machine()}")
    with TemporaryDirectory() as folder:
        catalogue = prepare(Path(folder))
        before = private_memory()
        tables, first = opened(catalogue)
        held = private_memory() - before
        again = min(opened(catalogue)[1] for _ in range(ROUNDS))
        print(f"\nopened in {first:.0f} ms, again in {again:.0f} ms")
        print(f"  {len(tables.releases())} releases, {held:.1f} MB private")
        empty = per_lookup(lambda _first, _second, _day: None, [("", "", LAST)] * LOOKUPS)
        print(f"  a call of nothing takes {empty:.2f} µs, which is in every figure below")
        for setting in ncci.PTP:
            compare_pairs(tables, setting, catalogue)
        compare_codes(tables)


if __name__ == "__main__":
    main()
