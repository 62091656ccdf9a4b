"""No clean claim is stopped, and what is called clean is valid to a validator that nobody here wrote.

`REVCYCLE_X12_CLAIMS=5000` draws as many of each kind.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache

import pytest

from services.submission.domain.x12 import write_interchange
from tests.services.scrubber.cases import a_scrubber
from tests.services.submission.domain.x12.test_interchange import ENVELOPE
from tests.services.submission.oracles import pyx12_faults
from tests.strategies.clean import KINDS, Kind, Sent, drawn_clean_claims

MANY = int(os.environ.get("REVCYCLE_X12_CLAIMS", "60"))
IN_ONE_FILE = 500


@cache
def drawn(kind: Kind) -> list[Sent]:
    return drawn_clean_claims(kind, MANY)


@pytest.mark.parametrize("kind", KINDS)
def test_no_error_is_found_on_a_clean_claim(kind: Kind):
    assert [told for one in drawn(kind) for told in errors(one)] == []


@pytest.mark.parametrize("kinds", [("professional",), ("inpatient", "outpatient")])
def test_pyx12_accepts_them_when_they_are_written(kinds: tuple[Kind, ...]):
    claims = [one.claim for kind in kinds for one in drawn(kind)]
    for begin in range(0, len(claims), IN_ONE_FILE):
        assert pyx12_faults(write_interchange(claims[begin : begin + IN_ONE_FILE], ENVELOPE)) == []


def errors(one: Sent) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    report = a_scrubber().examine(one.claim, tenant="north", as_of=one.on).report
    for finding in report.findings:
        if finding.severity == "error":
            yield str(one.claim.id), finding.edit_id, finding.pointer, dict(finding.evidence)
