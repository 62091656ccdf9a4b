"""A JSON Patch on a claim: done in order, all or none, and bounded."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scrubber.domain.claim_patch import PatchOperation, patched_document
from services.scrubber.errors import IdentityChanged, InvalidPatch
from shared.claims import CLAIM
from tests.builders import a_professional_claim

CLEAN = a_professional_claim().build()
PATHS = [
    "",
    "/",
    "/id",
    "/lines",
    "/lines/-",
    "/lines/0",
    "/lines/01",
    "/lines/x",
    "/lines/0/units/a",
    "/patient",
    "/~",
]


def patched(*operations):
    return json.loads(patched_document(CLEAN, [PatchOperation.model_validate(one) for one in operations]))


def test_operations_are_done_in_their_order():
    """As RFC 6902 section 4 has each of them."""
    first, second = {"code": "I10"}, {"code": "E119"}
    done = patched(
        {"op": "replace", "path": "/diagnoses", "value": [first]},
        {"op": "add", "path": "/diagnoses/-", "value": second},
        {"op": "move", "from": "/diagnoses/0", "path": "/diagnoses/1"},
        {"op": "copy", "from": "/diagnoses/0", "path": "/diagnoses/0"},
        {"op": "remove", "path": "/diagnoses/2"},
    )
    assert done["diagnoses"] == [second, second]


def test_what_is_not_named_stays():
    assert patched({"op": "test", "path": "/kind", "value": "professional"}) == CLEAN.model_dump(mode="json")


def test_a_null_is_a_value():
    assert patched({"op": "add", "path": "/billing/npi", "value": None})["billing"]["npi"] is None


def test_copies_of_copies_are_bounded():
    double = {"op": "copy", "from": "/lines", "path": "/lines/-"}
    with pytest.raises(InvalidPatch, match=r"deep|large"):
        patched(*[double] * 100)


def test_what_failed_is_told_without_the_claims_content():
    name = CLEAN.patient.name.last
    with pytest.raises(InvalidPatch) as refused:
        patched({"op": "test", "path": "/patient/name/last", "value": "X"})
    assert name not in str(refused.value)


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "op": st.sampled_from(["add", "remove", "replace", "move", "copy", "test"]),
                "path": st.sampled_from(PATHS),
            },
            optional={"from": st.sampled_from(PATHS), "value": st.none() | st.integers() | st.just([]) | st.just({})},
        ),
        min_size=1,
        max_size=4,
    )
)
def test_any_patch_is_done_or_refused_with_its_place_and_keeps_the_identity(operations):
    assert _place_of_refusal(operations) in (None, *range(len(operations)))


def _place_of_refusal(operations):
    """Which operation was refused; None where all were done, and then it is the same claim."""
    try:
        done = patched(*operations)
    except (InvalidPatch, IdentityChanged) as refused:
        return int(refused.pointer.split("/")[1])
    return None if done["id"] == str(CLEAN.id) else "another claim"


def test_a_patched_claim_reads_as_one():
    content = patched_document(CLEAN, [PatchOperation(op="replace", path="/lines/0/units", value="2")])
    assert str(CLAIM.validate_json(content).lines[0].units) == "2"
