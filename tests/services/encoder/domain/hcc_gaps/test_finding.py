"""What risk adjustment and a chart disagree on; categories by CMS, 2027 Initial ICD-10-CM Mappings, model V28.

E11.9 and E11.65 count for 38, E11.21 for 37, which drops 38; I50.22 for 226; J44.9 for 280; M06.9 for 93; I10 for none.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.encoder.domain.hcc_gaps.answers import AskedGaps, HccGaps
from services.encoder.domain.hcc_gaps.finding import find_gaps
from services.encoder.domain.reading.passages import sentences
from services.encoder.domain.reading.suggestions import Evidence, LeftOut, Reading, Suggestion
from services.encoder.domain.reading.traits import Trait
from shared.tables import Tables

NOTE = "progress_note"


def asked(*texts: str, **fields: Any) -> AskedGaps:
    documents = [
        {"id": f"d{number}", "kind": NOTE, "title": "Note", "written_at": "2026-11-20T10:00:00Z", "text": text}
        for number, text in enumerate(texts)
    ]
    given = {"setting": "professional", "date": "2026-11-20", "documents": documents, **fields}
    return AskedGaps.model_validate_json(json.dumps(given))


def evidence(asked_gaps: AskedGaps, words: str) -> Evidence:
    for document in asked_gaps.documents:
        for sentence in sentences(document.text, document.kind):
            if words in sentence.text:
                start = sentence.start + sentence.text.index(words)
                end = start + len(words)
                return Evidence(document=document.id, start=start, end=end, text=words, section=sentence.section)
    raise AssertionError(f"no document says {words}")


def read_as(asked_gaps: AskedGaps, left_out: dict[str, tuple[str, Trait]] | None = None, **codes: str) -> Reading:
    """A reading that found these codes where the words stand."""
    suggestions = [
        Suggestion(
            code=code, system="icd10cm", trait=Trait.PRESENT, evidence=(evidence(asked_gaps, words),), confidence=0.9
        )
        for code, words in codes.items()
    ]
    left = [
        LeftOut(text=words, trait=trait, reason="negated", evidence=(evidence(asked_gaps, words),), codes=(code,))
        for code, (words, trait) in (left_out or {}).items()
    ]
    return Reading(suggestions=tuple(suggestions), left_out=tuple(left), releases=())


@pytest.fixture
def gaps(embedded_tables: Tables):
    def found(given: AskedGaps, reading: Reading) -> HccGaps:
        return find_gaps(given, reading, embedded_tables)

    return found


def test_a_documented_condition_that_counts_and_is_not_coded_is_a_gap_with_its_evidence(gaps) -> None:
    given = asked("Assessment:\nCOPD, stable on tiotropium.", codes=["I10"])
    found = gaps(given, read_as(given, J449="COPD", I10="stable"))
    [gap] = found.uncoded
    assert (found.model, found.release, gap.category.hcc) == ("CMS-HCC V28", "PY2027-initial", "280")
    assert [(each.code, each.evidence[0].text) for each in gap.diagnoses] == [("J449", "COPD")]


def test_a_relative_factor_names_its_variable_and_the_year_it_is_of(gaps) -> None:
    """CMS, factors of V28: HCC 280, community, non-dual, aged 0.319. Those of payment year 2027 are not carried."""
    given = asked("COPD.")
    factor = gaps(given, read_as(given, J449="COPD")).uncoded[0].category.factor
    assert (factor.variable, str(factor.value), factor.release) == ("CNA_HCC280", "0.319", "PY2026")


def test_a_category_that_another_code_counts_for_is_no_gap(gaps) -> None:
    given = asked("Type 2 diabetes.", codes=["E11.65"])
    assert gaps(given, read_as(given, E119="Type 2 diabetes")).uncoded == ()


def test_a_category_that_a_more_severe_code_drops_is_no_gap(gaps) -> None:
    given = asked("Type 2 diabetes.", codes=["E11.21"])
    assert gaps(given, read_as(given, E119="Type 2 diabetes")).uncoded == ()


def test_a_more_severe_category_than_the_coded_one_is_a_gap_that_drops_it(gaps) -> None:
    given = asked("Diabetic nephropathy.", codes=["E11.9"])
    [gap] = gaps(given, read_as(given, E1121="Diabetic nephropathy")).uncoded
    assert (gap.category.hcc, "38" in gap.drops) == ("37", True)


def test_what_another_encounter_of_the_year_reported_is_no_gap(gaps) -> None:
    given = asked("COPD.", reported_this_year=["J44.9"])
    assert gaps(given, read_as(given, J449="COPD")).uncoded == ()


def test_of_two_uncoded_categories_the_milder_is_said_to_be_dropped(gaps) -> None:
    given = asked("Diabetic nephropathy. Type 2 diabetes.")
    found = gaps(given, read_as(given, E1121="Diabetic nephropathy", E119="Type 2 diabetes")).uncoded
    assert {gap.category.hcc: gap.dropped_by for gap in found} == {"37": None, "38": "37"}


def test_what_was_counted_last_year_and_is_not_coded_is_told_with_its_evidence(gaps) -> None:
    given = asked("Chronic systolic heart failure, continue carvedilol.", reported_last_year=["I50.22"])
    [gap] = gaps(given, read_as(given, I5022="Chronic systolic heart failure")).not_recaptured
    assert (gap.category.hcc, gap.reported, gap.documented) == ("226", ("I5022",), True)
    assert gap.diagnoses[0].evidence[0].text == "Chronic systolic heart failure"


def test_without_evidence_last_years_category_is_said_to_be_undocumented(gaps) -> None:
    given = asked("Well visit.", reported_last_year=["J44.9"])
    [gap] = gaps(given, read_as(given)).not_recaptured
    assert (gap.documented, gap.diagnoses, gap.left_out) == (False, (), ())


def test_a_condition_of_last_year_that_is_now_denied_is_told_so(gaps) -> None:
    given = asked("No COPD.", reported_last_year=["J44.9"])
    [gap] = gaps(given, read_as(given, {"J449": ("COPD", Trait.ABSENT)})).not_recaptured
    assert (gap.documented, [each.text for each in gap.left_out]) == (False, ["COPD"])


def test_last_years_category_that_this_year_counts_for_is_recaptured(gaps) -> None:
    given = asked("Well visit.", codes=["E11.21"], reported_last_year=["E11.9"])
    assert gaps(given, read_as(given)).not_recaptured == ()


def test_a_coded_condition_that_no_document_names_has_no_support(gaps) -> None:
    given = asked("Well visit.", codes=["M06.9"])
    [support] = gaps(given, read_as(given)).without_support
    assert (support.code, support.finding, support.evidence) == ("M069", "not_documented", ())


def test_a_coded_condition_that_is_only_listed_has_no_support(gaps) -> None:
    given = asked("Assessment:\nRheumatoid arthritis\nHypertension, well controlled.", codes=["M06.9"])
    reading = read_as(given, M069="Rheumatoid arthritis", I10="Hypertension")
    [support] = gaps(given, reading).without_support
    assert (support.finding, support.meat) == ("mentioned", ())


@pytest.mark.parametrize(
    ("note", "letter", "words"),
    [
        ("Rheumatoid arthritis, monitored by rheumatology.", "monitored", "monitored"),
        ("Rheumatoid arthritis. Labs reviewed.", "evaluated", "Labs"),
        ("Rheumatoid arthritis, stable.", "assessed", "stable"),
        ("Rheumatoid arthritis, continue present dose.", "treated", "continue"),
    ],
)
def test_each_letter_of_meat_supports_a_coded_condition(gaps, note: str, letter: str, words: str) -> None:
    given = asked(note, codes=["M06.9"])
    [support] = gaps(given, read_as(given, M069="Rheumatoid arthritis")).with_support
    assert (letter, words) in [(each.letter, each.evidence.text) for each in support.meat]
    assert support.finding == "supported"


def test_a_drug_of_the_condition_supports_it_wherever_it_stands(gaps) -> None:
    given = asked("Assessment:\nRheumatoid arthritis", "Medications:\nMethotrexate 15 mg weekly", codes=["M06.9"])
    [support] = gaps(given, read_as(given, M069="Rheumatoid arthritis")).with_support
    assert [(each.letter, each.evidence.document, each.linked) for each in support.meat] == [("treated", "d1", True)]


@pytest.mark.parametrize("second", ["Allergies:\nMethotrexate", "Denies methotrexate.", "Mother takes methotrexate."])
def test_a_drug_that_the_patient_does_not_take_supports_nothing(gaps, second: str) -> None:
    given = asked("Assessment:\nRheumatoid arthritis", second, codes=["M06.9"])
    assert gaps(given, read_as(given, M069="Rheumatoid arthritis")).with_support == ()


def test_what_is_done_about_the_next_condition_supports_only_that(gaps) -> None:
    given = asked("Assessment:\n1. Rheumatoid arthritis\n2. COPD - continue inhaler", codes=["M06.9", "J44.9"])
    found = gaps(given, read_as(given, M069="Rheumatoid arthritis", J449="COPD"))
    assert [each.code for each in found.without_support] == ["M069"]
    assert [each.code for each in found.with_support] == ["J449"]


def test_a_mention_that_a_combination_code_took_up_supports_it(gaps) -> None:
    given = asked("Type 2 diabetes, A1c 8.", codes=["E11.21"])
    reading = read_as(given, {"E119": ("Type 2 diabetes", Trait.PRESENT)})
    [support] = gaps(given, reading).without_support
    assert support.finding == "not_documented"  # E11.9 counts for another category than E11.21
    [support] = gaps(asked("Type 2 diabetes, A1c 8.", codes=["E11.65"]), reading).with_support
    assert support.evidence[0].text == "Type 2 diabetes"


def test_a_diagnosis_that_adjusts_no_risk_is_no_matter_here(gaps) -> None:
    given = asked("Hypertension.", codes=["I10"], reported_last_year=["I10"])
    found = gaps(given, read_as(given, I10="Hypertension"))
    assert (found.uncoded, found.not_recaptured, found.without_support, found.with_support) == ((), (), (), ())
