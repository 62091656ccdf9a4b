"""TXA and OBX: a document and its words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from pydantic import ValidationError

from services.encoder.domain.documents.text import decode_base64, text_of, tidy
from services.encoder.domain.hl7 import people
from services.encoder.domain.hl7.messages import Segment
from services.encoder.domain.hl7.reading import Members, Reading
from services.encoder.domain.hl7.visits import note_invalid
from services.encoder.errors import DocumentUnreadable
from services.encoder.parameters import parameter
from shared.claims import Document

_LONGEST_TITLE = 80
_LONGEST_ID = 50
_WITHDRAWN = ("CA", "OB", "UN")
"""HL7 table 0273, document availability status: cancelled, obsolete, unavailable for patient care."""
_WORDS = ("TX", "FT", "ST", "")
_SUBTYPES = {
    "HTML": "text/html",
    "HTM": "text/html",
    "XHTML": "application/xhtml+xml",
    "PDF": "application/pdf",
    "PLAIN": "text/plain",
    "TEXT": "text/plain",
    "TXT": "text/plain",
    "": "text/plain",
}
"""ED-3 (HL7 table 0291, MIME subtypes), or ED-2 where an interface puts the kind there."""


@dataclass(frozen=True)
class ReadDocument:
    """A document that a message brings, and its place among others."""

    document: Document
    signed: bool
    parent: str | None
    """The document that it replaces or adds to (TXA-13)."""
    withdrawn: bool


def document_id(text: str) -> str:
    """A document's number (TXA-12), as long as the chart holds it."""
    return text if len(text) <= _LONGEST_ID else sha256(text.encode()).hexdigest()[:_LONGEST_ID]


def read_document(reading: Reading) -> ReadDocument | None:
    """The document of an MDM message, or None with faults where it cannot be read."""
    txa = reading.message.first("TXA")
    if txa is None:
        reading.faults.error("100", ("TXA", 1, None), "the message has no TXA")
        return None
    number = txa.text(12) or txa.text(12, 3)
    if not number:
        reading.faults.error("101", txa.at(12), "the document has no number of its own")
    withdrawn = txa.text(19).upper() in _WITHDRAWN
    text = _text(reading)
    if not text and not withdrawn and not reading.faults.errors:
        reading.faults.error("101", ("OBX", 1, 5), "the message brings no text of the document")
    if reading.faults.errors:
        return None
    members = {"id": document_id(number), "text": text or "-", **_head(txa, reading)}
    try:
        document = Document.model_validate(members)
    except ValidationError as error:
        note_invalid(error, reading.faults, txa)
        return None
    signed = txa.text(17).upper() not in reading.known("hl7_unsigned_statuses")
    parent = document_id(txa.text(13)) if txa.text(13) else None
    return ReadDocument(document, signed, parent, withdrawn)


def _head(txa: Segment, reading: Reading) -> Members:
    kinds = reading.known("hl7_document_types")
    loinc = reading.code_in(txa, 2, "loinc")
    first = reading.message.first("OBX")
    named = txa.text(25) or txa.text(2, 2) or (first.text(3, 2) if first else "") or "Document"
    moments = (reading.moment(txa, field) for field in (6, 4, 7))
    author = people.person_name_of_provider(txa, 9) or people.person_name_of_provider(txa, 5)
    return {
        "kind": _kind_by_loinc(loinc, reading) or kinds.get(txa.text(2).upper(), "clinical_note"),
        "title": named[:_LONGEST_TITLE],
        "author": author[:_LONGEST_TITLE] if author else None,
        "written_at": next((moment for moment in moments if moment), reading.sent_at),
    }


def _kind_by_loinc(code: str | None, reading: Reading) -> str | None:
    known: dict[str, str] = parameter("fhir_document_kinds").on(reading.received_at.date())
    return known.get(code) if code else None


def _text(reading: Reading) -> str:
    """Lines of text as they follow each other, and between them whatever is encapsulated; empty where nothing is."""
    parts: list[str] = []
    lines: list[str] = []
    for segment in reading.message.all("OBX"):
        kind = segment.text(2).upper()
        if kind in _WORDS:
            lines += [segment.whole(5, repetition=repetition) for repetition in _all(segment, 5)]
        elif kind == "ED":
            parts += [tidy("\n".join(lines)), _encapsulated(segment, reading)]
            lines = []
        elif kind == "RP":
            reading.faults.error("102", segment.at(5), "the document is elsewhere: send its text (TX, FT or ED)")
    parts.append(tidy("\n".join(lines)))
    return "\n\n".join(filter(None, parts))


def _all(segment: Segment, field: int) -> Iterator[int]:
    """Every repetition, the empty ones too: an empty line stands between paragraphs."""
    return iter(range(1, (len(segment.fields[field]) if field < len(segment.fields) else 0) + 1))


def _encapsulated(segment: Segment, reading: Reading) -> str:
    """ED: source, kind, subtype, encoding, data."""
    kind, subtype = segment.text(5, 2).upper(), segment.text(5, 3).upper()
    content_type = _SUBTYPES.get(subtype or kind, f"{kind}/{subtype}".lower())
    encoding, encoded = segment.text(5, 4).upper(), segment.raw(5, 5)
    try:
        if encoding == "BASE64":
            content = decode_base64(reading.message.delimiters.unescape(encoded).replace("\n", ""))
        elif encoding == "HEX":
            content = bytes.fromhex(encoded)
        else:
            content = segment.delimiters.unescape(encoded, segment.charset).encode()
        return text_of(content, content_type)
    except ValueError:
        reading.faults.error("102", segment.at(5), "the content is not hexadecimal")
    except DocumentUnreadable as error:
        reading.faults.error("102", segment.at(5), f"{error.code}: {error.detail}")
    return ""
