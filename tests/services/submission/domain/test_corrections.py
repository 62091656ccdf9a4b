"""One correction for many claims: the same change wherever the field stands."""

from __future__ import annotations

import json

import pytest

from services.submission.domain.corrections import FieldChange, changed_document
from services.submission.errors import InvalidChange
from tests.builders import a_professional_claim, commercial, medicare

SECONDARY = a_professional_claim().with_coverages(commercial(), medicare(sequence="S")).but(billed_sequence="S").build()


def changed(pointer: str, value: object) -> dict[str, object]:
    return json.loads(changed_document(SECONDARY, [FieldChange(pointer=pointer, value=value)]))  # type: ignore[arg-type]


def test_billed_is_the_coverage_that_the_claim_was_sent_to():
    document = changed("/coverages/billed/subscriber/member_id", "1EG4TE5MK72")
    ids = [coverage["subscriber"]["member_id"] for coverage in document["coverages"]]  # type: ignore[union-attr]
    assert ids == [SECONDARY.coverages[0].subscriber.member_id, "1EG4TE5MK72"]


def test_a_field_that_is_not_there_yet_is_added_and_null_takes_it_away():
    assert changed("/delay_reason", "8")["delay_reason"] == "8"
    assert "npi" not in changed("/billing/npi", None)["billing"]  # type: ignore[operator]
    assert len(changed("/diagnoses/0", None)["diagnoses"]) == len(SECONDARY.diagnoses) - 1  # type: ignore[arg-type]


def test_nothing_else_changes():
    document = json.loads(SECONDARY.model_dump_json())
    assert changed("/billing/taxonomy", "207Q00000X") | {"billing": None} == document | {"billing": None}


@pytest.mark.parametrize(
    "pointer", ["/nobody/npi", "/lines/99/units", "/lines/x/units", "/billing/npi/deep", "/lines/-1/x"]
)
def test_a_pointer_that_leads_nowhere_is_refused_at_its_place(pointer: str):
    with pytest.raises(InvalidChange) as refused:
        changed(pointer, "1")
    assert refused.value.pointer == "/set/0/pointer"
