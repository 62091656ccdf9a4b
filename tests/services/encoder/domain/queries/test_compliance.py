"""Each rule with a query that breaks it and one that comes near and does not.

What is right and wrong here comes from the practice brief that the rules cite, in our own examples.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import pytest

from services.encoder.domain.queries.compliance import RULES, QueryFinding, check_query
from services.encoder.domain.queries.text import QueryDraft, templates_on
from services.encoder.domain.reading.lexicon import Lexicon
from services.encoder.lexicon_store import lexicon_of
from shared.claims.queries import QueryOption, QueryText
from shared.runtime import embedded_tables
from tests.services.encoder.domain.queries.drafts import (
    DAY,
    NO,
    OTHER,
    RECORD,
    UNDETERMINED,
    YES,
    a_choice,
    a_document,
    a_yes_no,
    an_open_question,
    quoted,
    the_words,
)

SEPSIS = QueryOption(text="Sepsis", supported_by=(0,))
LOCAL = QueryOption(text="Pneumonia without systemic response", supported_by=(0,))
KIDNEY = a_choice().options


@cache
def the_lexicon() -> Lexicon:
    return lexicon_of(embedded_tables().current())


def checked(text: QueryText, record: Any = RECORD) -> tuple[QueryFinding, ...]:
    return check_query(text, record, DAY, the_lexicon())


def broken(text: QueryText, record: Any = RECORD) -> set[str]:
    return {finding.rule for finding in checked(text, record)}


def places(text: QueryText, rule: str) -> list[str]:
    return [finding.pointer for finding in checked(text) if finding.rule == rule]


@pytest.mark.parametrize("text", [a_choice(), a_yes_no(), an_open_question()], ids=["choice", "yes/no", "open"])
def test_a_compliant_query_breaks_no_rule(text: QueryText):
    assert checked(text) == ()


BREAKS: dict[str, tuple[QueryText, str]] = {
    "indicators.missing": (an_open_question(indicators=()), "/indicators"),
    "indicators.misquoted": (an_open_question(indicators=(quoted("WBC 18.2", text="WBC 11.2"),)), "/indicators/0/text"),
    "indicators.source": (an_open_question(indicators=(quoted("WBC 18.2", source="Labs"),)), "/indicators/0/source"),
    "text.payment": (an_open_question(question="What do these findings mean for the DRG?"), "/question"),
    "text.leading": (an_open_question(question="Don't you agree that these findings matter?"), "/question"),
    "text.unfilled": (an_open_question(title="Clarification of {condition}"), "/title"),
    "title.diagnosis": (an_open_question(title="Sepsis clarification"), "/title"),
    "question.diagnosis": (an_open_question(question="Is this patient in septic shock?"), "/question"),
    "options.too_few": (a_choice(options=(KIDNEY[0], OTHER, UNDETERMINED)), "/options"),
    "options.unsupported": (
        a_choice(options=(*KIDNEY, QueryOption(text="Dehydration"))),
        "/options/4/supported_by",
    ),
    "options.disguised": (
        a_choice(options=(*KIDNEY[:3], QueryOption(text="Septic shock cannot be excluded", kind="undetermined"))),
        "/options/3/text",
    ),
    "options.other_missing": (a_choice(options=(*KIDNEY[:2], UNDETERMINED)), "/options"),
    "options.undetermined_missing": (a_choice(options=(*KIDNEY[:2], OTHER)), "/options"),
    "options.repeated": (a_choice(options=(*KIDNEY, OTHER)), "/options/4/text"),
    "options.form": (an_open_question(options=(OTHER,)), "/options"),
    "validation.way_out": (a_choice(purpose="clinical_validation"), "/options"),
    "yes_no.purpose": (a_yes_no(purpose="clinical_significance"), "/form"),
    "yes_no.subject": (a_yes_no(subject=None), "/subject"),
    "yes_no.new_diagnosis": (
        a_yes_no(title="Onset", question="Was septic shock present at the time of the order?"),
        "/question",
    ),
}


def test_every_rule_has_a_case():
    assert BREAKS.keys() == RULES.keys()


@pytest.mark.parametrize("rule", BREAKS)
def test_a_broken_rule_is_named_at_its_place(rule: str):
    text, place = BREAKS[rule]
    assert places(text, rule) == [place]
    assert broken(text) == {rule}


NEAR: dict[str, QueryText] = {
    "a source by its kind": an_open_question(indicators=(quoted("WBC 18.2", source="progress note"),)),
    "cc as a volume": an_open_question(question="What do 500 cc of output signify?"),
    "severe is no severity": an_open_question(question="What do these severe symptoms signify?"),
    "a title with a documented diagnosis": an_open_question(title="Clarification of heart failure"),
    "a question with a documented diagnosis": an_open_question(question="Can the type of heart failure be described?"),
    "a new diagnosis among supported options": a_choice(
        indicators=(quoted("Temp 39.1, WBC 18.2, lactate 3.4"),), options=(SEPSIS, LOCAL, OTHER, UNDETERMINED)
    ),
    "validation with one finding and its ruling out": a_choice(
        purpose="clinical_validation",
        options=(KIDNEY[0], QueryOption(text="It was ruled out", kind="ruled_out"), OTHER, UNDETERMINED),
    ),
    "cause and effect between documented conditions": a_yes_no(
        purpose="cause_and_effect", question="Is there a relationship between pneumonia and heart failure?"
    ),
    "confirming what radiology documents": a_yes_no(
        purpose="confirmation",
        title="Interpretation of imaging",
        question="Does acute pulmonary embolism, as radiology words it, describe this patient?",
        subject=the_words("Acute pulmonary embolism", RECORD[1]),
    ),
    "a condition outside our list": an_open_question(title="Clarification of hyperlipidemia"),
}


@pytest.mark.parametrize("case", NEAR)
def test_what_comes_near_and_is_right_passes(case: str):
    assert broken(NEAR[case]) == set()


@pytest.mark.parametrize(
    "words",
    [
        "Please document the diagnosis that these findings represent.",
        "Would you agree that this matters?",
        "Can you add the diagnosis to your note?",
        "The findings are consistent with an infection. What is it?",
        "The patient meets criteria for it. What is your view?",
        "It appears that the kidneys are affected. Is that so?",
        "We need the acuity of this condition.",
        "This is clearly acute. What is it?",
        "This should be documented as acute. What is your view?",
        "Isn't it acute?",
    ],
)
def test_words_that_expect_an_answer_lead(words: str):
    assert broken(an_open_question(question=words)) == {"text.leading"}


@pytest.mark.parametrize(
    "words",
    [
        "reimbursement",
        "MCC",
        "severity of illness",
        "SOI",
        "risk adjustment",
        "quality scores",
        "case mix index",
        "HCC",
    ],
)
@pytest.mark.parametrize("place", ["title", "question", "option"])
def test_payment_severity_and_quality_stand_nowhere(words: str, place: str):
    texts = {
        "title": a_choice(title=f"Findings and {words}"),
        "question": a_choice(question=f"What do these findings mean for {words}?"),
        "option": a_choice(options=(*KIDNEY, QueryOption(text=f"Chronic, no {words}", supported_by=(0,)))),
    }
    assert broken(texts[place]) == {"text.payment"}


def test_what_was_denied_is_not_documented():
    """The note says that there is no evidence of sepsis: no title may name it."""
    assert broken(an_open_question(title="Clarification of sepsis")) == {"title.diagnosis"}


def test_what_only_radiology_names_is_not_documented_by_a_provider():
    """ICD-10-CM guideline III.B: a finding counts when the provider says what it means."""
    assert broken(an_open_question(title="Clarification of pulmonary embolism")) == {"title.diagnosis"}
    named = a_document("DOC-3", "discharge_summary", "Discharge summary", "Acute pulmonary embolism.")
    assert broken(an_open_question(title="Clarification of pulmonary embolism"), (*RECORD, named)) == set()


@pytest.mark.parametrize("name", ["gastric ulcer", "ulcer of the stomach", "diverticulitis", "multiple sclerosis"])
def test_any_diagnosis_of_the_classification_leads_where_the_record_does_not_have_it(name: str):
    """Not one of the conditions that are listed with their indicators."""
    assert broken(an_open_question(title=f"Clarification of {name}")) == {"title.diagnosis"}
    assert broken(an_open_question(question=f"Could the patient have {name}?")) == {"question.diagnosis"}


@pytest.mark.parametrize(
    ("record", "asked"),
    [
        ("Assessment: Gastric ulcer.", "stomach ulcer"),
        ("Assessment: Ulcer of the stomach, chronic.", "gastric ulcer"),
        ("Assessment: Sugar diabetes, type 2 DM.", "diabetes mellitus type II"),
        # a condition of the list, worded as its own names do not have it
        ("Assessment: Renal failure, acute.", "acute kidney injury"),
        ("Past medical history: Multiple sclerosis.", "multiple sclerosis"),
        ("Assessment: Probable diverticulitis.", "diverticulitis"),
    ],
)
def test_what_the_record_says_in_other_words_is_documented(record: str, asked: str):
    documents = (*RECORD, a_document("DOC-3", "progress_note", "Progress note", record))
    assert broken(an_open_question(title=f"Clarification of {asked}"), documents) == set()


@pytest.mark.parametrize("record", ["No diverticulitis.", "Mother had diverticulitis."])
def test_what_is_denied_or_a_relatives_is_not(record: str):
    documents = (*RECORD, a_document("DOC-3", "progress_note", "Progress note", record))
    assert broken(an_open_question(title="Clarification of diverticulitis"), documents) == {"title.diagnosis"}


@pytest.mark.parametrize("words", ["infection", "pain", "fever", "acute condition", "wound", "organ dysfunction"])
def test_a_symptom_or_a_general_name_leads_to_no_diagnosis(words: str):
    assert broken(an_open_question(title=f"Clarification of {words}")) == set()


def test_yes_or_no_may_confirm_what_its_subject_affirms_and_nothing_else():
    denied = the_words("No evidence of sepsis")
    about = {"purpose": "confirmation", "title": "Interpretation"}
    assert broken(a_yes_no(**about, question="Was sepsis present?", subject=denied)) == {"yes_no.new_diagnosis"}
    elsewhere = the_words("Pneumonia")
    asked = a_yes_no(**about, question="Is there a pulmonary embolism?", subject=elsewhere)
    assert broken(asked) == {"yes_no.new_diagnosis"}


def test_a_new_diagnosis_needs_an_indicator_that_points_to_it():
    """A raised creatinine points to no sepsis, though the coder says that it does."""
    options = (*KIDNEY[:2], QueryOption(text="Sepsis", supported_by=(0,)), OTHER, UNDETERMINED)
    assert places(a_choice(options=options), "options.unsupported") == ["/options/2/supported_by"]


def test_an_option_without_support_does_not_count_among_the_two():
    unsupported = QueryOption(text="Something else")
    text = a_choice(options=(KIDNEY[0], unsupported, OTHER, UNDETERMINED))
    assert broken(text) == {"options.too_few", "options.unsupported"}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"document_id": "DOC-9"}, "/indicators/0/document_id"),
        ({"start": 0, "end": 8}, "/indicators/0/text"),
        ({"end": 1}, "/indicators/0/text"),
    ],
)
def test_an_indicator_stands_at_its_place_in_this_record(changes: dict[str, Any], place: str):
    quote = quoted("WBC 18.2").model_copy(update=changes)
    assert places(an_open_question(indicators=(quote,)), "indicators.misquoted") == [place]


def test_an_indicator_has_the_day_of_its_document():
    other_day = quoted("WBC 18.2", date=date(2026, 11, 17))
    assert places(an_open_question(indicators=(other_day,)), "indicators.source") == ["/indicators/0/date"]


def test_yes_and_no_stand_alone():
    assert broken(a_yes_no(options=(YES, OTHER, UNDETERMINED))) == {"options.form"}
    assert broken(a_yes_no(options=(YES, NO, KIDNEY[0].model_copy(update={"supported_by": (0,)}), OTHER, UNDETERMINED)))
    assert "options.form" in broken(a_choice(options=(*KIDNEY, YES)))


def test_findings_cite_the_practice_and_repeat_nothing_of_the_record():
    for finding in checked(BREAKS["indicators.misquoted"][0]):
        assert finding.citation.startswith("AHIMA/ACDIS")
        assert "WBC" not in finding.message


TERMS = {"condition": "Heart failure", "cause": "pneumonia", "aspect": "type"}


@pytest.mark.parametrize("template", templates_on(DAY), ids=lambda template: template.id)
@pytest.mark.parametrize("drafted_by", ["person", "machine"])
def test_every_template_keeps_the_rules_when_it_is_filled_in(template: Any, drafted_by: Any):
    choice = template.form == "multiple_choice"
    draft = QueryDraft(
        template=template.id,
        terms={term: TERMS[term] for term in template.terms},
        indicators=(quoted("LVEF 30%"), quoted("furosemide")),
        options=(
            QueryOption(text="Systolic heart failure", supported_by=(0, 1)),
            QueryOption(text="Combined systolic and diastolic heart failure", supported_by=(0, 1)),
        )
        if choice
        else (),
        subject=the_words("Heart failure") if template.form == "yes_no" else None,
        drafted_by=drafted_by,
    )
    assert checked(draft.text(DAY)) == ()
