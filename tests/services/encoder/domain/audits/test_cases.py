"""The states of an audit's case, and the figures of many."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from services.encoder.domain.audits.accuracy import accuracy
from services.encoder.domain.audits.cases import AuditCase, EducationNote, RebuttalDecision
from services.encoder.domain.audits.comparing import Count, Family
from services.encoder.domain.audits.plans import DrawnChart
from services.encoder.domain.audits.worth import Categories, Grouped, Worth
from services.encoder.domain.coding import ChartCodes
from services.encoder.errors import (
    AuditCaseClosed,
    AuditCaseNotYours,
    AuditCaseUncoded,
    NoteMisplaced,
    OwnCodingAudited,
)
from tests.services.encoder.domain.audits.test_comparing import codes
from tests.services.encoder.domain.audits.test_plans import a_finished

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


def a_case(coded: ChartCodes | None = None, *, coder: str = "ana", **chart: Any) -> AuditCase:
    drawn = DrawnChart(chart=a_finished("c1", coder, **chart), stratum=coder, reason="random", rank=1)
    return AuditCase(id="a1", audit_id="A", drawn=drawn, blind=True, coded=coded or codes("J189", "N179"))


def concluded(coded: ChartCodes, audited: ChartCodes, worth: Worth | None = None, **of: Any) -> AuditCase:
    case = a_case(coded, **of).taken_by("eva").audited_by("eva", audited).concluded("eva", (), AT)
    return case if worth is None else case.valued(worth)


def a_decision(*, upheld: bool, by: str = "lead") -> RebuttalDecision:
    return RebuttalDecision(upheld=upheld, text="Seen again.", by=by, at=AT)


def test_a_case_goes_from_drawn_to_closed_one_version_a_step() -> None:
    case = a_case()
    steps = [case.taken_by("eva")]
    steps.append(steps[-1].audited_by("eva", codes("A419", "J189")))
    steps.append(steps[-1].concluded("eva", (EducationNote(difference=0, text="Sepsis was present."),), AT))
    steps.append(steps[-1].rebutted_by("ana", "There were no signs of it.", AT))
    steps.append(steps[-1].decided(a_decision(upheld=False), None))
    assert [step.status for step in steps] == ["in_review", "in_review", "concluded", "rebutted", "closed"]
    assert [step.version for step in steps] == [2, 3, 4, 5, 6]


def test_nobody_audits_or_decides_on_his_own_coding() -> None:
    with pytest.raises(OwnCodingAudited):
        a_case(coder="eva").taken_by("eva")
    rebutted = concluded(codes("J189"), codes("A419")).rebutted_by("ana", "No.", AT)
    with pytest.raises(OwnCodingAudited):
        rebutted.decided(a_decision(upheld=True, by="ana"), None)


def test_a_case_is_one_auditors() -> None:
    taken = a_case().taken_by("eva")
    assert taken.taken_by("eva") is taken
    with pytest.raises(AuditCaseNotYours):
        taken.taken_by("tom")
    with pytest.raises(AuditCaseNotYours):
        taken.audited_by("tom", codes("J189"))
    with pytest.raises(AuditCaseUncoded):
        taken.concluded("eva", (), AT)


def test_only_the_coder_objects_and_only_once() -> None:
    case = concluded(codes("J189"), codes("A419"))
    with pytest.raises(AuditCaseNotYours):
        case.rebutted_by("ben", "Not so.", AT)
    decided = case.rebutted_by("ana", "Not so.", AT).decided(a_decision(upheld=False), None)
    with pytest.raises(AuditCaseClosed):
        decided.rebutted_by("ana", "Still not so.", AT)
    with pytest.raises(AuditCaseClosed):
        case.decided(a_decision(upheld=True), None)


def test_an_upheld_rebuttal_is_compared_again() -> None:
    rebutted = concluded(codes("J189", "N179"), codes("A419", "J189")).rebutted_by("ana", "No.", AT)
    as_coded = rebutted.decided(a_decision(upheld=True), None)
    assert as_coded.comparison is not None
    assert as_coded.comparison.record_right
    in_part = rebutted.decided(a_decision(upheld=True), codes("J189", "N179", "I10"))
    assert in_part.comparison is not None
    assert in_part.comparison.codes == Count(should=3, right=2)


def test_a_note_names_a_difference_that_there_is() -> None:
    case = a_case().taken_by("eva").audited_by("eva", codes("J189", "N179"))
    with pytest.raises(NoteMisplaced):
        case.concluded("eva", (EducationNote(difference=0, text="Look again."),), AT)


def test_a_blind_case_shows_neither_coder_nor_codes_until_it_is_concluded() -> None:
    case = a_case().taken_by("eva")
    shown = case.seen_by("eva")
    assert (shown.coded, shown.coder, shown.drawn.stratum) == (ChartCodes(), "hidden", "")
    done = case.audited_by("eva", codes("J189")).concluded("eva", (), AT)
    assert done.seen_by("eva") is done


def worth(coded: tuple[str, str], audited: tuple[str, str], *categories: tuple[str, ...]) -> Worth:
    of = [Grouped(drg=drg, payment=Decimal(payment)) for drg, payment in (coded, audited)]
    counted = Categories(model="CMS-HCC V28", coded=categories[0], audited=categories[1]) if categories else None
    return Worth(coded=of[0], audited=of[1], categories=counted)


def test_accuracy_is_told_by_code_by_record_by_drg_and_by_category() -> None:
    cases = [
        concluded(codes("J189", "N179"), codes("J189", "N179"), worth(("193", "9000.00"), ("193", "9000.00"))),
        concluded(
            codes("J189", "N179"),
            codes("A419", "J189"),
            worth(("194", "6000.00"), ("871", "11000.50"), ("2", "38"), ("2", "37")),
        ),
        concluded(codes("A419", "J189", "I10"), codes("J189", "I10"), worth(("871", "11000.00"), ("194", "6000.00"))),
        a_case(),
    ]
    [ana] = accuracy(cases, "coder")
    assert (ana.of, ana.records, ana.records_right, ana.record_accuracy) == ("ana", 3, 1, Decimal("0.3333"))
    # right of those that should be there: 2 of 2, 0 of 2, 1 of 2 (I10; J189 stood second and belongs first)
    assert ana.codes == Count(should=6, right=3, extra=2)
    assert ana.code_accuracy == Decimal("0.5000")
    assert ana.families[Family.PRINCIPAL] == Count(should=3, right=1)
    assert (ana.drgs, ana.drgs_right, ana.drg_accuracy) == (3, 1, Decimal("0.3333"))
    assert (ana.categories, ana.category_accuracy) == (Count(should=2, right=1, extra=1), Decimal("0.5000"))
    assert (ana.underpaid, ana.overpaid, ana.payment_change) == (
        Decimal("5000.50"),
        Decimal("5000.00"),
        Decimal("0.50"),
    )
    assert len(ana.cases) == 3


def test_accuracy_by_month_is_a_trend_and_open_cases_do_not_count() -> None:
    right, wrong = codes("J189"), codes("A419")
    cases = [
        concluded(right, right, finalized_at=datetime(2026, 10, 30, tzinfo=UTC)),
        concluded(right, wrong, finalized_at=datetime(2026, 11, 3, tzinfo=UTC)),
        a_case(finalized_at=datetime(2026, 9, 3, tzinfo=UTC)),
    ]
    assert {one.of: one.code_accuracy for one in accuracy(cases, "month")} == {
        "2026-10": Decimal("1.0000"),
        "2026-11": Decimal("0.0000"),
    }


def test_a_visit_without_drg_counts_for_none() -> None:
    [figure] = accuracy([concluded(codes("J189"), codes("J189"), Worth(coded=Grouped(), audited=Grouped()))], "all")
    assert (figure.drgs, figure.drg_accuracy, figure.payment_change) == (0, None, Decimal("0.00"))
