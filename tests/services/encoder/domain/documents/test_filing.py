from __future__ import annotations

from datetime import UTC, datetime

from services.encoder.domain.documents.filing import Filing, KnownVersion, Placing, placed
from shared.claims import Document

AT = datetime(2026, 11, 20, 18, tzinfo=UTC)


def a_document(text: str = "Pneumonia.", number: str = "D-1") -> Document:
    return Document(id=number, kind="progress_note", title="Note", written_at=AT, text=text)


def test_the_first_of_its_id_is_version_one():
    assert placed(a_document(), Filing(received_at=AT), []) == Placing(1, frozenset({"D-1"}))


def test_the_same_words_again_change_nothing():
    known = [KnownVersion(a_document(), 1, "current", signed=True)]
    assert placed(a_document(), Filing(received_at=AT), known) == Placing(None)


def test_the_same_words_signed_are_a_new_version():
    known = [KnownVersion(a_document(), 1, "current", signed=False)]
    assert placed(a_document(), Filing(received_at=AT), known).version == 2


def test_words_that_were_withdrawn_may_come_again():
    known = [KnownVersion(a_document(), 1, "cancelled", signed=True)]
    assert placed(a_document(), Filing(received_at=AT), known).version == 2


def test_a_replacement_ends_the_other_document_and_an_addendum_does_not():
    replacing = Filing(received_at=AT, replaces="D-0")
    assert placed(a_document(), replacing, []).supersedes == {"D-0", "D-1"}
    adding = Filing(received_at=AT, addendum_to="D-0")
    assert placed(a_document(), adding, []).supersedes == {"D-1"}
