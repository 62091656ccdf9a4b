"""Risk profiles scored per second: `python -m bench.hcc [--profiles N]`.

A person of up to 30 diagnoses under CMS-HCC V28, through our door (codes checked on their day, evidence, hierarchies
explained, each component with its factor, normalised and adjusted) and by `hccinfhir` called directly on the same codes
in the same run, which answers with the score alone. In turns, the best of the rounds.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import time
from collections.abc import Callable
from datetime import date, timedelta

from hccinfhir import HCCInFHIR
from pydantic_core import to_json

from services.grouper.domain.risk_adjustment.profiles import RiskProfile
from services.grouper.domain.risk_adjustment.scorer import RiskScorer
from services.grouper.engines.risk_scores import HccInFhir
from services.grouper.parameters.hcc import load_risk_rules
from shared.runtime import embedded_tables
from shared.tables import CodeSets, hcc

MODEL = "CMS-HCC V28"
YEAR_BEGINS = date(2025, 1, 1)
ROUNDS = 3


def some_profiles(scorer: RiskScorer, count: int) -> list[RiskProfile]:
    """People of a seed: 1 to 30 diagnoses each, one in three of a code that the model counts."""
    chance, tables = random.Random(28), scorer.tables.current()
    day = date(2025, 7, 1)
    all_codes = [entry.code for entry in CodeSets(tables).prefix("icd10cm", "", day, 100_000)]
    counted = [code for code in all_codes if hcc.hccs(tables, code, MODEL, day)]
    return [
        RiskProfile.model_validate_json(
            to_json(
                {
                    "payment_year": 2026,
                    "person": {
                        "age": chance.randint(65, 95),
                        "sex": chance.choice("FM"),
                        "dual_status": chance.choice(("00", "01", "02")),
                        "orec": chance.choice("01"),
                    },
                    "diagnoses": [
                        {
                            "code": chance.choice(counted if chance.random() < 1 / 3 else all_codes),
                            "service_date": YEAR_BEGINS + timedelta(days=chance.randrange(365)),
                        }
                        for _ in range(chance.randint(1, 30))
                    ],
                }
            )
        )
        for _ in range(count)
    ]


def per_second(score: Callable[[RiskProfile], object], profiles: list[RiskProfile]) -> float:
    began = time.perf_counter()
    for profile in profiles:
        score(profile)
    return len(profiles) / (time.perf_counter() - began)


def directly(engine: HCCInFHIR) -> Callable[[RiskProfile], object]:
    """The library alone, given the same codes and the same person."""

    def score(profile: RiskProfile) -> object:
        person = profile.person
        return engine.calculate_from_diagnosis(
            [diagnosis.code for diagnosis in profile.diagnoses],
            age=person.age,
            sex=person.sex,
            dual_elgbl_cd=person.dual_status,
            orec=person.orec,
        )

    return score


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profiles", type=int, default=1_000)
    count = parser.parse_args().profiles
    scorer = RiskScorer(load_risk_rules(), HccInFhir(), embedded_tables())
    profiles = some_profiles(scorer, count)
    began = time.perf_counter()
    scorer.score(profiles[0])
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}; {HccInFhir.name}")
    print(f"first answer after {(time.perf_counter() - began) * 1e3:.1f} ms")
    contestants = {"our door": scorer.score, "hccinfhir directly": directly(HCCInFHIR(model_name="CMS-HCC Model V28"))}
    best = dict.fromkeys(contestants, 0.0)
    for _ in range(ROUNDS):
        for name, score in contestants.items():
            best[name] = max(best[name], per_second(score, profiles))
    for name, rate in best.items():
        print(f"{name:20} {rate:8,.0f} profiles/s")
    ours, theirs = best.values()
    print(f"ratio to hccinfhir   {ours / theirs:8.2f}")


if __name__ == "__main__":
    main()
