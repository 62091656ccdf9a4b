"""What the rules of a tenant make of a claim: for each thing that they can do a case, a near miss, and the dates."""

from __future__ import annotations

from datetime import date

import pytest

from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.rules.book import RULE_FAILED, RuleBook
from services.scrubber.domain.rules.rule import Rule
from services.scrubber.errors import InvalidRule
from shared.claims import FormatRepair
from tests.builders import a_professional_claim, a_professional_line, an_outpatient_claim, commercial
from tests.services.scrubber.cases import AS_OF, a_scrubber
from tests.services.scrubber.domain.rules.examples import AT, ERROR, a_book, a_rule, content

CLAIM = a_professional_claim().with_lines(a_professional_line("99213"), a_professional_line("96365"))
FAILS = "claim.lines[70].units > 1.0"


def examined(*rules: Rule, claim: AnyClaim | None = None):
    return a_scrubber().examine(claim or CLAIM.build(), tenant="north", as_of=AS_OF, rules=a_book(*rules))


def found(*rules: Rule, claim: AnyClaim | None = None) -> list[str]:
    return [finding.edit_id for finding in examined(*rules, claim=claim).report.findings]


def test_a_finding_of_a_rule_stands_in_the_report_like_any_other():
    rule = a_rule("billed.prior_authorization == ''", rule_id="infusion", action=ERROR | PLACED)
    report = examined(rule).report
    [finding] = report.findings
    assert report.outcome == "held"
    assert (finding.edit_id, finding.edit_version, finding.severity) == ("rule:infusion", "3", "error")
    assert finding.pointer == "/coverages/0/prior_authorization"
    assert finding.x12 is not None
    assert (finding.x12.loop, finding.x12.segment, finding.x12.element) == ("2300", "REF", "REF02")
    assert (finding.title, finding.predicted) == ("A rule of ours", "A7:252")
    assert finding.source == "Customer rule infusion, version 3"


PLACED = {"pointer": "/coverages/billed/prior_authorization", "predicted": "A7:252"}


def test_a_rule_that_is_not_true_finds_nothing():
    assert found(a_rule("billed.prior_authorization != ''")) == []
    assert examined(a_rule("false")).matches == ()


def test_a_warning_does_not_hold_the_claim():
    report = examined(a_rule(action=ERROR | {"severity": "warning"})).report
    assert (report.outcome, [f.severity for f in report.findings]) == ("cleared", ["warning"])


def test_a_rule_on_lines_names_each_line_that_it_is_true_of():
    action = ERROR | {"pointer": "/lines/line/procedure"}
    [finding] = examined(a_rule("line.procedure == '96365'", each="line", action=action)).report.findings
    assert (finding.pointer, finding.evidence) == ("/lines/1/procedure", {"line": "2"})
    assert finding.x12 is not None
    assert finding.x12.element == "SV101-2"


@pytest.mark.parametrize(
    ("effective", "through", "fires"),
    [
        (date(2026, 11, 16), None, True),
        (date(2026, 11, 17), None, False),
        (date(2026, 1, 1), date(2026, 11, 16), True),
        (date(2026, 1, 1), date(2026, 11, 15), False),
    ],
)
def test_a_rule_is_for_the_days_of_service_that_it_names(effective, through, fires):
    """The builders' claim was served on 2026-11-16."""
    assert bool(found(a_rule(effective=effective, through=through))) is fires


@pytest.mark.parametrize(
    ("said", "fires"),
    [
        ({"payers": ["MCAREB"]}, True),
        ({"payers": ["OTHER"]}, False),
        ({"facilities": ["1234567893"]}, True),
        ({"facilities": ["1987654328"]}, False),
        ({"kinds": ["professional"]}, True),
        ({"kinds": ["institutional"]}, False),
    ],
)
def test_a_rule_is_for_its_payers_facilities_and_kinds(said, fires):
    assert bool(found(a_rule(**said))) is fires


def test_the_payer_is_the_one_that_is_billed():
    other = a_professional_claim().with_coverages(commercial()).build()
    assert found(a_rule(payers=["MCAREB"]), claim=other) == []


def test_a_rule_for_both_kinds_is_compiled_for_each():
    both = a_rule("claim.lines.size() > 0")
    assert found(both) == found(both, claim=an_outpatient_claim().build()) == ["rule:ours"]


def test_a_rule_that_fails_holds_the_claim_for_a_person_and_the_others_still_run():
    told: list[tuple[str, str]] = []
    book = a_book(a_rule(FAILS, rule_id="broken"), a_rule("true", rule_id="sound", action=ERROR))
    verdict = book.judge(CLAIM.build(), as_of=AS_OF, failed=lambda rule, reason: told.append((rule.id, reason)))
    assert [finding.edit_id for finding in verdict.findings] == [RULE_FAILED, "rule:sound"]
    assert (verdict.findings[0].severity, verdict.findings[0].evidence["rule"]) == ("error", "broken")
    assert told == [("broken", "not to be decided")]


