"""Claims scrubbed a second, every edit on, every table loaded: `python -m bench.scrub [--claims N] [--tables FOLDER]`.

One process, no database: repairs, every edit and the report. Professional claims of 5 and of 20 lines are as many
different ones as are asked for, of random patients, payers, providers, diagnoses and days, all clean; a stay and an
outpatient bill are one each. A rate is given by the clock and by processor time, which is what a core gives whatever
else the machine does; rounds alternate, the best of each counts. Then the service: its start, its memory, and one claim
over HTTP at a fixed rate. Anchor, measured elsewhere on a comparable machine: `claim-validator` 554 claims/s with 11
checks. Where the package is found (it is no dependency of ours) it is measured in this very run, on claims of ours in
its own form.

Tables are compiled into a folder that is thrown away, which takes a minute; or into `--tables`, to be used again.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import random
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from importlib import import_module
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import scrub_service
from bench.scrub_tables import QUARTER, all_tables
from services.scrubber.bootstrap import create_scrubber
from services.scrubber.domain.examination import Scrubber
from shared.claims import AS_RECEIVED, CLAIM, ProfessionalLine
from tests.builders import a_professional_claim, a_professional_line, an_institutional_claim, an_outpatient_claim
from tests.strategies.clean import sent

ANCHOR_PER_SECOND = 554
AS_OF = date(2026, 11, 24)
FIVE, TWENTY = "professional, 5 lines, one and the same", "professional, 20 lines, one and the same"
PRACTICE = "professional, 5 lines"
PEER = "claim-validator on "
ROUNDS = 5

VISITS = ("99202", "99203", "99204", "99212", "99213", "99214")
LABORATORY = (
    *("80053", "85025", "84443", "83036", "80061", "82306", "82607", "84153", "81001", "85610", "82728", "83540"),
    *("84439", "86803", "87389", "82043", "82570", "84550", "83735"),
)
"""Tests of one day that no edit of CMS bundles."""
CONDITIONS = ("I10", "E119", "E785", "N390", "R5383", "E039", "D649", "Z79899", "K219", "E559", "R739", "I4891")


def of_lines(count: int, **fields: Any) -> Any:
    """An office visit with tests, of so many lines, each with two pointers."""
    fields = {"service_from": QUARTER.first.isoformat()} | fields
    visit = a_professional_line("99213", modifiers=["25"], pointers=[1, 2], **fields)
    tests = [a_professional_line(code, pointers=[1, 2], **fields) for code in LABORATORY[: count - 1]]
    return a_professional_claim().with_diagnoses("I10", "E119").with_lines(visit, *tests).build()


def a_practice(scrubber: Scrubber, count: int, lines: int) -> list[Any]:
    """So many different claims of so many lines that are clean: what a practice sends on the days of a quarter."""
    clean: list[Any] = []
    seed = 0
    while len(clean) < count:
        seed += 1
        claim = _a_claim(seed, lines)
        if claim is not None and not scrubber.examine(claim, tenant="bench", as_of=AS_OF).report.findings:
            clean.append(claim)
    return clean


def _a_claim(seed: int, lines: int) -> Any:
    """The people of a clean claim and a visit with tests; None where an earlier payer has decided on other lines."""
    drawn, chance = sent("professional", seed).claim, random.Random(seed)
    if len(drawn.coverages) > 1:
        return None
    day = QUARTER.first + timedelta(days=chance.randrange((QUARTER.last - QUARTER.first).days))
    conditions = chance.sample(CONDITIONS, chance.randint(2, 4))
    codes = [chance.choice(VISITS), *chance.sample(LABORATORY, lines - 1)]
    billed = [
        a_professional_line(
            code,
            f"{chance.randint(20, 300)}.00",
            number=number,
            modifiers=["25"] if number == 1 else [],
            pointers=chance.sample(range(1, len(conditions) + 1), chance.randint(1, 2)),
            service_from=day.isoformat(),
        )
        for number, code in enumerate(codes, 1)
    ]
    people = ("id", "patient_control_number", "patient", "coverages", "billing", "rendering", "referring")
    document = drawn.model_dump(mode="json", include={"kind", "encounter_id", *people}) | {
        "place_of_service": "11",
        "diagnoses": [{"code": code} for code in conditions],
        "lines": billed,
        "total_charge": f"{sum(float(line['charge']) for line in billed):.2f}",
    }
    return CLAIM.validate_python(document, strict=False, context=AS_RECEIVED)


class Rates:
    """Claims a second of the clock and of processor time, the best round of each."""

    def __init__(self) -> None:
        self.best: dict[str, tuple[float, float]] = {}

    def measure(self, label: str, work: Callable[[Any], object], claims: Sequence[Any], count: int) -> None:
        """One round of so many claims."""
        asked = cycle(claims)
        began, worked = time.perf_counter(), time.process_time()
        for _ in range(count):
            work(next(asked))
        seconds, processor = time.perf_counter() - began, time.process_time() - worked
        clock, core = self.best.get(label, (0.0, 0.0))
        self.best[label] = max(clock, count / seconds), max(core, count / processor)

    def show(self) -> None:
        for label, (clock, core) in self.best.items():
            print(f"{label:<60}{clock:>8,.0f}/s   {core:>8,.0f} a second of processor")


def the_peer() -> Callable[[Any], object] | None:
    """`claim-validator` with all its rule-based checks; None where it is not installed."""
    try:
        pipeline: Any = import_module("claim_validator.validators.pipeline").ValidationPipeline.from_settings(None)
    except ModuleNotFoundError:
        return None
    run: Callable[[Any], object] = pipeline.run
    return run


def in_the_peers_form(claim: Any) -> Any:
    peer: Any = import_module("claim_validator")
    patient, coverage = claim.patient, claim.billed_coverage
    return peer.ClaimData(
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


def _the_peers_line(line: ProfessionalLine) -> dict[str, Any]:
    return {
        "procedure_code": str(line.procedure),
        "modifiers": [str(modifier) for modifier in line.modifiers],
        "diagnosis_pointers": list(line.pointers),
        "charge_amount": float(line.charge),
        "units": float(line.units),
        "service_date_from": str(line.service_from),
    }


def in_one_process(scrubber: Scrubber, practice: Sequence[Any], count: int) -> Rates:
    """Each kind of claim in turn, and again; the peer at once before the same claims."""
    kinds = {
        PRACTICE: practice,
        FIVE: [of_lines(5)],
        TWENTY: [of_lines(20)],
        "professional, 20 lines, a defect on each": [of_lines(20, units="0")],
        "inpatient, 3 lines": [an_institutional_claim().build()],
        "outpatient, 1 line": [an_outpatient_claim().build()],
    }
    peer, rates = the_peer(), Rates()
    for _ in range(ROUNDS):
        for label, claims in kinds.items():
            if label in (FIVE, TWENTY) and peer is not None:
                rates.measure(f"{PEER}{label}", peer, [in_the_peers_form(claim) for claim in claims], count)
            rates.measure(label, lambda claim: scrubber.examine(claim, tenant="bench", as_of=AS_OF), claims, count)
    return rates


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=int, default=1_000)
    parser.add_argument("--tables", type=Path, help="where the loaded tables are, or are to be")
    chosen = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}", end="")
    print(f", load average {os.getloadavg()[0]:.1f}")
    with TemporaryDirectory() as folder:
        tables = all_tables(chosen.tables or Path(folder), (*VISITS, *LABORATORY), CONDITIONS)
        scrubber = create_scrubber(tables=tables)
        practice = a_practice(scrubber, chosen.claims, 5)
        releases = [release for release in tables.current().releases() if not release.embedded]
        rows = sum(release.rows for release in releases)
        print(f"{len(scrubber.edits.edits)} edits; {len(releases)} releases loaded of {rows:,} rows\n")
        rates = in_one_process(scrubber, practice, chosen.claims)
        rates.show()
        print(f"{PRACTICE}: {rates.best[PRACTICE][0] / ANCHOR_PER_SECOND:.1f} x the anchor of {ANCHOR_PER_SECOND}")
        for label in (FIVE, TWENTY):
            if f"{PEER}{label}" in rates.best:
                ratio = rates.best[label][1] / rates.best[f"{PEER}{label}"][1]
                print(f"{label}: {ratio:.2f} of claim-validator, a core")
        asyncio.run(scrub_service.measure(tables.folders[-1], practice))
    print(f"load average at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
