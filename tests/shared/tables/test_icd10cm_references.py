"""What notes of the tabular list name, on notes as NCHS printed them (ICD-10-CM of April 2026)."""

from __future__ import annotations

import string
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.tables import Tables
from shared.tables import icd10cm_tabular as tabular
from shared.tables.icd10cm_references import LAST, CodeRange, Ending, groups_naming_codes, named_codes, ranges_in
from tests.shared.tables.tabular_list import DAY

THE_LAST_CHARACTER = tuple(Ending(LAST, character) for character in "1234")


@pytest.mark.parametrize(
    ("note", "named"),
    [
        ("hypertensive diseases (I10-I1A)", [CodeRange("I10", "I1A")]),
        ("insulin (Z79.4)", [CodeRange("Z794", "Z794")]),
        ("tobacco dependence (F17.-)", [CodeRange("F17", "F17")]),
        ("primary open-angle glaucoma (H40.1-)", [CodeRange("H401", "H401")]),
        ("specified syndactyly (Q70.0- -Q70.3-)", [CodeRange("Q700", "Q703")]),
        ("apnea of newborn (P28.3- - P28.4-)", [CodeRange("P283", "P284")]),
        ("rheumatoid arthritis (M05.00 to M05.8A)", [CodeRange("M0500", "M058A")]),
        ("respiratory infections (J00-J06; J20-J22)", [CodeRange("J00", "J06"), CodeRange("J20", "J22")]),
        ("cerebral hemorrhage (I60.-. I61.-, I62.-)", [CodeRange(c, c) for c in ("I60", "I61", "I62")]),
        ("cognitive deficits (I69.81- I69.91-)", [CodeRange("I6981", "I6991")]),
        ("meconium passage (without aspiration) during delivery (P03.82 )", [CodeRange("P0382", "P0382")]),
        (
            "adverse effects (A00-R94 and T80-T88.6, T88.8)",
            [CodeRange("A00", "R94"), CodeRange("T80", "T886"), CodeRange("T888", "T888")],
        ),
        ("adverse effect (T36-T50 with fifth or sixth character 5)", [CodeRange("T36", "T50", (Ending(LAST, "5"),))]),
        ("poisoning (T36-T50 with fifth or sixth character 1-4)", [CodeRange("T36", "T50", THE_LAST_CHARACTER)]),
        ("poisoning by drug (T51-T65 with fifth or sixth character to indicate intent)", [CodeRange("T51", "T65")]),
        ("diabetic angiopathy (E08-E13 with .51-.52)", [CodeRange("E08", "E13", (Ending(4, "51"), Ending(4, "52")))]),
        ("Charcot's joint in diabetes (E08-E13 with .61-)", [CodeRange("E08", "E13", (Ending(4, "61"),))]),
        ("dysarthria (I69. with final characters -22)", [CodeRange("I69", "I69", (Ending(LAST, "22"),))]),
        (
            "open fracture (S42.- with 7th character B or C)",
            [CodeRange("S42", "S42", (Ending(7, "B"), Ending(7, "C")))],
        ),
        ("amnestic syndrome (F10-F19 with 5th character .6)", [CodeRange("F10", "F19", (Ending(5, "6"),))]),
        ("hallucinations (F11-F19 with fifth to sixth characters 51)", [CodeRange("F11", "F19", (Ending(5, "51"),))]),
        (
            "hyperosmolarity (E08, E13 with final characters .00 or .01)",
            [CodeRange(c, c, (Ending(4, "00"), Ending(4, "01"))) for c in ("E08", "E13")],
        ),
    ],
)
def test_codes_in_brackets_are_read_as_ranges(note: str, named: list[CodeRange]):
    assert list(named_codes(note)) == named


@pytest.mark.parametrize(
    "note",
    [
        "glucose-6-phosphate dehydrogenase deficiency (G6PD)",
        "Growth hormone gene 1 (GH1) defect",
        "nephritic syndrome (with C3 glomerulopathy)",
        "code underlying disease",
        "pneumonia (acute) (chronic)",
    ],
)
def test_abbreviations_and_modifiers_are_no_codes(note: str):
    assert named_codes(note) == ()


@pytest.mark.parametrize(
    ("note", "named"),
    [
        ("tendinitis as classified in M75-M77", [("M75", "M77")]),
        ("jaw pain R68.84", [("R6884", "R6884")]),
        ("code from category O08 to identify any associated complication", [("O08", "O08")]),
        ("vitamin B12 deficiency", []),
        ("diabetic acidosis - see categories E08-E10, E11, E13 with ketoacidosis", []),
    ],
)
def test_a_note_without_brackets_is_read_in_its_sentence(note: str, named: list[tuple[str, str]]):
    assert [(found.first, found.last) for found in named_codes(note, in_sentences=True)] == named
    assert named_codes(note) == ()