def test_a_rule_in_shadow_changes_nothing_and_is_remembered():
    examination = examined(a_rule(status="shadow"), a_rule(FAILS, rule_id="broken", status="shadow"))
    assert (examination.report.outcome, examination.report.findings) == ("cleared", ())
    assert [(m.rule_id, m.shadow, m.failed, m.would_hold) for m in examination.matches] == [
        ("broken", True, True, True),
        ("ours", True, False, True),
    ]


def test_a_rule_holds_a_claim_in_a_queue():
    hold = {"kind": "hold", "message": "The contract is being talked over.", "queue": "contracts"}
    examination = examined(a_rule(action=hold))
    assert (examination.report.outcome, examination.queue) == ("held", "contracts")


def test_the_first_rule_that_routes_decides_and_holds_nothing():
    route = [a_rule(rule_id=f"to-{queue}", action={"kind": "route", "queue": queue}) for queue in ("b", "a")]
    examination = examined(*route)
    assert (examination.report.outcome, examination.queue) == ("cleared", "a")


def test_a_rule_sets_a_field_before_the_edits_run_and_says_what_stood_there():
    claim = a_professional_claim().with_coverages(commercial(filing_indicator=None)).build()
    assert found(claim=claim) == ["payer-filing-indicator-invalid"]
    put = {"kind": "set", "pointer": "/coverages/billed/filing_indicator", "value": "BL"}
    rule = a_rule("billed.filing_indicator == ''", rule_id="blue", action=put)
    later = a_rule("billed.filing_indicator == 'BL'", rule_id="a-later-one", action=ERROR | {"severity": "warning"})
    examination = examined(rule, later, claim=claim)
    assert examination.claim.billed_coverage.filing_indicator == "BL"
    [made] = examination.report.repairs
    assert made == FormatRepair(repair_id="rule:blue", pointer="/coverages/0/filing_indicator", before="", after="BL")
    assert [finding.edit_id for finding in examination.report.findings] == ["rule:a-later-one"]


def test_a_rule_writes_a_note_where_there_is_none():
    rule = a_rule(kinds=["professional"], action={"kind": "set", "pointer": "/note/text", "value": "SEE CONTRACT"})
    note = examined(rule).claim.note
    assert note is not None
    assert (note.kind, note.text) == ("ADD", "SEE CONTRACT")


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"condition": "claim.drg == '470'", "kinds": ["professional"]}, "/condition"),
        ({"action": ERROR | {"pointer": "/lines/0/revenue_code"}, "kinds": ["professional"]}, "/action/pointer"),
        ({"action": ERROR | {"pointer": "/lines/line/units"}}, "/action/pointer"),
        ({"action": ERROR | {"pointer": "lines"}}, "/action/pointer"),
        ({"action": {"kind": "set", "pointer": "/lines/0/units", "value": "2"}}, "/action/pointer"),
        ({"action": {"kind": "set", "pointer": "/diagnoses/0/code", "value": "I10"}}, "/action/pointer"),
        ({"action": {"kind": "set", "pointer": "/total_charge", "value": "1.00"}}, "/action/pointer"),
        ({"action": {"kind": "set", "pointer": "/patient/birth_date", "value": "2000-01-01"}}, "/action/pointer"),
        ({"action": {"kind": "set", "pointer": "/note/text", "value": "X"}}, "/action/pointer"),
        (
            {"action": {"kind": "set", "pointer": "/coverages/billed/payer/payer_id", "value": "1"}},
            "/action/value",
        ),
    ],
)
def test_a_rule_that_a_claim_cannot_be_held_to_is_refused_with_its_place(said, pointer):
    with pytest.raises(InvalidRule) as refused:
        a_book(a_rule(**said))
    assert refused.value.extra["faults"][0]["pointer"] == pointer


def test_a_rule_of_an_earlier_release_that_is_no_rule_any_more_holds_the_claim():
    kept = Rule.drafted("old", content("claim.gone == ''"), "ann", AT).model_copy(update={"status": "active"})
    verdict = RuleBook.running("1", [kept]).judge(CLAIM.build(), as_of=AS_OF)
    assert [finding.edit_id for finding in verdict.findings] == [RULE_FAILED]


def test_a_pointer_beyond_the_claim_is_cut_where_the_claim_ends():
    [finding] = examined(a_rule(action=ERROR | {"pointer": "/lines/40/units"})).report.findings
    assert finding.pointer == "/lines"
