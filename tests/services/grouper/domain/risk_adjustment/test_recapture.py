"""What has become of last year's categories; nothing is named that was neither known then nor is reported now."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.services.grouper.domain.risk_adjustment.people import V24, V28, a_diagnosis, score_of

Outcomes = list[tuple[str, str, tuple[str, ...]]]


def outcomes_of(*diagnoses: str | dict[str, Any], last_year: dict[str, Any], model: str = V28) -> Outcomes:
    scored = score_of(model, *diagnoses, last_year=last_year)
    assert scored.recapture is not None
    return [(one.hcc, one.outcome, one.outranked_by) for one in scored.recapture]


def known(*hccs: str, model: str = V28) -> dict[str, Any]:
    return {"hccs": [{"model": model, "hcc": hcc} for hcc in hccs]}


def test_kept_not_yet_documented_and_new() -> None:
    # E11.22 is HCC 37, I50.9 HCC 226.
    assert outcomes_of("E11.22", "I50.9", last_year=known("37", "238")) == [
        ("37", "kept", ()),
        ("238", "not-yet-documented", ()),
        ("226", "new", ()),
    ]


def test_a_milder_category_is_covered_by_a_more_severe_one() -> None:
    assert outcomes_of("E11.22", last_year=known("38")) == [("38", "outranked", ("37",)), ("37", "new", ())]


def test_a_more_severe_category_is_not_covered_by_a_milder_one() -> None:
    assert outcomes_of("E11.9", last_year=known("37")) == [("37", "not-yet-documented", ()), ("38", "new", ())]


def test_last_years_diagnoses_are_counted_as_last_years() -> None:
    last = {"diagnoses": [a_diagnosis("E11.22", 2025), a_diagnosis("E11.9", 2025), a_diagnosis("I48.91", 2026)]}
    scored = score_of(V28, "E11.9", last_year=last)
    assert scored.recapture is not None
    # HCC 38 was dropped by 37 last year; I48.91 is a service of 2025 and was none of last year's.
    assert [(one.hcc, one.outcome) for one in scored.recapture] == [("37", "not-yet-documented"), ("38", "new")]
    assert [one.pointer for one in scored.recapture[0].last_diagnoses] == ["/last_year/diagnoses/0/code"]


def test_categories_are_compared_within_their_model() -> None:
    scored = score_of(V24, "E11.22", last_year=known("18", model=V24))
    assert scored.recapture is not None
    assert [(one.hcc, one.outcome) for one in scored.recapture] == [("18", "kept")]


def test_nothing_of_last_year_is_no_recapture() -> None:
    assert score_of(V28, "E11.22").recapture is None


_CODES = st.lists(st.sampled_from(["E11.00", "E11.22", "E11.9", "I50.9", "I50.23", "I48.91", "J44.9", "N18.4", "I10"]))


@settings(max_examples=60, deadline=None)
@given(now=_CODES, last=st.sets(st.sampled_from(["36", "37", "38", "224", "226", "238", "280", "327", "155"])))
def test_every_category_is_of_last_year_or_of_this_years_diagnoses(now: list[str], last: set[str]) -> None:
    scored = score_of(V28, *now, last_year=known(*sorted(last)))
    this_year = {one.hcc for one in scored.hccs}
    assert scored.recapture is not None
    assert {one.hcc for one in scored.recapture} == last | this_year
    assert {one.hcc for one in scored.recapture if one.outcome == "kept"} == last & this_year
    assert {one.hcc for one in scored.recapture if one.outcome == "new"} == this_year - last
