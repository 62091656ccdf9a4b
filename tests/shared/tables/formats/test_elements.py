"""XML that somebody made to harm, or that is broken, is refused with its line."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.tables.documents import Document
from shared.tables.errors import RefusedFile
from shared.tables.formats.elements import read_elements, root_tag

BILLION_LAUGHS = """<?xml version="1.0"?>
<!DOCTYPE lolz [
 <!ENTITY lol "lol">
 <!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">
]>
<ICD10CM.tabular>&lol2;</ICD10CM.tabular>"""
OUTSIDE = """<!DOCTYPE a [<!ENTITY secret SYSTEM "file:///etc/hostname">]>
<ICD10CM.tabular>&secret;</ICD10CM.tabular>"""


def read(content: bytes | str) -> RefusedFile:
    document = Document("file.xml", content.encode() if isinstance(content, str) else content)
    with pytest.raises(RefusedFile) as refused:
        read_elements(document)
    return refused.value


@pytest.mark.parametrize(("bomb", "line"), [(BILLION_LAUGHS, 3), (OUTSIDE, 1)])
def test_entities_are_refused(bomb: str, line: int):
    error = read(bomb)
    assert "entities" in error.reason
    assert error.line == line


def test_elements_without_end_are_refused():
    error = read("<a>\n" * 100_000)
    assert "nested" in error.reason
    assert error.line == 65


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", 1),
        (b"<a>\n<b>\n</a>", 3),
        (b"<a>\n<b>", 2),
        (b"<a>\n\xff</a>", 2),
        (b"<a>\n&nbsp;</a>", 2),
        (b"<a/>\n<b/>", 2),
        (b'<?xml version="1.0" encoding="no-such"?><a/>', None),
    ],
)
def test_broken_xml_is_refused_with_its_line(content: bytes, line: int | None):
    assert read(content).line == line


def test_text_is_that_of_all_elements_in_order_with_single_blanks():
    root = read_elements(Document("file.xml", b"<title>Abuse <nemod>(adult)\n (child)</nemod>  NEC</title>"))
    assert root.text() == "Abuse (adult) (child) NEC"
    assert root.text(without=frozenset({"nemod"})) == "Abuse NEC"


@pytest.mark.parametrize(
    ("head", "tag"),
    [
        ('<?xml version="1.0" encoding="utf-8"?>\n<ICD10CM.index>', "ICD10CM.index"),
        ('\ufeff<?xml version="1.0"?><!-- FY2027 -->\n<?style x?><ICD10PCS.tabular>', "ICD10PCS.tabular"),
        ("ICD-10-CM Tabular", ""),
        ("<!-- -->" * 5_000, ""),
        ("", ""),
    ],
)
def test_a_document_is_known_by_its_outermost_element(head: str, tag: str):
    assert root_tag(Document("file", head.encode())) == tag


@given(st.binary(max_size=200))
def test_recognising_never_raises(content: bytes):
    root_tag(Document("file", content))


@given(st.binary(max_size=200))
def test_reading_raises_nothing_but_a_refusal(content: bytes):
    with suppress(RefusedFile):
        read_elements(Document("file", b"<a>" + content))
