"""Our tables and segments against `hccinfhir` with its own tables, on people and diagnoses made at random.

The library's segments are right for people outside ESRD status who are not both new and institutional; there the two
must agree on the categories, before and after hierarchies, and on the score.
"""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest
from hccinfhir import HCCInFHIR
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.runtime import embedded_tables
from shared.tables import CodeSets, hcc
from tests.services.grouper.domain.risk_adjustment.people import V24, V28, score_of

SERVICE, REPORTED = date(2025, 12, 31), date(2025, 6, 2)
NAMES = {V24: "CMS-HCC Model V24", V28: "CMS-HCC Model V28"}


@cache
def the_library(model: str) -> HCCInFHIR:
    return HCCInFHIR(model_name=NAMES[model])


@cache
def some_codes(model: str) -> list[str]:
    """Every seventh code that the model counts and that stood on the day of the profiles, and a few others."""
    tables = embedded_tables().current()
    store, code_sets = tables.on(hcc.DIAGNOSES, SERVICE).store, CodeSets(tables)
    counted = sorted(key for key, rows in store.items() if any(row.model == model for row in rows))
    valid = [code for code in counted if code_sets.is_valid("icd10cm", code, REPORTED)]
    return [*valid[::7], "I10", "Z0000", "E785"]


@pytest.mark.parametrize("model", [V24, V28])
@settings(max_examples=40, deadline=None)
@given(draw=st.data())
def test_scores_agree_with_the_library(model: str, draw: st.DataObject) -> None:
    codes = draw.draw(st.lists(st.sampled_from(some_codes(model)), max_size=12))
    age = draw.draw(st.integers(18, 100))
    orec = draw.draw(st.sampled_from("0123" if age >= 65 else "1"))
    is_new = draw.draw(st.booleans()) and orec in "01"
    person = {
        "age": age,
        "sex": draw.draw(st.sampled_from("FM")),
        "orec": orec,
        "new_enrollee": is_new,
    }
    dual = draw.draw(st.sampled_from(["00", "01", "02", "03", "04", "05", "06", "08"]))
    institutional = draw.draw(st.booleans()) and not is_new
    ours = score_of(model, *codes, **person, dual_status=dual, institutional=institutional)
    theirs = the_library(model).calculate_from_diagnosis(codes, **person, dual_elgbl_cd=dual, lti=institutional)
    kept, found = {one.hcc for one in ours.hccs}, {one.hcc for one in (*ours.hccs, *ours.dropped)}
    assert kept == set(theirs.hcc_list)
    assert found == set(theirs.cc_to_dx)
    assert float(ours.raw or 0) == pytest.approx(theirs.risk_score, abs=1e-9)
    if "223" not in found:  # the model's exception to its hierarchies
        assert kept == hcc.after_hierarchies(embedded_tables().current(), model, found, SERVICE)
