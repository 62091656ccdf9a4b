"""Everything mentioned, for registries and research; a claim's reading stays as it is. Codes by hand."""

from __future__ import annotations

import pytest

from services.encoder.domain.reading.mentioned import with_everything_mentioned
from services.encoder.domain.reading.suggesting import read
from services.encoder.domain.reading.suggestions import ReadChart, ReadDocument
from services.encoder.lexicon_store import lexicon_of
from shared.tables import Tables
from tests.services.encoder.domain.reading.test_suggesting import DAY, reading


@pytest.mark.parametrize(
    ("text", "code", "trait"),
    [
        ("Denies chest pain.", "R079", "absent"),
        ("Pneumonia with fever.", "R509", "present"),  # integral to it (I.B.5)
        ("Possible fibromyalgia.", "M797", "possible"),  # of an outpatient (IV.H)
    ],
)
def test_what_a_claim_leaves_out_is_mentioned(embedded_tables: Tables, text: str, code: str, trait: str) -> None:
    claim = reading(embedded_tables, text)
    assert code not in {one.code for one in claim.suggestions}
    found = {one.code: one.trait for one in with_everything_mentioned(claim, embedded_tables, DAY).suggestions}
    assert found[code] == trait


@pytest.mark.parametrize("text", ["Mother has breast cancer.", "Return if chest pain occurs."])
def test_a_relative_and_a_fear_are_no_condition_of_the_patient(embedded_tables: Tables, text: str) -> None:
    assert not with_everything_mentioned(reading(embedded_tables, text), embedded_tables, DAY).suggestions


def test_what_is_suggested_is_left_out_no_more(embedded_tables: Tables) -> None:
    found = with_everything_mentioned(reading(embedded_tables, "Denies chest pain."), embedded_tables, DAY)
    assert not found.left_out
    assert [one.text for one in found.suggestions[0].evidence] == ["chest pain"]


def test_the_scope_of_a_chart_asks_for_everything_mentioned(embedded_tables: Tables) -> None:
    document = ReadDocument(id="1", text="Denies chest pain.")
    chart = ReadChart.model_construct(setting="outpatient", day=DAY, documents=(document,), scope="mentions")
    found = read(chart, lexicon_of(embedded_tables), embedded_tables)
    assert [(one.code, one.trait) for one in found.suggestions] == [("R079", "absent")]
