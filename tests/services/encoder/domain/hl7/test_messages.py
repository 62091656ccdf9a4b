"""Parting, escapes and times of HL7 v2 (chapter 2), and what is written is read again."""

from __future__ import annotations

import string
from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.encoder.domain.hl7 import times
from services.encoder.domain.hl7.escapes import Delimiters
from services.encoder.domain.hl7.faults import MessageRefused
from services.encoder.domain.hl7.interchanges import read_interchange
from services.encoder.domain.hl7.messages import read_message
from services.encoder.domain.hl7.writing import Repeated, header, message, segment
from tests.services.encoder.domain.hl7.messages import a_message, msh, pid

CHICAGO = ZoneInfo("America/Chicago")
SIGNS = st.sampled_from("|^~\\&!@#$%*+/")


def test_fields_repetitions_components_and_subcomponents_are_counted_from_one():
    read = read_message(a_message("ADT^A01", "PID|1||A^^^X&1.2&ISO^MR~B||LAST^FIRST"))
    person = read.first("PID")
    assert person is not None
    assert person.text(3) == "A"
    assert person.text(3, 4, subcomponent=2) == "1.2"
    assert person.text(3, repetition=2) == "B"
    assert (person.text(5, 2), person.text(5, 9), person.text(99)) == ("FIRST", "", "")
    assert list(person.repetitions(3)) == [1, 2]


def test_a_message_names_its_own_delimiters():
    read = read_message(b"MSH$*!?+$EHR$CVMC$$$20261120$$ADT*A01$7$P$2.5\rPID$1$$A*B!C$$x?T?y+z\r")
    person = read.first("PID")
    assert person is not None
    assert (read.kind, read.trigger, read.control_id) == ("ADT", "A01", "7")
    assert (person.text(3, 2), person.text(3, repetition=2)) == ("B", "C")
    assert (person.text(5), person.text(5, subcomponent=2)) == ("x+y", "z")


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
def test_segments_end_in_any_way(end: bytes):
    content = a_message("ADT^A01", pid()).replace(b"\r", end)
    assert [one.name for one in read_message(content).segments] == ["MSH", "PID"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"A\T\B", "A&B"),
        (r"1\F\2\S\3\R\4\E\5", "1|2^3~4\\5"),
        (r"one\.br\two", "one\ntwo"),
        (r"one\.sp2\two", "one\n\ntwo"),
        (r"\H\bold\N\ ", "bold "),
        (r"\X4D\\X5A\ ", "MZ "),
        (r"\XC3A9\ ", "é "),
        (r"\.sp999999999\x", "\n" * 100 + "x"),
        (r"\Zmystery\ ", r"\Zmystery\ "),
        ("C:\\dir", "C:\\dir"),
    ],
)
def test_escape_sequences(written: str, meant: str):
    assert Delimiters().unescape(written) == meant


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=60))
def test_what_is_escaped_is_meant_again(text: str):
    marks = Delimiters()
    assert marks.unescape(marks.escaped(text)) == text


@given(st.lists(SIGNS, min_size=5, max_size=5, unique=True), st.text(string.printable, max_size=40))
def test_escaping_keeps_any_delimiters_out_of_a_value(signs: list[str], text: str):
    marks = Delimiters(*signs)
    escaped = marks.escaped(text)
    assert not any(mark in escaped for mark in (marks.field, marks.component, marks.repetition, marks.subcomponent))


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=12)


@given(st.lists(st.lists(WORDS, min_size=1, max_size=4), min_size=1, max_size=3), WORDS, WORDS)
def test_a_message_that_is_written_is_read_again(repeated: list[list[str]], plain: str, control_id: str):
    head = header(("ADT", "A01"), control_id, datetime(2026, 11, 20, tzinfo=UTC))
    read = read_message(message([head, segment("ZZZ", plain, Repeated(repeated), 7)]))
    own = read.first("ZZZ")
    assert own is not None
    assert (read.control_id, own.text(1), own.text(3)) == (control_id, plain, "7")
    for number, components in enumerate(repeated, 1):
        assert [own.text(2, n, repetition=number) for n in range(1, len(components) + 1)] == components


def test_a_character_set_is_used_and_an_unknown_one_refused():
    latin = msh("ADT^A01", f18="8859/1").encode() + b"\rPID|1||1||M\xfcller\r"
    person = read_message(latin).first("PID")
    assert person is not None
    assert person.text(5) == "Müller"
    with pytest.raises(MessageRefused) as refusal:
        read_message(msh("ADT^A01").encode() + b"\rPID|1||1||M\xfcller\r")
    assert (refusal.value.faults[0].code, refusal.value.faults[0].place) == ("102", "MSH[1]-18")


def test_null_is_another_thing_than_nothing():
    person = read_message(a_message("ADT^A08", 'PID|1||A||B|""|')).first("PID")
    assert person is not None
    assert (person.is_null(6), person.text(6), person.is_null(7)) == (True, "", False)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("20261116141030", "2026-11-16T14:10:30-06:00"),
        ("202611161410", "2026-11-16T14:10:00-06:00"),
        ("2026111614", "2026-11-16T14:00:00-06:00"),
        ("20261116", "2026-11-16T00:00:00-06:00"),
        ("20261116141030.25-0500", "2026-11-16T13:10:30.250000-06:00"),
        ("20260701120000", "2026-07-01T12:00:00-05:00"),  # daylight saving time
    ],
)
def test_a_time_is_the_facilitys_own_unless_it_says_otherwise(text: str, meant: str):
    found = times.moment(text, CHICAGO)
    assert found is not None
    assert found.isoformat() == meant


@pytest.mark.parametrize("text", ["", "2026", "202611", "20261301", "20260230", "2026111625", "tomorrow", "2026-11-16"])
def test_what_is_no_time_to_the_day_is_none(text: str):
    assert times.moment(text, None) is None


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1)))  # noqa: DTZ001 - made aware below
def test_a_time_that_is_written_is_read_again(value: datetime):
    aware = value.replace(tzinfo=UTC, microsecond=0)
    assert times.moment(times.written(aware), None) == aware


def test_a_batch_is_parted_and_counted():
    batch = b"FHS|^~\\&\rBHS|^~\\&|EHR\rMSH|^~\\&|1\rPID|1\rMSH|^~\\&|2\rBTS|2\rFTS|1\r"
    found = read_interchange(batch)
    assert (found.messages, found.is_batch) == ((b"MSH|^~\\&|1\rPID|1", b"MSH|^~\\&|2"), True)
    with pytest.raises(MessageRefused):
        read_interchange(batch.replace(b"BTS|2", b"BTS|3"))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes):
    for candidate in (content, b"MSH|^~\\&|" + content, b"MSH" + content, msh("ADT^A01").encode() + b"\r" + content):
        with suppress(MessageRefused):
            for one in read_interchange(candidate).messages:
                assert read_message(one).header.name == "MSH"
