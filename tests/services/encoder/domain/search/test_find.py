"""Everyday questions. Codes by hand from the tabular list and the Alphabetic Index of ICD-10-CM (FY2026, FY2027)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.encoder.domain.search.analysis import Analyzer
from services.encoder.domain.search.code_index import CodeIndex, compile_index
from services.encoder.domain.search.hits import Filters, Reason
from services.encoder.domain.terms.abbreviations import Abbreviations
from services.encoder.domain.terms.point import Point, PointKind
from services.encoder.domain.terms.vocabulary import Vocabulary
from shared.tables import Tables, icd10
from tests.services.encoder.domain.search.conftest import DAY, Find, an_index


@pytest.mark.parametrize(
    ("query", "code", "reason"),
    [
        ("CHF", "I509", Reason.ABBREVIATION),
        ("COPD exacerbation", "J441", Reason.ABBREVIATION),
        ("T2DM with neuropathy", "E1140", Reason.ABBREVIATION),
        ("HTN", "I10", Reason.ABBREVIATION),
        ("UTI", "N390", Reason.ABBREVIATION),
        ("CKD stage 3", "N1830", Reason.ABBREVIATION),
        ("hx of breast cancer", "Z853", Reason.ABBREVIATION),
        ("heart attack", "I219", Reason.SYNONYM),
        ("broken hip", "S72009A", Reason.INCLUSION_TERM),  # fracture of hip NOS, initial encounter, closed
        ("pink eye", "H109", Reason.SYNONYM),
        ("high blood pressure", "I10", Reason.INCLUSION_TERM),
        ("diabetic foot ulcer", "E11621", Reason.SYNONYM),  # type 2 by default: guidelines, I.C.4.a.2
        ("kidney stone", "N200", Reason.DESCRIPTION),
        ("left wrist pain", "M25532", Reason.DESCRIPTION),
        ("atrial fibrillation", "I4891", Reason.DESCRIPTION),
        ("asthma exacerbation", "J45901", Reason.DESCRIPTION),
        ("hepatitis A", "B159", Reason.INCLUSION_TERM),
        ("stroke", "I639", Reason.INCLUSION_TERM),
        ("headache", "R519", Reason.DESCRIPTION),
        ("pneumonia", "J189", Reason.DESCRIPTION),
        ("sepsis", "A419", Reason.DESCRIPTION),
        ("oedema", "R609", Reason.DESCRIPTION),  # as the British spell it
    ],
)
def test_everyday_questions(find: Find, query: str, code: str, reason: Reason) -> None:
    first = find(query)[0]
    assert (first.code, first.reason) == (code, reason)
    assert first.billable


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("acute appendicitis", "K3580"),
        ("sugar diabetes", "E119"),
        ("a fib", "I4891"),
        ("DVT left leg", "I82402"),
        ("morbid obesity", "E6601"),
        ("s/p appendectomy", "Z9049"),
        ("chest pain", "R079"),
        ("shortness of breath", "R0602"),
        ("low back pain", "M5450"),
        ("sore throat", "J029"),
        ("strep throat", "J020"),
        ("hypothyroidism", "E039"),
        ("hyperlipidemia", "E785"),
        ("high cholesterol", "E7800"),
        ("anxiety", "F419"),
        ("depression", "F32A"),
        ("major depressive disorder", "F329"),
        ("gout", "M109"),
        ("osteoarthritis of right knee", "M1711"),
        ("ESRD", "N186"),
        ("AKI", "N179"),
        ("NSTEMI", "I214"),
        ("STEMI", "I213"),
        ("TIA", "G459"),
        ("pulmonary embolism", "I2699"),
        ("cellulitis of left leg", "L03116"),
        ("bronchitis", "J40"),
        ("acute bronchitis", "J209"),
        ("sinusitis", "J329"),
        ("otitis media", "H6690"),
        ("migraine", "G43909"),
        ("epilepsy", "G40909"),
        ("seizure", "R569"),
        ("anemia", "D649"),
        ("iron deficiency anemia", "D509"),
        ("hyponatremia", "E871"),
        ("hypokalemia", "E876"),
        ("dehydration", "E860"),
        ("syncope", "R55"),
        ("vertigo", "R42"),
        ("constipation", "K5900"),
        ("diarrhea", "R197"),
        ("GI bleed", "K922"),
        ("gallstones", "K8020"),
        ("cirrhosis of liver", "K7460"),
        ("hepatitis C", "B1920"),
        ("chronic hepatitis C", "B182"),
        ("hematuria", "R319"),
        ("prostate cancer", "C61"),
        ("lung cancer", "C3490"),
        ("hip fracture left", "S72002A"),
        ("rheumatoid arthritis", "M069"),
        ("parkinson's disease", "G20A1"),
        ("alzheimers", "G309"),
        ("sepsis due to E. coli", "A4151"),
        ("hypertensive heart disease with heart failure", "I110"),
        ("pneumonia due to COVID", "J1282"),
        ("obstructive sleep apnea", "G4733"),
        ("right ankle sprain", "S93401A"),
        ("family history of colon cancer", "Z800"),
        ("long term use of insulin", "Z794"),
        ("normal delivery", "O80"),
        ("well child visit", "Z00129"),
        ("flu shot", "Z23"),
        ("screening colonoscopy", "Z1211"),
        ("annual physical", "Z0000"),
        ("urinary retention", "R339"),
        ("nausea and vomiting", "R112"),
        ("BPH", "N400"),
        ("diverticulitis", "K5792"),
        ("pyelonephritis", "N12"),
        ("diabetic ketoacidosis", "E1110"),  # type 2 by default: guidelines, I.C.4.a.2
    ],
)
def test_what_coders_ask_for_most(find: Find, query: str, code: str) -> None:
    """First by the Alphabetic Index where nothing more is said."""
    assert find(query)[0].code == code


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("inflammation of the tongue", "K140"),  # glossitis
        ("hepatosplenomegaly", "R162"),
        ("burn of tonsil", "T280XXA"),  # of mouth and pharynx
        ("trigeminy", "R008"),
        ("kala azar", "B550"),
        ("Failure, failed, heart", "I509"),  # forms of one word, as main terms of the index have them
    ],
)
def test_what_no_title_says_in_these_words(find: Find, query: str, code: str) -> None:
    assert find(query)[0].code == code


def test_who_does_not_say_newborn_or_pregnancy_means_neither(find: Find) -> None:
    assert find("hyponatremia")[0].code == "E871"
    assert find("hyponatremia newborn")[0].code == "P7422"
    assert find("urinary tract infection in pregnancy")[0].code[0] == "O"


def test_a_condition_without_more_words_is_coded_as_unspecified(find: Find) -> None:
    assert [find(query)[0].code for query in ("diabetes", "GERD", "fracture of shaft of left femur")] == [
        "E119",  # without complications
        "K219",  # without esophagitis
        "S72302A",  # initial encounter for closed fracture
    ]


@pytest.mark.parametrize("query", ["pneumnia", "penumonia", "pneumoniia", "pneumomia", "neumonia"])
def test_one_slip_of_the_keys(find: Find, query: str) -> None:
    first = find(query)[0]
    assert (first.code, first.read_as) == ("J189", "pneumonia")


def test_a_slip_in_a_word_of_our_own_lists(find: Find) -> None:
    assert find("hart attack")[0].code == "I219"


def test_an_unknown_compound_is_read_as_what_it_ends_with(find: Find) -> None:
    first = find("neuroleprosy")[0]
    assert (first.code, first.read_as, first.exact) == ("A309", "leprosy", True)


def test_the_beginning_of_the_last_word_while_it_is_typed(find: Find) -> None:
    assert find("heart fai", as_you_type=True)[0].code == "I509"
    assert find("hypertens", as_you_type=True)[0].code == "I10"
    assert not any(hit.code == "I509" and hit.exact for hit in find("heart fai ", as_you_type=True))


def test_a_code_and_the_beginning_of_codes(find: Find) -> None:
    (only,) = find("j44.1")
    assert (only.code, only.reason, only.exact) == ("J441", Reason.CODE, True)
    assert [hit.code for hit in find("E11.4")] == ["E1140", "E1141", "E1142", "E1143", "E1144", "E1149"]
    assert next(iter(find("E11.4-", headings=True))).code == "E114"


def test_other_code_sets(find: Find) -> None:
    words = "replacement of right knee joint with synthetic substitute cemented open"
    assert find(words, systems=("icd10pcs",))[0].code == "0SRC0J9"
    assert find("0SRC0J9", systems=("icd10pcs", "icd10cm"))[0].system == "icd10pcs"
    june = date(2026, 6, 1)  # a day of the I/OCE, whose short descriptors the installation has
    assert {hit.system for hit in find("wheelchair", systems=("hcpcs",), day=june)} == {"hcpcs"}
    assert find("wheelchair", systems=("cpt",)) == ()  # none is loaded


def test_a_heading_is_shown_where_it_is_asked_for(find: Find) -> None:
    assert find("fracture of shaft of left femur", headings=True)[0].code == "S72302"
    # What is asked for is the heading, and what stands for it comes behind.
    assert [hit.code for hit in find("fracture of shaft of left femur", headings=True)][1] == "S72302A"
    default = find("fracture of shaft of left femur")[0]
    assert (default.code, default.led_from) == ("S72302A", "S72302")


def test_what_of_the_question_is_answered(find: Find) -> None:
    first = find("left wrist pain xylophone")[0]
    assert (first.code, set(first.matched), first.exact) == ("M25532", {"left", "wrist", "pain"}, False)
    assert len(first.unmatched) == 1


def test_words_that_no_name_says_find_nothing(find: Find) -> None:
    assert find("qwxzv") == ()
    assert find("") == ()
    assert find(" ,. ") == ()


def test_filters(find: Find) -> None:
    assert {hit.code[0] for hit in find("carcinoma of cervix", chapter="C00-D49")} <= {"C", "D"}
    assert "O" not in {hit.code[0] for hit in find("hypertension in pregnancy", limit=50, sex="male")}
    assert "O" not in {hit.code[0] for hit in find("hypertension in pregnancy", limit=50, age=70)}
    assert "O" in {hit.code[0] for hit in find("hypertension in pregnancy", limit=50, sex="female", age=30)}


def test_a_code_is_found_on_its_days_only(find: Find) -> None:
    """R51 was divided into R51.0 and R51.9 on 2020-10-01 (NCHS addenda FY2021)."""
    assert find("headache", day=date(2020, 9, 30))[0].code == "R51"
    assert find("headache", day=date(2020, 10, 1))[0].code == "R519"
    assert find("R51.9", day=date(2020, 9, 30)) == ()


def test_a_code_of_another_day_is_no_word_that_something_is_like(find: Find) -> None:
    """U07.1 began on 2020-04-01; T2DM has a code's length and is none."""
    assert find("U071", day=date(2020, 3, 31)) == ()
    assert find("U071", day=date(2020, 4, 1))[0].code == "U071"
    assert find("T2DM")[0].code == "E119"
    # J44.8 was divided into J44.81 and J44.89 on 2023-10-01 (NCHS addenda FY2024).
    assert "J449" in {hit.code for hit in find("COPD", day=date(2016, 1, 1))}


