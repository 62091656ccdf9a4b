"""The reader against files of real life and against nonsense. Expected values are by hand, from the text given."""

from __future__ import annotations

import io
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.x12 import Limits, Segment, X12Error, read

ISA = b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *261116*1200*^*00501*000000001*0*T*:~"
TA1 = ISA + b"TA1*000000007*261116*1159*A*000~IEA*0*000000001~"


def ids(content: bytes) -> list[str]:
    return [segment.id for segment, _ in read(content)]


def fault_of(content: bytes, limits: Limits | None = None) -> X12Error:
    with pytest.raises(X12Error) as caught:
        list(read(content, limits))
    return caught.value


def test_separators_are_taken_from_the_isa():
    content = ISA.translate(bytes.maketrans(b"*:^~", b"|^}\n")) + b"STC|A1^19^AY|20261116\n"
    segments = [segment for segment, _ in read(content)]
    assert segments[1].components(1) == ["A1", "19", "AY"]
    assert segments[1][2] == "20261116"
    assert segments[0].separators.repetition == "}"


def test_an_absent_element_reads_as_empty():
    segment = next(s for s, _ in read(ISA + b"NM1*85**NAME~") if s.id == "NM1")
    assert (segment[2], segment[3], segment[9]) == ("", "NAME", "")
    assert segment.component(3, 2) == ""


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + TA1,
        b"  \r\n\n" + TA1,
        TA1.replace(b"~", b"~\r\n"),
        TA1.replace(b"~", b"~\n") + b"\n\x1a",
        TA1.replace(b"~", b"\r\n"),
        TA1[:-1],
    ],
    ids=["byte-order mark", "blanks before", "CRLF", "LF and Ctrl-Z", "CR as terminator", "last terminator missing"],
)
def test_what_files_of_real_life_carry_changes_nothing(content: bytes):
    assert ids(content) == ["ISA", "TA1", "IEA"]


def test_line_ends_inside_a_segment_are_no_part_of_it():
    segments = [s for s, _ in read(ISA + b"NM1*85*2*LONG\r\n NAME~")]
    assert segments[1][3] == "LONG NAME"


def test_an_isa_without_its_padding_is_read():
    short = b"ISA*00**00**ZZ*A*ZZ*B*261116*1200*^*00501*000000001*0*T*:~"
    segment, _ = next(read(short + b"IEA*0*000000001~"))
    assert (segment[6], segment[16], segment.separators.component) == ("A", ":", ":")


def test_missing_trailers_are_no_fault_of_the_reader():
    assert ids(ISA + b"GS*FA~ST*999*0001~AK1*HC*7~") == ["ISA", "GS", "ST", "AK1"]


def test_interchanges_follow_one_another_each_with_its_own_separators():
    second = ISA.translate(bytes.maketrans(b"*:^~", b"|^}!")) + b"IEA|0|1!"
    assert ids(TA1 + second) == ["ISA", "TA1", "IEA", "ISA", "IEA"]
    assert ids(ISA + TA1) == ["ISA", "ISA", "TA1", "IEA"]


def test_positions_count_bytes_from_the_start_and_segments_from_st():
    found = [(s.id, p.offset, p.segment) for s, p in read(b"\n" + ISA + b"GS*HC~\r\nST*837*1~BHT*1~SE*3*1~GE*1*1~")]
    assert found == [
        ("ISA", 1, 0), ("GS", 107, 0), ("ST", 115, 1), ("BHT", 124, 2), ("SE", 130, 3), ("GE", 137, 0),
    ]  # fmt: skip


def test_national_characters_are_read_in_utf_8_and_in_latin_1():
    for encoding in ("utf-8", "latin-1"):
        segments = [s for s, _ in read(ISA + "NM1*IL*1*PEÑA~".encode(encoding))]
        assert segments[1][3] == "PEÑA"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "isa_missing"),
        (b"  \r\n", "isa_missing"),
        (b"GS*HC~", "isa_missing"),
        (b"%PDF-1.7 junk", "isa_missing"),
        (TA1.decode().encode("utf-16"), "isa_missing"),
        (b"ISA", "isa_truncated"),
        (ISA[:80], "isa_truncated"),
        (ISA[:105], "isa_truncated"),
        (ISA.replace(b":~", b"*~"), "separators"),
        (ISA.replace(b":~", b":A"), "separators"),
        (ISA + b"NM1*85*\x00\x01~", "binary"),
        (ISA + b"nm1*85~", "segment_id"),
        (ISA + b"*85*2~", "segment_id"),
        (TA1 + b"and some more", "text_outside_interchange"),
    ],
)
def test_what_is_not_x12_is_refused_with_a_code(content: bytes, code: str):
    assert fault_of(content).code == code


def test_a_fault_says_where_it_is_and_not_what_stands_there():
    error = fault_of(ISA + b"ST*837*1~NM1*IL*1*SECRET\x00~")
    assert error.position == (115, 2)
    assert "SECRET" not in str(error)


def test_nothing_longer_than_the_limits_is_taken():
    limits = Limits(element=20, segment=100)
    assert fault_of(ISA + b"NTE*ADD*" + b"X" * 30 + b"~", limits).code == "element_too_long"
    assert fault_of(ISA + b"NTE*ADD*" + b"X" * 200 + b"~", limits).code == "segment_too_long"
    assert fault_of(ISA + b"NTE*ADD*" + b"X" * 200_000).code == "segment_too_long"


def test_a_file_is_read_in_small_parts():
    """The reader never asks for much at once, and gives the first segments before it has seen the last."""

    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            assert 0 < size <= 1 << 20
            self.given += 1
            return (ISA if self.given == 1 else b"") + b"REF*D9*1~" * 1000

    stream = Endless()
    segments = read(stream)  # type: ignore[arg-type]  # a stream is what has `read`
    for _ in range(100_000):
        next(segments)
    assert stream.given < 110


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
@example(ISA)
def test_no_bytes_raise_anything_but_an_x12_error(junk: bytes):
    for content in (junk, ISA + junk, TA1[: len(junk) % len(TA1)] + junk):
        with suppress(X12Error):
            list(read(content))


@settings(max_examples=100, deadline=None)
@given(st.binary(min_size=1, max_size=300), st.integers(1, 40))
def test_how_the_stream_is_cut_makes_no_difference(junk: bytes, size: int):
    content = TA1 + b"\n" + ISA + b"NTE*ADD*" + junk.translate(bytes(32) + bytes(range(32, 256)), bytes(range(32)))

    class Dripping(io.BytesIO):
        def read(self, _: int | None = -1) -> bytes:
            return super().read(size)

    def told(source: bytes | io.BytesIO) -> list[Segment | str]:
        seen: list[Segment | str] = []
        try:
            seen.extend(segment for segment, _ in read(source))
        except X12Error as error:
            seen.append(f"{error.code} {error.position}")
        return seen

    assert told(content) == told(Dripping(content))
