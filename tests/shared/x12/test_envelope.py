"""The envelope and the way data stays apart from separators. Widths and counts: 005010X222A1 appendix C."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.x12 import (
    CharacterSet,
    FunctionalGroup,
    Interchange,
    Separators,
    TradingPartner,
    TransactionSet,
    X12Error,
    composite,
    form,
    marked,
    read,
    render,
    segment,
)

EMPTY = Interchange(
    sender=TradingPartner("SENDER"),
    receiver=TradingPartner("RECEIVER", "30", "RCV"),
    control_number=42,
    created_at=datetime(2026, 11, 16, 12, 5, tzinfo=UTC),
    usage="T",
    groups=[],
)


def an_interchange(*bodies: str) -> Interchange:
    sets = [TransactionSet("837", f"{n:04d}", "005010X222A1", body) for n, body in enumerate(bodies, 1)]
    return replace(EMPTY, groups=[FunctionalGroup("HC", "005010X222A1", 42, sets)])


def written(body: str, character_set: CharacterSet = "extended") -> list[list[str]]:
    """The segments between ST and SE, read again."""
    content = render(an_interchange(body), character_set)
    return [[s.id, *s.elements] for s, _ in read(content) if s.id not in {"ISA", "GS", "ST", "SE", "GE", "IEA"}]


def test_the_isa_has_106_bytes():
    content = render(EMPTY)
    assert content[:106] == (
        b"ISA*00*          *00*          *ZZ*SENDER         *30*RECEIVER       *261116*1205*^*00501*000000042*1*T*:~"
    )
    assert content[106:] == b"IEA*0*000000042~"


def test_counts_and_control_numbers_follow():
    content = render(an_interchange(segment("BHT", "0019"), segment("BHT", "0019") + segment("HL", "1")))
    assert content[106:].decode().split("~") == [
        "GS*HC*SENDER*RCV*20261116*1205*42*X*005010X222A1",
        "ST*837*0001*005010X222A1", "BHT*0019", "SE*3*0001",
        "ST*837*0002*005010X222A1", "BHT*0019", "HL*1", "SE*4*0002",
        "GE*2*42", "IEA*1*000000042", "",
    ]  # fmt: skip


def test_no_separator_stands_at_the_end_of_a_segment_or_composite():
    body = segment("CLM", "A", "", composite("11", "B", ""), "", "")
    assert b"CLM*A**11:B~" in render(an_interchange(body))


def test_a_form_is_the_segments_as_printed_with_values_in_their_places():
    name = form("NM1*{}*2*{}*****XX*{}~REF*EI*{}~")
    assert name("85", "GROUP", "1234567893", 7) == (
        segment("NM1", "85", "2", "GROUP", "", "", "", "", "XX", "1234567893") + segment("REF", "EI", "7")
    )
    with pytest.raises(TypeError):
        name("85", "GROUP")


@pytest.mark.parametrize("value", ["A*B", "A:B", "A~B", "{0}", "A'B"])
def test_a_value_in_a_form_is_never_taken_for_its_text(value: str):
    assert written(form("REF*EA*{}~NTE*ADD*{}~")(value, value)) == [["REF", "EA", value], ["NTE", "ADD", value]]


@pytest.mark.parametrize("blanks", [" *", "* ", " :", ": ", " ~"])
def test_blanks_beside_any_separator_go(blanks: str):
    assert written(marked("NTE*ADD*A B:C*D~").replace(marked(blanks.strip()), marked(blanks))) == [
        ["NTE", "ADD", "A B:C", "D"]
    ]


def test_blanks_at_the_ends_of_elements_go_and_what_is_empty_then_too():
    assert written(segment("NM1", "85", " NAME ", "   ")) == [["NM1", "85", "NAME"]]


def test_a_separator_is_never_a_character_of_the_data():
    content = render(an_interchange(segment("NTE", "ADD", "A*B ~C: D^E")))
    segments = [s for s, _ in read(content)]
    assert next(s for s in segments if s.id == "NTE")[2] == "A*B ~C: D^E"
    assert not set(segments[0].separators) & set("*~:^")


def test_text_that_holds_every_separator_there_could_be_is_refused():
    with pytest.raises(X12Error) as caught:
        render(an_interchange(segment("NTE", "ADD", "*|!{")))
    assert caught.value.code == "separators"


@pytest.mark.parametrize(
    ("character_set", "before", "after"),
    [
        ("extended", "Peña Müller", "Pena Muller"),
        ("extended", "Łódź Straße", "Lodz Strasse"),
        ("extended", "Nguyễn “A” – B…", 'Nguyen "A" - B...'),
        ("basic", "Peña O’Neil", "PENA O'NEIL"),
        ("basic", "mixed Case", "MIXED CASE"),
    ],
)
def test_text_is_brought_into_the_character_set(character_set: CharacterSet, before: str, after: str):
    assert written(segment("NTE", "ADD", before), character_set) == [["NTE", "ADD", after]]


@pytest.mark.parametrize(("character_set", "text"), [("extended", "漢"), ("extended", "a\x07b"), ("basic", "a@b")])
def test_a_character_without_counterpart_is_refused_by_its_element(character_set: CharacterSet, text: str):
    with pytest.raises(X12Error, match="NTE02") as caught:
        render(an_interchange(segment("NTE", "ADD", text)), character_set)
    assert caught.value.code == "character"
    assert text not in str(caught.value)


@pytest.mark.parametrize("number", [-1, 1_000_000_000])
def test_a_control_number_has_nine_digits(number: int):
    with pytest.raises(X12Error) as caught:
        render(replace(EMPTY, control_number=number))
    assert caught.value.code == "control_number"


def test_an_id_that_no_isa_can_hold_is_refused():
    with pytest.raises(X12Error):
        render(replace(EMPTY, sender=TradingPartner("LONGER THAN FIFTEEN")))


@pytest.mark.parametrize("element", [":", "A", " ", "**"])
def test_separators_differ_and_are_no_letters(element: str):
    with pytest.raises(X12Error):
        Separators(element, ":", "^", "~")


characters = st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="!|{}<>_%\\]$")
texts = st.text(alphabet=characters, max_size=20)
elements = st.lists(texts.map(str.strip), min_size=1, max_size=8).filter(lambda values: values[-1])


@settings(max_examples=150, deadline=None)
@given(st.lists(elements, min_size=1, max_size=10))
def test_what_is_written_is_read_again(segments: list[list[str]]):
    body = "".join(segment("REF", *values) for values in segments)
    assert written(body) == [["REF", *values] for values in segments]