def test_the_way_through_the_index_is_the_reason(embedded_tables: Tables) -> None:
    path = ("Dumdum fever",)
    index = an_index(
        Point("Visceral leishmaniasis", PointKind.DESCRIPTION, "icd10cm", "B550"),
        Point("Dumdum fever", PointKind.INDEX_PATH, "icd10cm", "B550", path, source="ICD-10-CM index FY2025"),
        Point("Fever, unspecified", PointKind.DESCRIPTION, "icd10cm", "R509"),
    )
    first, second = index.find("dumdum fever", embedded_tables, Filters(day=DAY))
    assert (first.code, first.reason, first.path, first.exact) == ("B550", Reason.INDEX_PATH, path, True)
    assert second.code == "R509"


def test_nonessential_modifiers_may_be_said_or_not(embedded_tables: Tables) -> None:
    modifiers = ("astasia", "hysterical")
    index = an_index(
        Point("Abasia", PointKind.INDEX_PATH, "icd10cm", "F444", ("Abasia",), modifiers),
        Point("Hysterical fugue", PointKind.INDEX_PATH, "icd10cm", "F441", ("Hysterical fugue",)),
    )
    for query in ("abasia", "hysterical abasia", "abasia astasia"):
        first = index.find(query, embedded_tables, Filters(day=DAY))[0]
        assert (first.code, first.exact) == ("F444", True), query


