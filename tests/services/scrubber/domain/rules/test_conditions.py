"""What a condition sees of a claim, what is refused before it runs, and where its work ends."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.rules.expressions import (
    LONGEST,
    BadExpression,
    ClaimView,
    EvaluationFailed,
    compile_condition,
)
from tests.builders import (
    a_professional_claim,
    a_professional_line,
    an_institutional_claim,
    an_outpatient_claim,
)

TODAY = date(2026, 11, 24)
CLAIM = a_professional_claim().with_lines(
    a_professional_line("99213", charge="125.50", units="1.5"), a_professional_line("96365", charge="300.00")
)


def view(claim: AnyClaim) -> ClaimView:
    return ClaimView.of(claim, today=TODAY, service_day=claim.last_day or TODAY)


def places(condition: str, claim: AnyClaim, scope="claim") -> list[int | None]:
    return compile_condition(condition, claim.kind, scope).places(view(claim))


def holds(condition: str, claim: AnyClaim | None = None) -> bool:
    return places(condition, claim or CLAIM.build()) == [None]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("claim.lines.exists(one, one.procedure == '96365')", True),
        ("claim.lines.exists(one, one.procedure == '96366')", False),
        ("claim.lines.exists(one, one.procedure in ['96365', '96366'])", True),
        ("claim.lines.all(one, one.procedure >= '99202' && one.procedure <= '99215')", False),
        ("claim.lines.filter(one, one.procedure.startsWith('9')).size() == 2", True),
        ("claim.total_charge_cents == 42550", True),
        ("claim.total_charge_cents > 42550", False),
        ("claim.lines[0].charge_cents + claim.lines[1].charge_cents == claim.total_charge_cents", True),
        ("claim.lines.exists(one, one.units == 1.5)", True),
        ("billed.payer.payer_id == 'MCAREB' && claim.kind == 'professional'", True),
        ("billed.filing_indicator == 'MB'", True),
        ("claim.diagnoses.exists(one, one.code == 'I10')", True),
        ("service_day == timestamp('2026-11-16T00:00:00Z')", True),
        ("today - service_day == duration('192h')", True),
        ("today - service_day > duration('192h')", False),
        ("claim.patient.birth_date < timestamp('1961-11-24T00:00:00Z')", True),
    ],
)
def test_a_condition_reads_the_claim(condition, expected):
    assert holds(condition) is expected


def test_what_is_not_on_the_claim_reads_as_empty_and_has_tells():
    claim = a_professional_claim().build()
    assert claim.referring is None
    assert holds("claim.referring.npi == '' && !has(claim.referring) && !has(claim.referring.npi)", claim)
    assert holds("claim.condition_codes.size() == 0 && billed.prior_authorization == ''", claim)
    assert holds("has(claim.rendering.npi) && claim.rendering.npi != ''", claim)


def test_a_condition_on_lines_answers_which_lines():
    claim = CLAIM.build()
    assert places("line.charge_cents > 20000", claim, "line") == [1]
    assert places("line.units > 0.0", claim, "line") == [0, 1]
    assert places("line.units > 9.0", claim, "line") == []


def test_a_facility_claim_has_its_own_fields():
    claim = an_institutional_claim().build()
    assert holds(f"claim.facility_type == '{claim.facility_type}' && claim.lines[0].revenue_code != ''", claim)


@given(st.decimals(min_value=0, max_value=9_999_999, places=2))
def test_money_is_exact_to_the_cent(amount: Decimal):
    cents = int(amount * 100)
    claim = a_professional_claim().with_lines(a_professional_line(charge=f"{amount:.2f}")).build()
    assert holds(f"claim.lines[0].charge_cents == {cents} && claim.total_charge_cents - {cents} == 0", claim)


@given(st.decimals(min_value=0, max_value=999_999, places=3))
def test_a_quantity_compares_as_it_is_written(units: Decimal):
    claim = a_professional_claim().with_lines(a_professional_line(units=f"{units:.3f}")).build()
    assert holds(f"claim.lines[0].units == {units:.3f}", claim)


@pytest.mark.parametrize(
    ("condition", "line", "column", "said"),
    [
        ("claim.lines.exists(one, one.procedure = '1')", 1, 39, "Syntax error"),
        ("claim.lnes.size() == 1", 1, 6, "ProfessionalClaim has no field lnes"),
        ("claim.lines.exists(one,\n  one.revenue == '1')", 2, 6, "ProfessionalLine has no field revenue"),
        ("claim.total_charge > 100", 1, 6, "total_charge_cents"),
        ("claim.patient_status == '01'", 1, 6, "no field patient_status"),
        ("line.units > 1.0", 1, 5, "line.units"),
        ("clam.id == ''", 1, 5, "clam.id"),
        ("claim.lines.size() == '1'", 1, 20, "== does not take (int, string)"),
        ("claim.lines[0].units > 1", 1, 22, "written 1.0"),
        ("claim.total_charge_cents", 1, 1, "true or false"),
        ("", 1, 1, "Syntax error"),
        ("(" * 50 + "true" + ")" * 50, 1, 1, "nested"),
        ("true" + " " * LONGEST, 1, 1, "characters"),
    ],
)
def test_what_is_no_condition_on_such_a_claim_is_refused_with_its_place(condition, line, column, said):
    with pytest.raises(BadExpression) as refused:
        compile_condition(condition, "professional", "claim")
    fault = refused.value.faults[0]
    assert (fault.line, fault.column) == (line, column)
    assert said in fault.message


@pytest.mark.parametrize(
    "condition",
    [
        "claim.id.matches('(a+)+$')",
        "matches(claim.id, '(a+)+$')",
        "claim.lines.map(one, one.units).size() > 0",
        "claim.id + claim.id == ''",
        "dyn(claim.id) + dyn(claim.id) == ''",
        "[claim.lines] + [claim.lines] != [claim.lines]",
        "claim.condition_codes + claim.condition_codes == ['a']",
        "[claim.id, claim.id].exists(a, [a, a].exists(b, b == ''))",
        "(true ? [claim.id] : [claim.id]).exists(a, a == '')",
        "[1, 'a'].exists(a, a == 1)",
        "[1, 'a'][1] == 1",
        "{'a': claim.id}['a'] == ''",
        "claim.lines.all(a, claim == claim)",
        "claim.lines.all(a, a in claim.lines)",
        "revcycle.Note{text: claim.id}.text == ''",
    ],
)
def test_what_could_grow_without_bounds_is_refused(condition):
    with pytest.raises(BadExpression):
        compile_condition(condition, "professional", "claim")


@pytest.mark.parametrize(
    "condition",
    [
        "claim.lines.exists(a, claim.lines.exists(b, b.number > a.number))",
        "line.modifiers.exists(a, line.modifiers.exists(b, a != b))",
        "claim.lines.exists(a, claim.diagnoses.exists(b, b.code == ''))",
    ],
)
def test_a_condition_on_each_line_does_not_walk_a_walk(condition):
    with pytest.raises(BadExpression):
        compile_condition(condition, "professional", "line")


def test_a_condition_on_each_line_goes_into_its_parts_and_looks_at_the_other_lines_of_a_claim_of_usual_length():
    inner = "line.adjudications.exists(a, a.adjustments.exists(b, b.reason == '97'))"
    others = "claim.lines.exists(a, a.number != line.number && a.procedure == line.procedure)"
    assert places(inner, CLAIM.build(), "line") == []
    twice = a_professional_claim().with_lines(a_professional_line("99213"), a_professional_line("99213"))
    assert places(others, twice.build(), "line") == [0, 1]
    line = an_outpatient_claim().build().lines[0]
    lines = tuple(line.model_copy(update={"number": number}) for number in range(1, 102))
    longer = an_outpatient_claim().build().model_copy(update={"lines": lines})
    assert places(inner, longer, "line") == []
    assert len(places("line.number > 0", longer, "line")) == 101
    with pytest.raises(EvaluationFailed):
        places(others, longer, "line")


def test_a_run_ends_by_itself():
    line = an_outpatient_claim().build().lines[0]
    lines = tuple(line.model_copy(update={"number": number}) for number in range(1, 1000))
    claim = an_outpatient_claim().build().model_copy(update={"lines": lines})
    assert holds("claim.lines.all(a, a.number > 0)", claim)
    with pytest.raises(EvaluationFailed):
        holds("claim.lines.all(a, claim.lines.all(b, a.number - b.number < 1000))", claim)


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ("claim.lines[7].units > 1.0", "not to be decided"),
        ("claim.total_charge_cents / (claim.total_charge_cents - 42550) == 1", "invalid argument"),
        ("9223372036854775807 + claim.total_charge_cents > 0", "out of range"),
        ("timestamp(claim.id) == today", "invalid argument"),
    ],
)
def test_a_condition_that_cannot_be_decided_says_so_without_a_word_of_the_claim(condition, reason):
    with pytest.raises(EvaluationFailed) as failed:
        holds(condition)
    assert failed.value.reason == reason


def test_one_side_of_an_or_may_fail_where_the_other_decides():
    assert holds("claim.lines.size() > 1 || claim.lines[7].units > 1.0")
