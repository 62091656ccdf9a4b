"""From the bytes of a document to its words.

Pages are parted by a form feed, lines by a line feed; no other control character is left. What cannot be read is
refused with a reason that names nothing of the document.
"""

from __future__ import annotations

import base64
import binascii
import logging
import re
from collections.abc import Callable, Mapping
from io import BytesIO

from inscriptis import get_text
from inscriptis.model.config import ParserConfig
from lxml.etree import ParserError
from pypdf import PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError

from services.encoder.errors import (
    DocumentEncodingUnknown,
    DocumentEncrypted,
    DocumentMalformed,
    DocumentTooLarge,
    DocumentTypeUnknown,
    DocumentWithoutText,
)

# pypdf tells of damage by quoting the file, and a file is a patient's.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

PAGE_BREAK = "\f"
LONGEST_TEXT = 500_000
"""Characters of one document, as `shared.claims.Document` has it."""

MOST_PAGES = 1_000

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]")
_BLANK_LINES = re.compile(r"\n{3,}")
_TEXT_CONFIG = ParserConfig(display_links=False, display_images=False)


def text_of(content: bytes, content_type: str) -> str:
    """The words of a document. `content_type` is a media type, its charset UTF-8 unless it names another.

    Raises DocumentTypeUnknown, DocumentEncodingUnknown, DocumentMalformed, DocumentEncrypted, DocumentWithoutText,
    DocumentTooLarge.
    """
    kind, charset = media_type(content_type)
    if (read := _READERS.get(kind)) is None:
        raise DocumentTypeUnknown(f"a document is read as {', '.join(_READERS)}")
    text = tidy(read(content, charset))
    if not text:
        raise DocumentWithoutText("the document has no text; one that is only pictures must be sent with its text")
    if len(text) > LONGEST_TEXT:
        raise DocumentTooLarge(f"a document may have {LONGEST_TEXT} characters of text")
    return text


def media_type(content_type: str) -> tuple[str, str]:
    """`text/html; charset=latin-1` as its kind and its charset; utf-8 where none is named."""
    kind, *parameters = (part.strip() for part in content_type.split(";"))
    charset = next((p.partition("=")[2].strip("\"' ") for p in parameters if p.lower().startswith("charset=")), "")
    return kind.lower(), charset or "utf-8"


def decode_base64(encoded: str) -> bytes:
    """Base64 with or without line breaks (RFC 2045 §6.8). Raises DocumentMalformed."""
    try:
        return base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        raise DocumentMalformed("the content is not base64") from None


def tidy(text: str) -> str:
    """Text whose lines end as a line feed, without other control characters and without runs of empty lines."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4).split("\n")
    cleaned = "\n".join(_CONTROL.sub("", line).rstrip(" \u00a0") for line in lines)
    return _BLANK_LINES.sub("\n\n", cleaned).strip("\n\f \u00a0")


def text_of_html(html: str) -> str:
    """The words of a piece of HTML, a line for each block and a row of a table on one line; scripts are passed over."""
    if not html.strip():
        return ""
    try:
        text = get_text(html.replace("\x00", ""), _TEXT_CONFIG)
    except (ParserError, ValueError):
        # lxml refuses what holds no element at all, and a text that says another encoding than it has.
        raise DocumentMalformed("the HTML cannot be read") from None
    return tidy("\n".join(line.strip() for line in text.split("\n")))


def _plain(content: bytes, charset: str) -> str:
    try:
        return content.decode(charset).removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError):
        raise DocumentEncodingUnknown("the text is not in the character set that it names") from None


def _html(content: bytes, charset: str) -> str:
    return text_of_html(_plain(content, charset))


def _pdf(content: bytes, _charset: str) -> str:
    try:
        reader = PdfReader(BytesIO(content))
        if len(reader.pages) > MOST_PAGES:
            raise DocumentTooLarge(f"a PDF may have {MOST_PAGES} pages")
        return _pages(reader)
    except DocumentTooLarge:
        raise
    except (FileNotDecryptedError, DependencyError):
        raise DocumentEncrypted("the PDF asks for a password") from None
    except (LimitReachedError, MemoryError):
        raise DocumentTooLarge("the PDF unpacks to more than is read") from None
    except Exception as error:  # noqa: BLE001 - a PDF is a program in disguise: a damaged one fails in any way whatever
        raise DocumentMalformed(f"the PDF is damaged ({type(error).__name__})") from None


def _pages(reader: PdfReader) -> str:
    pages: list[str] = []
    length = 0
    for page in reader.pages:
        pages.append(tidy(page.extract_text()))
        length += len(pages[-1])
        if length > LONGEST_TEXT:
            raise DocumentTooLarge(f"a document may have {LONGEST_TEXT} characters of text")
    return PAGE_BREAK.join(pages)


_READERS: Mapping[str, Callable[[bytes, str], str]] = {
    "text/plain": _plain,
    "text/html": _html,
    "application/xhtml+xml": _html,
    "application/pdf": _pdf,
}
