"""Claims scrubbed per second, all edits on: `python -m bench.scrub [--claims N]`.

One process, no database: repairs, every edit and the report, on professional claims of 5 and of 20 lines and on a stay.
Anchor, measured elsewhere on a comparable machine: `claim-validator` 554 claims/s with 11 checks. Where the package is
found (it is no dependency of ours) it is measured in this very run, on the same claims in its own form.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Callable
from datetime import date
from importlib import import_module
from typing import Any

from services.scrubber.bootstrap import create_scrubber
from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.examination import Scrubber
from shared.claims import ProfessionalLine
from tests.builders import a_professional_claim, a_professional_line, an_institutional_claim

ANCHOR_PER_SECOND = 554
AS_OF = date(2026, 11, 24)
COMPARED = "professional, 20 lines"
ROUNDS = 3


LABORATORY = (
    *("80053", "85025", "84443", "83036", "80061", "82306", "82607", "84153", "81001", "85610", "82728", "83540"),
    *("84439", "86803", "87389", "82043", "82570", "84550", "83735"),
)
"""Tests of one day that no edit of CMS bundles."""


def of_lines(count: int, **fields: Any) -> Any:
    """An office visit with tests, of so many lines, each with two pointers."""
    visit = a_professional_line("99213", modifiers=["25"], pointers=[1, 2], **fields)
    tests = [a_professional_line(code, pointers=[1, 2], **fields) for code in LABORATORY[: count - 1]]
    return a_professional_claim().with_diagnoses("I10", "E119").with_lines(visit, *tests).build()


def work() -> dict[str, Any]:
    return {
        "professional, 5 lines": of_lines(5),
        "professional, 20 lines": of_lines(20),
        "professional, 20 lines, a defect on each": of_lines(20, units="0"),
        "inpatient, 3 lines": an_institutional_claim().build(),
    }


def per_second(work: Callable[[], object], count: int) -> float:
    """Runs per second, the best of the rounds: the machine is not ours alone."""
    best = 0.0
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(count):
            work()
        best = max(best, count / (time.perf_counter() - began))
    return best


def ours(scrubber: Scrubber, claim: AnyClaim) -> Callable[[], object]:
    return lambda: scrubber.examine(claim, tenant="bench", as_of=AS_OF)


def the_peers(claim: Any) -> Callable[[], object] | None:
    """`claim-validator` with all its rule-based checks on the same claim, or None where it is not installed."""
    try:
        peer: Any = import_module("claim_validator")
        pipeline = import_module("claim_validator.validators.pipeline").ValidationPipeline.from_settings(None)
    except ModuleNotFoundError:
        return None
    patient, coverage = claim.patient, claim.billed_coverage
    theirs = peer.ClaimData(
        billing_provider_npi=str(claim.billing.npi),
        billing_provider_taxonomy=str(claim.billing.taxonomy),
        rendering_provider_npi=str(claim.rendering.npi),
        subscriber_id=str(coverage.subscriber.member_id),
        subscriber_last_name=patient.name.last,
        patient_first_name=patient.name.first,
        patient_last_name=patient.name.last,
        patient_dob=patient.birth_date.isoformat(),
        patient_gender=patient.sex,
        patient_relationship="18",
        payer_id=coverage.payer.payer_id,
        payer_name=coverage.payer.name,
        place_of_service=claim.place_of_service,
        total_charge=float(claim.total_charge),
        diagnosis_codes=[{"code": d.code.dotted, "pointer": n} for n, d in enumerate(claim.diagnoses, 1)],
        lines=[_the_peers_line(line) for line in claim.lines],
    )
    return lambda: pipeline.run(theirs)


def _the_peers_line(line: ProfessionalLine) -> dict[str, Any]:
    return {
        "procedure_code": str(line.procedure),
        "modifiers": [str(modifier) for modifier in line.modifiers],
        "diagnosis_pointers": list(line.pointers),
        "charge_amount": float(line.charge),
        "units": float(line.units),
        "service_date_from": str(line.service_from),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=int, default=1_000)
    count = parser.parse_args().claims
    began = time.perf_counter()
    scrubber = create_scrubber()
    scrubber.examine(of_lines(1), tenant="bench", as_of=AS_OF)
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}")
    print(f"{len(scrubber.edits.edits)} edits, ready in {time.perf_counter() - began:.2f} s\n")
    for name, claim in work().items():
        rate = per_second(ours(scrubber, claim), count)
        print(f"{name:44} {rate:8,.0f} claims/s   {rate / ANCHOR_PER_SECOND:5.1f} x the anchor of {ANCHOR_PER_SECOND}")
    peer = the_peers(work()[COMPARED])
    if peer is None:
        print("\nclaim-validator: not installed")
        return
    theirs, mine = (per_second(run, count) for run in (peer, ours(scrubber, work()[COMPARED])))
    print(f"\nclaim-validator, {COMPARED:27} {theirs:8,.0f} claims/s; here at once after it {mine:8,.0f}")


if __name__ == "__main__":
    main()
