"""A record and a compliant query on it, to be changed by tests. Every person and finding is invented."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from shared.claims import Document
from shared.claims.queries import ClinicalIndicator, QueryOption, QueryText, Quote

DAY = date(2026, 11, 24)

NOTE = (
    "ASSESSMENT: Heart failure, on furosemide. Pneumonia. No evidence of sepsis.\n"
    "Temp 39.1, WBC 18.2, lactate 3.4. Creatinine 2.4, baseline 0.9. Urine output 200 mL in 24 h. LVEF 30%.\n"
    "Hyperlipidemia due to diet."
)
IMAGING = "IMPRESSION: Left lower lobe consolidation. Acute pulmonary embolism in the right lower lobe."


def a_document(document_id: str, kind: str, title: str, text: str) -> Document:
    return Document(id=document_id, kind=kind, title=title, written_at=datetime(2026, 11, 18, 9, tzinfo=UTC), text=text)


RECORD = (
    a_document("DOC-1", "progress_note", "Progress note", NOTE),
    a_document("DOC-2", "imaging_report", "CT angiogram chest", IMAGING),
)


def quoted(words: str, document: Document = RECORD[0], **fields: Any) -> ClinicalIndicator:
    start = document.text.index(words)
    given = {
        "document_id": document.id,
        "start": start,
        "end": start + len(words),
        "text": words,
        "source": document.title,
        "date": document.written_at.date(),
    }
    return ClinicalIndicator.model_validate(given | fields)


def the_words(words: str, document: Document = RECORD[0]) -> Quote:
    return Quote.model_validate(quoted(words, document).model_dump(include={"document_id", "start", "end", "text"}))


OTHER = QueryOption(text="Other, please specify", kind="other")
UNDETERMINED = QueryOption(text="Unable to determine", kind="undetermined")
YES, NO = QueryOption(text="Yes", kind="yes"), QueryOption(text="No", kind="no")

_KIDNEY: dict[str, Any] = {
    "purpose": "clinical_significance",
    "form": "multiple_choice",
    "title": "Clinical significance of laboratory findings",
    "question": "What, in your clinical judgment, do the findings quoted below signify for this stay?",
    "indicators": (quoted("Creatinine 2.4, baseline 0.9"), quoted("Urine output 200 mL in 24 h")),
    "options": (
        QueryOption(text="Acute kidney injury", supported_by=(0, 1)),
        QueryOption(text="Chronic kidney disease, stage to be given", supported_by=(0,)),
        OTHER,
        UNDETERMINED,
    ),
}

_ONSET: dict[str, Any] = {
    "purpose": "present_on_admission",
    "form": "yes_no",
    "title": "Onset of pneumonia",
    "question": "Was pneumonia present at the time of the order for inpatient admission?",
    "indicators": (quoted("Temp 39.1"),),
    "options": (YES, NO, OTHER, UNDETERMINED),
    "subject": the_words("Pneumonia"),
}


def a_choice(**fields: Any) -> QueryText:
    """What a raised creatinine means: compliant."""
    return QueryText.model_validate(_KIDNEY | fields)


def a_yes_no(**fields: Any) -> QueryText:
    """Whether pneumonia was present on admission: compliant."""
    return QueryText.model_validate(_ONSET | fields)


def an_open_question(**fields: Any) -> QueryText:
    words = {"form": "open_ended", "options": (), "question": "Please clarify what these findings signify."}
    return a_choice(**(words | fields))
