"""DocumentReference, DiagnosticReport and Composition: the words of the chart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from services.encoder.domain.documents.text import text_of, text_of_html
from services.encoder.domain.fhir import elements
from services.encoder.domain.fhir.bundle import Bundle, Placed
from services.encoder.domain.fhir.issues import Notes, Path
from services.encoder.domain.fhir.people import Members
from services.encoder.errors import DocumentEncodingUnknown, DocumentTypeUnknown, DocumentUnreadable
from services.encoder.parameters import parameter

_LOINC = "http://loinc.org"
_WITHDRAWN = ("entered-in-error", "superseded", "cancelled")
_LONGEST_TITLE = 80
_LONGEST_ID = 50
_WARNINGS: dict[type[DocumentUnreadable], str] = {
    DocumentTypeUnknown: "attachment_type",
    DocumentEncodingUnknown: "attachment_encoding",
}


def documents(encounter: Placed, day: date, zone: ZoneInfo | None, bundle: Bundle, notes: Notes) -> list[Members]:
    """The documents of an encounter in the order of the Bundle; one that cannot be read is told of and left out."""
    read = []
    for placed in _documents_of(encounter, bundle):
        if placed.resource.status in _WITHDRAWN:
            notes.information("document_withdrawn", placed.at("status"), "the document was withdrawn and is left out")
            continue
        text, written_at = _text(placed, bundle, notes), _written_at(placed, zone)
        if not text:
            notes.warning("document_without_text", placed.path, "the document has no text that can be read")
        elif written_at is None:
            notes.warning("document_without_time", placed.path, "the document does not say when it was written")
        else:
            read.append(_document(placed, text, day) | {"written_at": written_at})
    return read


def _documents_of(encounter: Placed, bundle: Bundle) -> Iterator[Placed]:
    for placed in bundle.of_type["DocumentReference"]:
        context = placed.resource.context
        if context and any(bundle.resolve(reference) is encounter for reference in context.encounter or ()):
            yield placed
    yield from bundle.referring("Composition", "encounter", encounter)
    yield from bundle.referring("DiagnosticReport", "encounter", encounter)


def _document(placed: Placed, text: str, day: date) -> Members:
    resource = placed.resource
    concept = getattr(resource, "type", None) or getattr(resource, "code", None)
    kinds = parameter("fhir_document_kinds").on(day)
    title = getattr(resource, "title", None) or (concept.text if concept else None) or resource.get_resource_type()
    default = "diagnostic_report" if resource.get_resource_type() == "DiagnosticReport" else "clinical_note"
    return {
        "id": placed.id if len(placed.id) <= _LONGEST_ID else sha256(placed.id.encode()).hexdigest()[:_LONGEST_ID],
        "kind": kinds.get(elements.code_in(concept, [_LOINC]), default),
        "title": title[:_LONGEST_TITLE],
        "author": _author(resource),
        "text": text,
    }


def _author(resource: Any) -> str | None:
    authors = getattr(resource, "author", None) or getattr(resource, "performer", None) or ()
    return next((author.display[:_LONGEST_TITLE] for author in authors if author.display), None)


def _written_at(placed: Placed, zone: ZoneInfo | None) -> Any:
    resource = placed.resource
    for member in ("date", "issued", "effectiveDateTime"):
        if (found := elements.instant(getattr(resource, member, None), zone)) is not None:
            return found
    return None


def _text(placed: Placed, bundle: Bundle, notes: Notes) -> str:
    resource, kind = placed.resource, placed.resource.get_resource_type()
    if kind == "Composition":
        return "\n\n".join(_section_texts(resource.section))
    member = "content" if kind == "DocumentReference" else "presentedForm"
    attachments = [item.attachment if kind == "DocumentReference" else item for item in getattr(resource, member) or ()]
    texts = [_attachment(one, placed.at(member, index), bundle, notes) for index, one in enumerate(attachments)]
    if not any(texts) and kind == "DiagnosticReport":
        texts = [text_of_html(resource.text.div) if resource.text else "", resource.conclusion or ""]
    return "\n\n".join(filter(None, texts))


def _section_texts(sections: Any) -> Iterator[str]:
    for section in sections or ():
        words = text_of_html(section.text.div) if section.text else ""
        if words:
            yield f"{section.title}\n{words}" if section.title else words
        yield from _section_texts(section.section)


def _attachment(attachment: Any, path: Path, bundle: Bundle, notes: Notes) -> str:
    """The text of an attachment; empty, with a warning, where it is elsewhere or cannot be read."""
    kind, content = attachment.contentType or "text/plain", attachment.data
    if content is None and (binary := bundle.named.get(attachment.url or "")) is not None:
        kind, content = binary.resource.contentType, binary.resource.data
    if content is None:
        notes.warning("attachment_elsewhere", path, "the attachment is not in the Bundle")
        return ""
    try:
        return text_of(content, kind)
    except DocumentUnreadable as error:
        notes.warning(_WARNINGS.get(type(error), error.code), path, error.detail)
        return ""
