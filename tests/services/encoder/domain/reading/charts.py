"""Charts to read, of documents written by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count

from services.encoder.domain.reading.suggesting import read
from services.encoder.domain.reading.suggestions import ReadChart, Reading
from services.encoder.lexicon_store import lexicon_of
from shared.claims import Document, EncounterClass
from shared.tables import Tables

DAY = date(2026, 5, 4)
_numbers = count(1)


def a_document(kind: str, text: str) -> Document:
    number = next(_numbers)
    return Document(id=f"d{number}", kind=kind, title="Note", written_at=datetime(2026, 5, 4, 9, tzinfo=UTC), text=text)


def read_chart(tables: Tables, *documents: Document, setting: EncounterClass, day: date = DAY) -> Reading:
    return read(ReadChart.model_construct(setting=setting, day=day, documents=documents), lexicon_of(tables), tables)
