"""A fault in a claim points into the document that was sent, and at the element of the 837 where it will stand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.claims import CLAIM, Encounter, Model, ProfessionalClaim
from shared.http import InvalidBody, json_body
from tests.builders import a_professional_claim, an_encounter


def faults(body: Any, document: Any) -> dict[str | None, tuple[str, str | None]]:
    with pytest.raises(InvalidBody) as raised:
        body.dependency.read(json.dumps(document).encode())
    return {error.pointer: (error.code, error.x12) for error in raised.value.errors}


def a_document() -> dict[str, Any]:
    claim: ProfessionalClaim = a_professional_claim().build()
    document: dict[str, Any] = json.loads(claim.model_dump_json())
    return document


def test_the_alternative_of_a_union_is_no_step_of_the_pointer() -> None:
    """The billing provider's NPI is 2010AA NM109 (X222A1 §2.4)."""
    document = a_document()
    document["billing"]["npi"] = "1234567890"
    ((pointer, (_, x12)),) = faults(json_body(CLAIM), document).items()
    assert (pointer, x12) == ("/billing/npi", "2010AA.NM109")


def test_a_claim_inside_a_request_keeps_its_elements() -> None:
    class Correction(Model):
        reason: str
        claim: ProfessionalClaim

    document = a_document()
    document["lines"][0]["charge"] = "-5.00"
    found = faults(json_body(Correction), {"reason": "typing", "claim": document})
    assert found["/claim/lines/0/charge"][1] == "2400.SV102"


def test_an_unknown_kind_of_claim_is_not_repeated() -> None:
    document = a_document() | {"kind": "ABERNATHY"}
    with pytest.raises(InvalidBody) as raised:
        json_body(CLAIM).dependency.read(json.dumps(document).encode())
    assert "ABERNATHY" not in str([error.model_dump() for error in raised.value.errors])


def test_as_received_keeps_what_fails_its_check() -> None:
    document = json.loads(an_encounter().build().model_dump_json())
    text = json.dumps(document).replace("1234567893", "1234567890")
    read = json_body(Encounter, as_received=True).dependency.read(text.encode())
    assert "1234567890" in read.model_dump_json()


def test_a_pointer_escapes_as_in_rfc_6901() -> None:
    document = a_document() | {"a/b~c": 1}
    assert "/a~1b~0c" in faults(json_body(CLAIM), document)
