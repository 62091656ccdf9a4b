from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from services.encoder.domain.guidelines.rules import GuidelineFinding
from services.encoder.domain.queue.holds import QUERY_OPEN
from services.encoder.domain.queue.rules import TouchlessPolicy
from services.encoder.domain.queue.touchless import codes_read, is_drawn, touchless_decision
from services.encoder.domain.reading.suggestions import Evidence, Ground, LeftOut, Reading, Suggestion
from services.encoder.domain.reading.traits import Section, Trait
from tests.services.encoder.domain.queue.test_leases_and_holds import a_hold
from tests.services.encoder.domain.test_charts import a_chart

POLICY = TouchlessPolicy(enabled=True, work_types=("inpatient",), confidence=Decimal("0.9"))
WORDS = Evidence(document="DOC-1", start=0, end=9, text="Pneumonia", section=Section.DIAGNOSES)
UNFINISHED = LeftOut(text="hip replacement", trait=Trait.PRESENT, reason="procedure_incomplete", evidence=(WORDS,))
FINDING = GuidelineFinding(
    rule="excludes1.pair",
    version=1,
    severity="error",
    message="These exclude one another.",
    citation="I.A.12.a",
    pointer="/diagnoses/1",
    codes=("J189",),
)


def read(code: str = "J189", **fields: Any) -> Suggestion:
    known: dict[str, Any] = {"code": code, "system": "icd10cm", "trait": Trait.PRESENT, "evidence": (WORDS,)}
    known |= {"confidence": 0.97, "present_on_admission": "Y"}
    return Suggestion.model_validate(known | fields)


def a_reading(*suggestions: Suggestion, left_out: tuple[LeftOut, ...] = ()) -> Reading:
    return Reading.model_construct(suggestions=suggestions, left_out=left_out, releases=())


SURE = a_reading(read(principal=True), read("I10"))


def refusals(**changes: Any) -> list[str]:
    given: dict[str, Any] = {"chart": a_chart(), "reading": SURE, "findings": (), "policy": POLICY} | changes
    return [refusal.reason for refusal in touchless_decision(**given).refusals]


def test_a_chart_that_is_sure_and_clean_needs_no_coder():
    assert touchless_decision(a_chart(), SURE, (), POLICY).accepted


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"policy": TouchlessPolicy(work_types=("inpatient",))}, "not_wanted"),
        ({"policy": POLICY.model_copy(update={"work_types": ("professional",)})}, "not_wanted"),
        ({"policy": POLICY.model_copy(update={"value_below": Decimal("7622.50")})}, "too_dear"),
        ({"chart": a_chart().held(a_hold())}, "held"),
        ({"chart": a_chart().held(a_hold(reason=QUERY_OPEN))}, "open_query"),
        ({"chart": a_chart(discharged=False)}, "still_in_house"),
        ({"chart": a_chart(revision=2)}, "came_back"),
        ({"reading": a_reading()}, "nothing_read"),
        ({"reading": a_reading(read(), read("I10"))}, "no_principal"),
        ({"reading": a_reading(read(principal=True), read("I10", confidence=0.89))}, "unsure"),
        ({"reading": a_reading(read(principal=True), read("I10", suggester="in-house"))}, "by_a_model"),
        ({"reading": a_reading(read(principal=True), read("0BH17EZ", system="icd10pcs"))}, "procedure"),
        ({"reading": a_reading(read(principal=True), left_out=(UNFINISHED,))}, "procedure"),
        ({"reading": a_reading(read(principal=True), read("I10", present_on_admission=None))}, "unclear_poa"),
        ({"findings": (FINDING,)}, "finding"),
    ],
)
def test_one_thing_against_it_is_enough(changes: dict[str, Any], reason: str):
    assert refusals(**changes) == [reason]


def test_an_exempt_code_needs_no_indicator_nor_does_a_visit():
    exempt = read("Z794", present_on_admission=None, present_on_admission_ground=Ground(basis="exempt"))
    assert refusals(reading=a_reading(read(principal=True), exempt)) == []
    visit = a_reading(read(principal=True, present_on_admission=None))
    policy = POLICY.model_copy(update={"work_types": ("outpatient",)})
    assert refusals(chart=a_chart(work_type="outpatient"), reading=visit, policy=policy) == []


def test_the_bar_itself_is_high_enough():
    assert refusals(reading=a_reading(read(principal=True, confidence=0.9))) == []


def test_the_draw_for_audit_repeats_and_comes_near_its_share():
    """Of 2,000 charts at a tenth, 200 with a standard deviation of 13."""
    drawn = [chart for chart in map(str, range(2000)) if is_drawn(chart, POLICY)]
    assert drawn == [chart for chart in map(str, range(2000)) if is_drawn(chart, POLICY)]
    assert 140 < len(drawn) < 260
    other = POLICY.model_copy(update={"seed": "another"})
    assert drawn != [chart for chart in map(str, range(2000)) if is_drawn(chart, other)]


@pytest.mark.parametrize(("share", "audited"), [(Decimal(0), False), (Decimal(1), True)])
def test_none_or_all_are_drawn(share: Decimal, audited: bool):
    policy = POLICY.model_copy(update={"audited_share": share})
    assert touchless_decision(a_chart(), SURE, (), policy).audited is audited


def test_codes_are_set_as_a_coder_sets_them():
    reading = a_reading(read("W0110XA"), read("I10", confidence=0.99, present_on_admission=None), read(principal=True))
    stay = codes_read(reading, inpatient=True, professional=False)
    assert [(one.code, one.poa) for one in stay.diagnoses] == [("J189", "Y"), ("I10", None)]
    assert [one.code for one in stay.external_causes] == ["W0110XA"]
    visit = codes_read(reading, inpatient=False, professional=True)
    assert [(one.code, one.poa) for one in visit.diagnoses] == [("J189", None), ("I10", None), ("W0110XA", None)]