@pytest.mark.parametrize(
    ("group", "code", "meant"),
    [
        ("I10-I16", "I10", True),
        ("I10-I16", "I169", True),
        ("I10-I16", "I1A0", False),
        ("F17.-", "F17210", True),
        ("F17.-", "F18", False),
        ("O71.7-O71.8", "O7182", True),
        ("O71.7-O71.8", "O719", False),
        ("O71.7-O71.8", "O71", False),
        ("T36-T50 with fifth or sixth character 5", "T360X5A", True),
        ("T36-T50 with fifth or sixth character 5", "T3695XA", True),  # the fifth, where the sixth is a placeholder
        ("T36-T50 with fifth or sixth character 5", "T43651A", False),  # poisoning by methamphetamines, accidental
        ("E08-E13 with .51-.52", "E1152", True),
        ("E08-E13 with .51-.52", "E1165", False),
        ("S52.- with open fracture 7th character", "S52001B", True),
        ("S52.- with open fracture 7th character", "S52001A", False),
        ("J96. with 5th character 2", "J9602", True),
        ("I69. with final characters -22", "I69322", True),
        ("I69. with final characters -22", "I69321", False),
    ],
)
def test_a_code_is_meant_or_not(group: str, code: str, meant: bool):
    ranges = ranges_in(group)
    assert ranges is not None
    assert any(named.covers(code) for named in ranges) is meant


CATEGORIES = st.builds(
    lambda letter, digit, third: letter + digit + third,
    st.sampled_from(string.ascii_uppercase),
    st.sampled_from(string.digits),
    st.sampled_from(string.digits + "AB"),
)
SUBCODES = st.builds(
    lambda category, rest: f"{category}.{rest}" if rest else category,
    CATEGORIES,
    st.text(string.digits + "AX", max_size=4),
)


@given(st.lists(st.tuples(SUBCODES, SUBCODES, st.sampled_from(["", "-", ".-"])), min_size=1, max_size=8))
def test_every_list_of_ranges_is_read_back(items: list[tuple[str, str, str]]):
    def written(code: str, dash: str) -> str:
        return code + ("" if dash == ".-" and "." in code else dash)

    text = ", ".join(
        f"{first}-{written(last, dash)}" if first != last else written(first, dash) for first, last, dash in items
    )
    ranges = ranges_in(text)
    assert ranges is not None
    assert [(found.first, found.last) for found in ranges] == [
        (first.replace(".", ""), last.replace(".", "")) for first, last, _dash in items
    ]


@given(CATEGORIES, CATEGORIES, st.text(string.digits + "AX", max_size=4), CATEGORIES)
def test_a_range_has_what_is_between_its_ends_and_below_them(one: str, other: str, rest: str, code: str):
    first, last = sorted((one, other))
    assert CodeRange(first, last).covers(code + rest) is (first <= code <= last)


@given(st.text(alphabet="(ACT019 .,;-withorfifth5)", max_size=60))
def test_no_text_is_too_odd_to_read(text: str):
    named_codes(text, in_sentences=True)


def test_every_bracket_of_the_tabular_list_that_names_codes_is_read(embedded_tables: Tables):
    """Of some 10,000. One says something else: "e.g. tracheobronchitis to bronchitis in J40"."""
    texts = [
        note.text for _key, rows in embedded_tables.on(tabular.PLACES, DAY).store.items() for note in rows[0].notes
    ]
    groups = Counter(group for text in texts for group in groups_naming_codes(text))
    assert groups.total() > 9_900
    assert [group for group in groups if ranges_in(group) is None] == ["e.g. tracheobronchitis to bronchitis in J40"]


def test_every_named_code_is_in_the_tabular_list_or_above_one(embedded_tables: Tables):
    """The ends of ranges are codes that the same release has; NCHS names a few that it has not."""
    store = embedded_tables.on(tabular.PLACES, DAY).store
    ends = {
        end
        for _key, rows in store.items()
        for note in rows[0].notes
        for named in note.ranges
        for end in (named.first, named.last)
    }
    unknown = {end for end in ends if not store.rows(end)}
    assert len(unknown) / len(ends) < 0.01, sorted(unknown)
