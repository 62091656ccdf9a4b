"""People in ESRD status, worked by hand from CMS's relative factors.

V24: Announcement of CY 2023 MA rates (model software D2423T2M); V21: Announcement of CY 2020 MA rates (D2117P2R).
The engine's own segments would give several of these people no score, or another model's.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.services.grouper.domain.risk_adjustment.people import ESRD_V21, ESRD_V24, components_of, score_of, scores_of

DIALYSIS: dict[str, Any] = {"esrd": {}}


def a_graft(months: int) -> dict[str, Any]:
    return {"esrd": {"months_since_transplant": months}}


@pytest.mark.parametrize(
    ("diagnoses", "person", "segment", "raw"),
    [
        # DI_M70_74 0.551 + Originally_ESRD_Male 0.017
        ((), {**DIALYSIS, "age": 70, "sex": "M", "orec": "2"}, "DI", "0.568"),
        # DI_F70_74 0.624 + FBDual_Female_Aged 0.060 + LTI_Aged 0.020: entitled by age, and in ESRD status all the same
        ((), {**DIALYSIS, "age": 70, "dual_status": "02", "institutional": True}, "DI", "0.704"),
        # DNE_ND_PBD_NORIGDIS_NEF35_44
        ((), {**DIALYSIS, "age": 40, "orec": "2", "new_enrollee": True}, "DNE", "0.747"),
        # DNE_ND_PBD_ORIGDIS_NEF35_44: disabled people are told apart under 65 too
        ((), {**DIALYSIS, "age": 40, "orec": "1", "new_enrollee": True}, "DNE", "0.938"),
        # DNE_ND_PBD_NORIGDIS_NEF85_GT
        ((), {**DIALYSIS, "age": 91, "new_enrollee": True}, "DNE", "0.963"),
        # TRANSPLANT_KIDNEY_ONLY_1M, whatever is documented
        (("I50.9",), a_graft(1), "TRANSPLANT", "5.985"),
        (("I50.9",), a_graft(3), "TRANSPLANT", "0.941"),
        # GFA_F65_69 0.402 + HCC48 0.240 (D66 of a woman) + FGC_GE65_DUR4_9_FBD 2.605
        (("D66",), {**a_graft(6), "dual_status": "02"}, "GFA", "3.247"),
        # GI_M70_74 1.265 + FGI_GE65_DUR10PL_ND_PBD 0.905 + FGI_PBD_GE65_flag 0.162 + LTI_GE65 0.955
        ((), {**a_graft(12), "age": 70, "sex": "M", "dual_status": "01", "institutional": True}, "GI", "3.287"),
        # (GNE_FBD_NORIGDIS_G_NEF67 0.996 + FGC_GE65_DUR4_9_FBD 2.605) / ActAdj_DUR4_9 0.905
        ((), {**a_graft(6), "dual_status": "02", "new_enrollee": True}, "GNE", "3.979"),
    ],
)
def test_v24(diagnoses: tuple[str, ...], person: dict[str, Any], segment: str, raw: str) -> None:
    scored = score_of(ESRD_V24, *diagnoses, **person)
    assert (scored.segment.code, str(scored.raw)) == (segment, raw)


@pytest.mark.parametrize(
    ("diagnoses", "person", "segment", "raw"),
    [
        # DI_M70_74 0.611 + Originally_ESRD_Male -0.049 + MCAID_Male_Aged 0.122
        ((), {**DIALYSIS, "age": 70, "sex": "M", "orec": "3", "dual_status": "01"}, "DI", "0.684"),
        # DNE_NMCAID_NORIGDIS_NEF35_44
        ((), {**DIALYSIS, "age": 40, "orec": "2", "new_enrollee": True}, "DNE", "0.793"),
        # GC_F65_69 0.291 + MCAID_Female_Aged 0.275 + HCC48 0.234 + GE65_DUR4_9 2.562
        (("D66",), {**a_graft(6), "dual_status": "02"}, "GC", "3.362"),
        # GI_M35_44 0.956 + MCAID 0.074 + LT65_DUR10PL 0.840
        (
            (),
            {**a_graft(12), "age": 40, "sex": "M", "orec": "2", "dual_status": "01", "institutional": True},
            "GI",
            "1.870",
        ),
        # GNE_MCAID_NORIGDIS_G_NEF67 0.919 + GE65_DUR4_9 2.562
        ((), {**a_graft(6), "dual_status": "01", "new_enrollee": True}, "GNE", "3.481"),
        # TRANSPLANT_KIDNEY_ONLY_2M
        ((), a_graft(2), "TRANSPLANT", "0.895"),
    ],
)
def test_v21(diagnoses: tuple[str, ...], person: dict[str, Any], segment: str, raw: str) -> None:
    scored = score_of(ESRD_V21, *diagnoses, **person)
    assert (scored.segment.code, str(scored.raw)) == (segment, raw)


def test_the_esrd_model_of_the_year_is_the_one_asked_by_itself() -> None:
    # Announcement of CY 2026: dialysis is normalised by 1.062. 0.624 / 1.062 = 0.58757, 0.588.
    scores = scores_of(age=70, **DIALYSIS)
    [scored] = scores.models
    assert (scored.model, scored.raw, scored.share, scores.blended) == (ESRD_V24, Decimal("0.624"), None, None)
    assert scored.adjusted is not None
    assert (scored.adjusted.normalization, scored.adjusted.normalized) == (Decimal("1.062"), Decimal("0.588"))
    # Whether the coding adjustment reaches dialysis is not carried: no number is put for it.
    assert (scored.adjusted.score, [one.what for one in scored.left_out]) == (None, ["coding-adjustment", "frailty"])


def test_a_functioning_graft_has_its_own_normalization() -> None:
    # GFA_F65_69 0.402 + FGC_GE65_DUR4_9_FBD 2.605 = 3.007; / 1.104 = 2.72373, 2.724
    [scored] = scores_of(**a_graft(4), dual_status="02").models
    assert scored.adjusted is not None
    assert (scored.raw, scored.adjusted.normalized) == (Decimal("3.007"), Decimal("2.724"))


def test_kidney_disease_does_not_count_under_esrd_v24() -> None:
    # Model software E2426.86: CC134 to CC137 are set to zero for everybody in ESRD status.
    scored = score_of(ESRD_V24, "N18.5", "I50.9", **DIALYSIS)
    assert [one.hcc for one in scored.hccs] == ["85"]
    assert [(one.hcc, one.dropped_by) for one in scored.dropped] == [("136", ())]


def test_the_actuarial_adjustment_is_shown() -> None:
    scored = score_of(ESRD_V24, **a_graft(10), new_enrollee=True)
    # (0.553 + 0.905) / 0.698 = 2.08883
    assert components_of(scored) == {"GNE_ND_PBD_NORIGDIS_G_NEF67": "0.553", "FGC_GE65_DUR10PL_ND_PBD": "0.905"}
    assert (str(scored.raw), scored.arithmetic) == ("2.089", "1.458 demographic ÷ 0.698 (ActAdj_DUR10PL) = 2.089")
