"""Risk scores worked by hand from the relative factors that CMS publishes with its rate announcements.

Factors: V28, Announcement of CY 2024 MA rates, table VII-1 (model software C2824T2N); V24, Announcement of CY 2020 MA
rates (C2419P1M). Those of 1.286 and 1.250 were also scored with CMS's own software by others.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.services.grouper.domain.risk_adjustment.people import RX, V24, V28, components_of, score_of, scores_of


def test_diabetes_and_heart_failure_add_their_interaction() -> None:
    # E11.22 is HCC 37, I50.9 HCC 226.
    # F65_69 0.330 + HCC37 0.166 + HCC226 0.360 + DIABETES_HF 0.112 = 0.968; two payment HCCs add 0.
    scored = score_of(V28, "E11.22", "I50.9")
    assert (scored.segment.code, [one.hcc for one in scored.hccs]) == ("CNA", ["37", "226"])
    assert components_of(scored) == {
        "CNA_F65_69": "0.33",
        "CNA_HCC37": "0.166",
        "CNA_HCC226": "0.36",
        "CNA_DIABETES_HF_V28": "0.112",
        "CNA_D2": "0",
    }
    assert (scored.demographic, scored.disease, scored.raw) == (Decimal("0.330"), Decimal("0.638"), Decimal("0.968"))


def test_the_adjusted_score_is_rounded_at_each_step() -> None:
    # 0.968 / 1.067 = 0.90722, 0.907; 0.907 × (1 - 0.059) = 0.853487, 0.853. V28 alone pays in 2026.
    scores = scores_of("E11.22", "I50.9")
    [scored] = scores.models
    assert scored.adjusted is not None
    assert (scored.adjusted.normalized, scored.adjusted.score) == (Decimal("0.907"), Decimal("0.853"))
    assert scores.blended is not None
    assert scores.blended.score == Decimal("0.853")


def test_two_models_pay_in_2025_by_their_shares() -> None:
    # V24: 0.323 + HCC18 0.302 + HCC85 0.331 + DIABETES_CHF 0.121 = 1.077; / 1.153 = 0.934; × 0.941 = 0.879.
    # V28: 0.968 / 1.045 = 0.926; × 0.941 = 0.871366, 0.871. Blend: 0.33 × 0.879 + 0.67 × 0.871 = 0.87364.
    scores = scores_of("E11.22", "I50.9", payment_year=2025)
    assert {one.model: (str(one.raw), one.share) for one in scores.models} == {V24: ("1.077", 33), V28: ("0.968", 67)}
    assert scores.blended is not None
    assert scores.blended.score == Decimal("0.87364")


@pytest.mark.parametrize(
    ("diagnoses", "person", "segment", "raw"),
    [
        # M70_74 0.396 + HCC37 0.166 + HCC226 0.360 + HCC228 0.252 + DIABETES_HF 0.112
        (("E11.69", "I50.30", "I50.9", "I21.11"), {"age": 70, "sex": "M"}, "CNA", "1.286"),
        # F45_54 0.340 + HCC37 0.191 + HCC226 0.442 + HCC228 0.254 + DIABETES_HF 0.023
        (("E11.69", "I50.30", "I21.11", "I21.09"), {"age": 45, "orec": "1"}, "CND", "1.250"),
        # F65_69 0.330 + HCC37 0.166 + HCC48 0.186 + HCC226 0.360 + HCC238 0.299 + HCC280 0.319 + DIABETES_HF 0.112
        # + HF_HCC238 0.077 + HF_CHR_LUNG 0.078 + D5 0.050
        (("E11.22", "E66.01", "I50.9", "I48.91", "J44.9"), {}, "CNA", "1.977"),
        # M75_79 0.714 + OriginallyDisabled_Male 0.158 + HCC38 0.186
        (("E11.9",), {"age": 76, "sex": "M", "orec": "1", "dual_status": "02"}, "CFA", "1.058"),
        # F85_89 0.750 + LTIMCAID 0.130 + HCC38 0.280 + HCC226 0.217 + DIABETES_HF 0.209
        (("E11.9", "I50.9"), {"age": 88, "institutional": True, "dual_status": "04"}, "INS", "1.586"),
        # M60_64 0.917 + HCC226 0.217 + DISABLED_HF 0.488
        (("I50.9",), {"age": 61, "sex": "M", "orec": "1", "institutional": True}, "INS", "1.622"),
        # NE_MCAID_ORIGDIS_NEF65 1.599: what is documented does not count
        (("I50.9",), {"age": 65, "orec": "1", "dual_status": "01", "new_enrollee": True}, "NE", "1.599"),
        # NE_NMCAID_NORIGDIS_NEF65 0.532: one of 64 who comes by age is counted as 65
        ((), {"age": 64, "new_enrollee": True}, "NE", "0.532"),
        # NE_NMCAID_NORIGDIS_NEF60_64 1.212: one of 64 who comes by end-stage renal disease is not
        ((), {"age": 64, "orec": "2", "new_enrollee": True}, "NE", "1.212"),
        # SNPNE_NMCAID_ORIGDIS_NEF65 1.708; a new enrollee in an institution is scored as a new enrollee
        (
            (),
            {"age": 65, "orec": "1", "new_enrollee": True, "chronic_condition_snp": True, "institutional": True},
            "SNPNE",
            "1.708",
        ),
    ],
)  # fmt: skip
def test_v28_by_segment(diagnoses: tuple[str, ...], person: dict[str, object], segment: str, raw: str) -> None:
    scored = score_of(V28, *diagnoses, **person)
    assert (scored.segment.code, str(scored.raw)) == (segment, raw)


def test_what_a_new_enrollee_has_documented_is_said_not_to_count() -> None:
    scored = score_of(V28, "I50.9", new_enrollee=True)
    assert [(one.hcc, one.coefficient) for one in scored.hccs] == [("226", None)]
    assert "diagnoses" in [one.what for one in scored.left_out]


def test_a_severe_category_drops_the_milder_and_says_so() -> None:
    # Table of the V28 hierarchies: 36 drops 37 and 38, 37 drops 38.
    scored = score_of(V28, "E11.00", "E11.22", "E11.9")
    assert [one.hcc for one in scored.hccs] == ["36"]
    assert [(one.hcc, one.dropped_by) for one in scored.dropped] == [("37", ("36",)), ("38", ("36",))]
    assert [one.code for one in scored.dropped[1].diagnoses] == ["E119"]
    assert scored.raw == Decimal("0.496")  # 0.330 + HCC36 0.166


def test_a_heart_assist_device_counts_beside_heart_failure_only() -> None:
    # Model software V28, macro V28115: HCC 223 stands with one of 221, 222, 224, 225 and 226.
    alone, together = score_of(V28, "T82.522A"), score_of(V28, "T82.522A", "I50.23")
    assert [(one.hcc, one.dropped_by) for one in alone.dropped] == [("223", ())]
    assert alone.hccs == ()
    assert [one.hcc for one in together.hccs] == ["223"]
    assert [(one.hcc, one.dropped_by) for one in together.dropped] == [("224", ("223",))]


def test_2027_is_paid_by_the_factors_of_2026_and_its_normalization_is_not_carried() -> None:
    # CMS, 2027 Initial Model Software V2826.115.T2 holds C2824T2N: 0.968 as in 2026. The proposal is not used.
    scores = scores_of("E11.22", "I50.9", payment_year=2027)
    [scored] = scores.models
    assert (scored.raw, scored.adjusted, scores.blended) == (Decimal("0.968"), None, None)
    assert scored.factors is not None
    assert "2026" in scored.factors
    assert [one.what for one in scored.left_out] == ["normalization", "coding-adjustment", "frailty"]
    assert ("hcc.coefficients", "PY2026") in [(one.table, one.release) for one in scores.releases]


@pytest.mark.parametrize("year", [2025, 2026, 2027])
def test_rxhcc_has_categories_and_hierarchies_and_no_number(year: int) -> None:
    # RxHCC 30 (diabetes with complications) drops 31: R08X84H1.
    scored = score_of(RX, "E11.22", "E11.9", payment_year=year)
    assert [one.hcc for one in scored.hccs] == ["30"]
    assert [(one.hcc, one.dropped_by) for one in scored.dropped] == [("31", ("30",))]
    assert (scored.raw, scored.components, scored.segment.code) == (None, (), "Rx_CE_NoLowAged")
    assert [one.what for one in scored.left_out] == ["relative-factors"]


def test_every_category_names_the_diagnoses_that_gave_it() -> None:
    scored = score_of(V28, "E11.22", {"code": "e11.69", "service_date": "2025-11-03"}, "E1122")
    [category] = scored.hccs
    assert category.label == "Diabetes with Chronic Complications"
    assert [(one.pointer, one.code, str(one.service_date)) for one in category.diagnoses] == [
        ("/diagnoses/0/code", "E1122", "2025-06-02"),
        ("/diagnoses/1/code", "E1169", "2025-11-03"),
        ("/diagnoses/2/code", "E1122", "2025-06-02"),
    ]


def test_nothing_documented_is_scored_by_age_and_sex() -> None:
    scored = score_of(V28)
    assert (scored.raw, scored.disease, scored.hccs) == (Decimal("0.330"), Decimal("0.000"), ())
