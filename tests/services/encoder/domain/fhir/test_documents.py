from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from tests.services.encoder.domain.documents.pdfs import a_pdf
from tests.services.encoder.domain.fhir.bundles import a_stay, concept, note, reference
from tests.services.encoder.domain.fhir.test_encounters import codes, read, the_encounter


def a_report(**fields: Any) -> dict[str, Any]:
    return {
        "resourceType": "DiagnosticReport",
        "id": "rep-1",
        "status": "final",
        "code": concept("http://loinc.org", "44203-8", text="X-ray spine"),
        "encounter": reference("Encounter/enc-1"),
        "effectiveDateTime": "2026-11-17T10:00:00Z",
        "conclusion": "No acute findings.",
    } | fields


def a_composition(**fields: Any) -> dict[str, Any]:
    def narrative(text: str) -> dict[str, str]:
        return {"status": "generated", "div": f"<div xmlns='http://www.w3.org/1999/xhtml'>{text}</div>"}

    return {
        "resourceType": "Composition",
        "id": "comp-1",
        "status": "final",
        "type": concept("http://loinc.org", "11504-8"),
        "encounter": reference("Encounter/enc-1"),
        "date": "2026-11-17T12:00:00Z",
        "author": [{"display": "Earl Kent"}],
        "title": "Operative note",
        "section": [
            {"title": "Findings", "text": narrative("<p>Gallstones &amp; pus.</p>")},
            {"title": "Plan", "section": [{"title": "Diet", "text": narrative("Clear liquids")}]},
        ],
    } | fields


def test_a_note_is_decoded():
    [found] = the_encounter(a_stay(note())).documents
    assert (found.id, found.kind, found.title, found.author) == (
        "doc-1",
        "discharge_summary",
        "Discharge summary",
        "Earl Kent",
    )
    assert found.text == "Community-acquired pneumonia."


def test_html_is_read_as_its_words():
    [found] = the_encounter(a_stay(note(b"<p>Rest</p><p>Fluids</p>", "text/html; charset=utf-8"))).documents
    assert found.text == "Rest\n\nFluids"


def test_a_pdf_is_read_page_by_page():
    [found] = the_encounter(a_stay(note(a_pdf("Pneumonia.", "Home."), "application/pdf"))).documents
    assert found.text == "Pneumonia.\fHome."


def test_an_attachment_may_be_a_binary_of_the_bundle():
    binary = {
        "resourceType": "Binary",
        "id": "b-1",
        "contentType": "text/html",
        "data": b64encode(b"<p>Pneumonia.</p>").decode(),
    }
    referring = note(content=[{"attachment": {"contentType": "text/html", "url": "Binary/b-1"}}])
    [found] = the_encounter(a_stay(referring, binary)).documents
    assert found.text == "Pneumonia."


def test_a_composition_is_its_sections():
    [found] = the_encounter(a_stay(a_composition())).documents
    assert (found.kind, found.title) == ("operative_report", "Operative note")
    assert found.text == "Findings\nGallstones & pus.\n\nDiet\nClear liquids"


def test_a_report_is_its_form_or_else_its_conclusion():
    [found] = the_encounter(a_stay(a_report())).documents
    assert (found.kind, found.text) == ("diagnostic_report", "No acute findings.")


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (note(b"%PDF-1.7", "application/pdf"), "document_malformed"),
        (note(a_pdf(""), "application/pdf"), "document_without_text"),
        (note(b"II*", "image/tiff"), "attachment_type"),
        (note(b"\xff\xfe"), "attachment_encoding"),
        (note(content=[{"attachment": {"url": "http://example.org/doc.txt"}}]), "attachment_elsewhere"),
        (note(content=[{"attachment": {"data": "aGVsbG8"}}]), "document_malformed"),
        (note(date=None), "document_without_time"),
    ],
)
def test_a_document_that_cannot_be_read_is_told_of_and_the_chart_still_opens(document: dict[str, Any], told: str):
    [found], issues = read(a_stay({name: value for name, value in document.items() if value is not None}))
    assert found.documents == ()
    assert told in codes(issues, "warning")


def test_a_withdrawn_note_is_left_out():
    assert the_encounter(a_stay(note(status="entered-in-error"))).documents == ()
