"""How many seeded defects the scrubber finds, and how many clean claims it stops: `python -m bench.defects`.

Each defect of `tests/services/scrubber/seeded` is put into clean claims that were drawn from the tables, and the edit
that its rule names must be found; other errors are counted as false. `--each N` claims for each defect, `--clean N`
clean claims of each kind.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable

from services.scrubber.bootstrap import create_scrubber
from services.scrubber.domain.examination import Scrubber
from tests.services.scrubber.seeded import Seeded, claims, facilities, services
from tests.strategies.clean import KINDS, sent


def measured(scrubber: Scrubber, defects: Iterable[Seeded], each: int) -> tuple[Counter[str], list[str]]:
    """Counts of `seeded`, `found` and `false`, and a line for each defect that was missed or had company."""
    counted: Counter[str] = Counter()
    told: list[str] = []
    for defect in defects:
        missed, false = [], Counter[str]()
        for spoilt in defect.spoilt(each):
            found = scrubber.examine(spoilt.claim, tenant="bench", as_of=spoilt.on).report.findings
            errors = {finding.edit_id for finding in found if finding.severity == "error"}
            others = errors - defect.also - {defect.edit}
            is_found = defect.edit in {finding.edit_id for finding in found}
            counted.update(seeded=1, found=is_found, false=bool(others))
            missed += [] if is_found else [spoilt.seed]
            false.update(others)
        if missed or false:
            told.append(f"{defect}: missed with the seeds {missed}, other errors {dict(false)}")
    return counted, told


def stopped(scrubber: Scrubber, count: int) -> Counter[str]:
    """Errors on clean claims, by edit and kind."""
    wrong: Counter[str] = Counter()
    for kind in KINDS:
        for seed in range(count):
            one = sent(kind, seed)
            report = scrubber.examine(one.claim, tenant="bench", as_of=one.on).report
            wrong.update(f"{kind} {f.edit_id}" for f in report.findings if f.severity == "error")
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=10)
    parser.add_argument("--clean", type=int, default=500)
    asked = parser.parse_args()
    scrubber = create_scrubber()
    defects = [*claims.DEFECTS, *services.DEFECTS, *facilities.DEFECTS]
    counted, told = measured(scrubber, defects, asked.each)
    seeded, found, false = counted["seeded"], counted["found"], counted["false"]
    print(f"{len(defects)} kinds of defects, {seeded:,} claims: found {found:,} ({found / seeded:.2%})")
    print(f"claims with an error beside the defect: {false:,} ({false / seeded:.2%})")
    print("\n".join(told))
    wrong = stopped(scrubber, asked.clean)
    print(f"{len(KINDS) * asked.clean:,} clean claims: {wrong.total():,} errors {dict(wrong) or ''}")


if __name__ == "__main__":
    main()
