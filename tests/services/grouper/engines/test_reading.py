"""The fast way to read a claim or stay reads what the models and `shared.http` read, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.grouper.domain.stays import AnySubject, Subject
from services.grouper.engines.reading import read_subject
from shared.errors import ServiceError
from shared.http import ndjson_items
from tests.builders import a_professional_claim, an_institutional_claim

STAY: dict[str, Any] = {
    "kind": "stay",
    "discharge_date": "2026-11-20",
    "age": 76,
    "sex": "F",
    "discharge_status": "01",
    "diagnoses": [{"code": "J18.9", "poa": "Y"}, {"code": "n179"}, {"code": "J18.9", "poa": "Y"}],
    "procedures": [{"code": "0DTJ4ZZ", "date": "2026-11-18"}],
    "admitting_diagnosis": {"code": "R07.9"},
}
TEXT = json.dumps(STAY)
BODY = ndjson_items(Subject, as_received=True).dependency


def read_at_length(content: bytes) -> AnySubject | None:
    try:
        subject: AnySubject = BODY.read(content)
    except ServiceError:
        return None
    return subject


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        f" {TEXT}\r",
        json.dumps(an_institutional_claim().document()),
        json.dumps(a_professional_claim().document()),
        TEXT.replace('"sex"', '"age": 77, "sex"'),
        TEXT.replace('"poa"', '"code": "I10", "poa"'),
        TEXT.replace("n179", "n179\\u0000"),
        TEXT.replace("n179", "n1:79"),
        TEXT.replace('"Y"', "null"),
        TEXT.replace("76", "76.0"),
        TEXT.replace("76", "NaN"),
        TEXT.replace("76", "true"),
        TEXT.replace("76", "1" * 400),
        TEXT.replace('"Y"', '["Y"]'),
        TEXT.replace('{"code": "n179"}', '"n179"'),
        TEXT.replace('"stay"', '"visit"'),
        TEXT + "{}",
        "[" * 5_000,
        "[]",
        "null",
        '"\ud800"',
        "",
    ],
)
def test_a_document_is_read_as_at_length(text: str) -> None:
    content = text.encode("utf-8", "surrogatepass")
    read = read_subject(content)
    assert read == read_at_length(content)
    assert read is None or read.model_fields_set == read_at_length(content).model_fields_set  # type: ignore[union-attr]  # equal


VALUES = st.none() | st.booleans() | st.integers(-2, 10**20) | st.floats() | st.text(max_size=6) | st.just("2026-02-30")
CODES = st.sampled_from(["J189", "j18.9", " I10 ", "E11.65", "", "\0", "J1:8", "É"]) | st.text(max_size=9)
ITEMS = st.fixed_dictionaries({"code": CODES}, optional={"poa": VALUES | st.sampled_from("YNUW1"), "date": VALUES})
CHANGES = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(STAY, VALUES)
    | {"diagnoses": st.lists(ITEMS | VALUES, max_size=27), "procedures": st.lists(ITEMS, max_size=3), "other": VALUES},
)


@settings(max_examples=300, deadline=None)
@given(CHANGES)
def test_whatever_is_written_is_read_as_at_length(changes: dict[str, Any]) -> None:
    content = json.dumps(STAY | changes, ensure_ascii=False).encode("utf-8", "surrogatepass")
    assert read_subject(content) == read_at_length(content)
