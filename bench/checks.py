"""Charts checked per second: `python -m bench.checks [--charts N]`.

Charts of 1 to 25 codes of a seed, each checked by every rule in force: as while a coder types, when its codes were seen
a moment ago, and with codes that are seen for the first time. One process, one core, the best of the rounds.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Sequence
from datetime import date

from services.encoder.domain.coding import ChartCodes
from services.encoder.domain.guidelines.checking import all_rules, check
from services.encoder.domain.guidelines.rules import CodedChart
from shared.runtime import embedded_tables
from shared.tables import CodeSets, Tables

DAY = date(2026, 11, 20)
ROUNDS = 5
LARGE = (
    *("A419", "E1122", "I110", "J189", "N390", "F0280", "I5032", "E785", "N186", "I4891", "J9601", "R6521", "K7460"),
    *("Z7901", "Z8673", "F17210", "M5416", "G4733", "E6601", "Z6841", "D649", "I2510", "N179", "H2511", "S72001A"),
)
"""A stay of 25 codes, the most that a claim carries."""


def a_chart(codes: Sequence[str]) -> CodedChart:
    diagnoses = [{"code": code, "poa": "Y"} for code in codes]
    return CodedChart(ChartCodes.model_validate({"diagnoses": diagnoses}), "inpatient", DAY, age=70, sex="F")


def some_charts(tables: Tables, count: int) -> list[CodedChart]:
    chance = random.Random(5)
    codes = [entry.code for entry in CodeSets(tables).prefix("icd10cm", "", DAY, 100_000) if entry.billable]
    return [a_chart(chance.sample(codes, chance.randint(1, 25))) for _ in range(count)]


def milliseconds(chart: CodedChart, tables: Tables) -> float:
    began = time.perf_counter()
    check(chart, tables)
    return (time.perf_counter() - began) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--charts", type=int, default=300)
    arguments = parser.parse_args()
    tables = embedded_tables().current()
    check(a_chart(["I10"]), tables)
    print(f"{len(all_rules())} rules")
    first = milliseconds(a_chart(LARGE), tables)
    again = min(milliseconds(a_chart(LARGE), tables) for _ in range(20 * ROUNDS))
    print(f"a chart of {len(LARGE)} codes: {again:.1f} ms while it is typed, {first:.1f} ms when its codes are new")
    charts = some_charts(tables, arguments.charts)
    new = sorted(milliseconds(chart, tables) for chart in charts)
    slowest = new[len(new) * 99 // 100]
    print(f"codes never seen, 1 to 25 a chart: median {statistics.median(new):.1f} ms, p99 {slowest:.1f} ms")
    best = min(sum(milliseconds(chart, tables) for chart in charts) for _ in range(ROUNDS))
    print(f"codes seen before: {len(charts) / best * 1000:,.0f} charts a second")


if __name__ == "__main__":
    main()