WORDS = st.sampled_from(
    ["acute", "chronic", "left", "right", "fracture", "femur", "diabetes", "neuropathy", "heart", "failure", "pain"]
)


SAID = ("fracture of femur", "chronic pain", "acute pain of left femur", "diabetes with neuropathy", "heart failure")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(WORDS, min_size=1, max_size=5, unique=True), data=st.data())
def test_the_order_of_words_does_not_matter(embedded_tables: Tables, words: list[str], data: st.DataObject) -> None:
    """Of a phrase that has another reading it does: here is none."""
    codes = ("S7290", "G8929", "R52", "E1340", "I509")
    points = (Point(text, PointKind.DESCRIPTION, "icd10cm", code) for text, code in zip(SAID, codes, strict=True))
    analyzer = Analyzer(Vocabulary.of(Abbreviations.of(()), {}))
    index = CodeIndex(compile_index(points, analyzer), analyzer)
    other = data.draw(st.permutations(words))
    found, again = (index.find(" ".join(order), embedded_tables, Filters(day=DAY)) for order in (words, other))
    assert [(hit.code, hit.score) for hit in found] == [(hit.code, hit.score) for hit in again]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(WORDS, min_size=1, max_size=5), day=st.dates(date(2015, 10, 1), date(2027, 3, 31)))
def test_every_hit_may_be_reported_on_the_day_and_is_found_again(
    code_index: CodeIndex, embedded_tables: Tables, words: list[str], day: date
) -> None:
    filters = Filters(day=day, systems=("icd10cm",))
    hits = code_index.find(" ".join(words), embedded_tables, filters)
    assert icd10.not_billable(embedded_tables, "icd10cm", [hit.code for hit in hits], day) == []
    assert len({hit.code for hit in hits}) == len(hits)
    assert hits == code_index.find(" ".join(words), embedded_tables, filters)
