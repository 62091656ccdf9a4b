from __future__ import annotations

from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from services.encoder.domain.documents.text import LONGEST_TEXT, decode_base64, media_type, text_of, text_of_html, tidy
from services.encoder.errors import DocumentUnreadable
from tests.services.encoder.domain.documents.pdfs import a_pdf


def test_html_is_read_as_its_words_block_by_block():
    html = "<style>p{}</style><h1>Plan</h1><p>Rest &amp; <b>fluids</b><br>Return</p><script>x()</script>"
    assert text_of_html(html) == "Plan\n\nRest & fluids\nReturn"


def test_a_row_of_a_table_is_one_line():
    table = "<table><tr><td>Sodium</td><td>128</td></tr><tr><td>Potassium</td><td>4.1</td></tr></table>"
    assert text_of(table.encode(), "text/html") == "Sodium     128\nPotassium  4.1"


def test_the_pages_of_a_pdf_are_parted():
    assert text_of(a_pdf("Pneumonia.\nLeft lower lobe.", "Discharged home."), "application/pdf") == (
        "Pneumonia.\nLeft lower lobe.\fDischarged home."
    )


def test_a_named_character_set_is_used():
    assert text_of("Ménière".encode("latin-1"), 'text/plain; charset="ISO-8859-1"') == "Ménière"
    assert media_type("Text/HTML;charset=utf-8") == ("text/html", "utf-8")


def test_line_ends_and_control_characters_are_tidied():
    assert tidy("\r\nA\r\nB\rC\x00\x07 \n\n\n\nD\f\n") == "A\nB\nC\n\nD"


def a_locked_pdf() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(a_pdf("Secret."))))
    writer.encrypt("password", algorithm="RC4-128")
    written = BytesIO()
    writer.write(written)
    return written.getvalue()


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (a_pdf("", ""), "application/pdf", "document_without_text"),
        (b"%PDF-1.7 nothing follows", "application/pdf", "document_malformed"),
        (a_locked_pdf(), "application/pdf", "document_encrypted"),
        (rb"{\rtf1 Pneumonia}", "application/rtf", "document_type_unknown"),
        (b"II*\x00", "image/tiff", "document_type_unknown"),
        (b"\xff\xfe", "text/plain", "document_encoding_unknown"),
        (b"x", "text/plain; charset=klingon", "document_encoding_unknown"),
        (b"<p> </p>", "text/html", "document_without_text"),
        (b"   \x00", "text/plain", "document_without_text"),
        (b"x" * (LONGEST_TEXT + 1), "text/plain", "document_too_large"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(content: bytes, kind: str, code: str):
    with pytest.raises(DocumentUnreadable) as refusal:
        text_of(content, kind)
    assert refusal.value.code == code


def test_base64_may_have_line_breaks():
    assert decode_base64("aGVs\r\nbG8=") == b"hello"
    with pytest.raises(DocumentUnreadable):
        decode_base64("no base64!")


@given(st.binary(max_size=300), st.sampled_from(["text/plain", "text/html", "application/pdf", "text/html; charset=x"]))
def test_any_bytes_are_read_or_refused(content: bytes, kind: str):
    for candidate in (content, b"%PDF-1.4\n" + content):
        with suppress(DocumentUnreadable):
            text = text_of(candidate, kind)
            assert text == tidy(text)
            assert "\x00" not in text
