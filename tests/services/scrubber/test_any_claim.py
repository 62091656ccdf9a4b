"""Whatever a claim holds, the scrubber answers with a report, and no edit and no customer rule breaks."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.scrubber.domain.engine import EDIT_FAILED
from services.scrubber.domain.rules.book import RULE_FAILED
from shared.claims import AS_RECEIVED, CLAIM
from tests.services.scrubber.cases import a_scrubber
from tests.services.scrubber.domain.rules.examples import a_book, a_rule
from tests.strategies import drawn_claims, institutional_claims, professional_claims

OF_EACH_KIND = 15
any_position = st.integers(0, 2 * OF_EACH_KIND - 1)
any_day = st.dates(date(2000, 1, 1), date(2030, 12, 31))
bounded = settings(max_examples=150, deadline=None)

OPTIONAL = ("npi", "tax_id", "taxonomy", "address", "state", "zip_code", "birth_date", "sex", "first", "member_id",
            "filing_indicator", "payer_id", "date", "hour", "service_from", "procedure", "attending", "rendering",
            "admitting_diagnosis", "drg", "patient_status", "poa", "adjudication")  # fmt: skip
IDENTIFIERS = ("npi", "tax_id", "taxonomy", "zip_code", "code", "revenue_code", "procedure", "patient_control_number")


@bounded
@given(position=any_position, as_of=any_day)
def test_a_claim_that_the_guides_allow_breaks_no_edit(claims, position, as_of):
    assert broken(claims[position], as_of) == []


@bounded
@given(position=any_position, as_of=any_day, absent=st.sampled_from(OPTIONAL), junk=st.sampled_from(IDENTIFIERS))
def test_a_claim_with_gaps_and_junk_breaks_no_edit(claims, position, as_of, absent, junk):
    document = spoiled(CLAIM.dump_python(claims[position], mode="json"), absent, junk)
    try:
        spoilt = CLAIM.validate_python(document, context=AS_RECEIVED, strict=False)
    except ValueError:
        return  # the door refuses it; nothing of it reaches an edit
    assert broken(spoilt, as_of) == []


@pytest.fixture(scope="module")
def claims() -> list[Any]:
    """Drawn once: a claim is too large for hypothesis to draw, shrink and print one for every example."""
    return [*drawn_claims(professional_claims, OF_EACH_KIND), *drawn_claims(institutional_claims, OF_EACH_KIND)]


NAMED = {"kind": "finding", "severity": "warning", "message": "Look.", "pointer": "/coverages/billed/payer/payer_id"}
RULES = a_book(
    a_rule(
        "claim.lines.all(one, one.charge_cents >= 0) && service_day <= today || true", rule_id="whole", action=NAMED
    ),
    a_rule("line.units >= 0.0 || true", each="line", action=NAMED | {"pointer": "/lines/line/units"}),
    a_rule(rule_id="sets", action={"kind": "set", "pointer": "/coverages/billed/group_name", "value": "A"}),
    a_rule(rule_id="notes", kinds=["professional"], action={"kind": "set", "pointer": "/note/text", "value": "A"}),
)


def broken(claim: Any, as_of: date) -> list[str]:
    """The edits that broke. Also asks that customer rules fail on nothing and that the report is written and read."""
    report = a_scrubber().examine(claim, tenant="north", as_of=as_of, rules=RULES).report
    assert [f.evidence for f in report.findings if f.edit_id == RULE_FAILED] == []
    assert type(report).model_validate_json(report.model_dump_json()) == report
    return [finding.evidence["edit"] for finding in report.findings if finding.edit_id == EDIT_FAILED]


def spoiled(value: Any, absent: str, junk: str) -> Any:
    if isinstance(value, list):
        return [spoiled(item, absent, junk) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {name: spoiled(item, absent, junk) for name, item in value.items()}
    if absent in kept:
        kept[absent] = None
    if isinstance(kept.get(junk), str):
        kept[junk] = "?!"
    return kept
