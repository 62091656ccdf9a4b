"""Where claims come from, what stands where, and how much of a file is held."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from services.submission.domain.x12 import write_interchange
from services.submission.domain.x12.reading import ReceivedClaim, read_claims
from tests.builders import a_professional_claim, an_institutional_claim, commercial
from tests.services.submission.domain.x12.test_interchange import ENVELOPE, a_secondary_claim, with_id

SAMPLES = Path(os.environ.get("REVCYCLE_REFERENCE", "../shared")) / "samples" / "x12"
LARGE = 50_000
"""Bytes of a file that says the same claim over and over."""
CLEAN = [
    "x12__src_tests_resources_837_005010X222A2_demo.cob.example3.C.837",
    "x12__src_tests_resources_837_005010X222A2_demo.drug.example10.1.837",
    "x12__src_tests_resources_837_005010X222A2_demo.example1.837",
    "x12__src_tests_resources_837_005010X222A2_demo.example2.837",
]


def received_from(content: bytes) -> list[ReceivedClaim]:
    return [one for one in read_claims(content) if isinstance(one, ReceivedClaim)]


def test_a_claim_knows_its_envelope():
    (received,) = received_from(write_interchange([a_professional_claim().build()], ENVELOPE))
    envelope = received.envelope
    assert (envelope.sender, envelope.receiver) == ("REVCYCLE", "CLEARINGHOUSE")
    assert envelope.interchange_control_number == "000000042"
    assert (envelope.group_control_number, envelope.set_control_number) == ("42", "0001")
    assert (envelope.version, envelope.usage) == ("005010X222A1", "T")


def test_every_segment_of_a_claim_is_found_at_its_offset():
    content = write_interchange([a_secondary_claim().build(), with_id(a_professional_claim(), 2).build()], ENVELOPE)
    for received in received_from(content):
        assert received.segments
        for segment, position, _ in received.segments:
            assert content[position.offset :].startswith(f"{segment}~".encode())


@pytest.mark.parametrize(
    ("pointer", "segment", "element", "loop"),
    [
        (("total_charge",), "CLM*RC0000000000000000A1", "CLM02", "2300"),
        (("billing", "npi"), "NM1*85", "NM109", "2010AA"),
        (("billing", "taxonomy"), "PRV*BI", "PRV03", "2000A"),
        (("patient", "name", "last"), "NM1*IL", "NM103", "2010BA"),
        (("coverages", 0, "payer", "payer_id"), "NM1*PR*2*MEDICARE", "NM109", "2330B"),
        (("coverages", 1, "payer", "payer_id"), "NM1*PR*2*MERIDIAN", "NM109", "2010BB"),
        (("coverages", 0, "adjudication", "adjustments", 6, "amount"), "CAS*PR*7*1", "CAS03", "2320"),
        (("diagnoses", 0, "code"), "HI*ABK:I10", "HI01-2", "2300"),
        (("lines", 0, "procedure"), "SV1*HC:99213", "SV101-2", "2400"),
        (("lines", 0, "adjudications", 0, "paid"), "SVD*MCAREB*80", "SVD02", "2430"),
        (("lines", 0, "drug"), "LX*1", None, "2400"),
    ],
)
def test_a_value_of_a_claim_leads_to_its_element(
    pointer: tuple[str | int, ...], segment: str, element: str | None, loop: str
):
    (received,) = received_from(write_interchange([a_secondary_claim().build()], ENVELOPE))
    placed, name = received.origin(pointer)
    assert str(placed.segment).startswith(segment)
    assert (placed.loop, name) == (loop, element)


def test_a_file_that_is_read_twice_gives_the_same_claims():
    content = write_interchange([with_id(a_professional_claim(), number).build() for number in (1, 2)], ENVELOPE)
    first, second = ([one.claim.id for one in received_from(content) if one.claim] for _ in range(2))
    assert first == second
    assert len(set(first)) == 2


def test_the_claim_is_known_by_its_control_number_where_the_file_names_neither_encounter_nor_record():
    content = write_interchange([a_professional_claim().build()], ENVELOPE).replace(b"REF*EA*MRN-1002003~", b"")
    claim = received_from(content)[0].claim
    assert claim is not None
    assert claim.encounter_id == claim.patient.medical_record_number == "RC0000000000000000A1"


def test_identifiers_are_taken_as_received():
    content = write_interchange([a_professional_claim().with_billing(npi="1234567890").build()], ENVELOPE)
    claim = received_from(content)[0].claim
    assert claim is not None
    assert claim.billing.npi is not None
    assert claim.billing.npi.problem is not None


def test_patients_of_one_subscriber_keep_their_own_relationship():
    claims = [
        with_id(a_professional_claim().with_coverages(commercial(relationship=code)), number).build()
        for number, code in enumerate(("19", "01"), 1)
    ]
    read = received_from(write_interchange(claims, ENVELOPE))
    assert [one.claim.billed_coverage.relationship for one in read if one.claim] == ["19", "01"]


class _Counted(io.BytesIO):
    """Counts what was asked of it."""

    asked = 0

    def read(self, size: int | None = -1) -> bytes:
        chunk = super().read(size)
        self.asked += len(chunk)
        return chunk


def test_a_claim_is_given_before_the_file_is_read_to_its_end():
    claims = [with_id(a_professional_claim(), number).build() for number in range(20)]
    file = _Counted(write_interchange(claims, ENVELOPE) * 40)
    size = len(file.getvalue())
    next(iter(read_claims(file)))
    assert file.asked < size / 2


def test_both_kinds_may_stand_in_one_file():
    claims = (a_professional_claim(), an_institutional_claim())
    content = b"".join(write_interchange([one.build()], ENVELOPE) for one in claims)
    assert [one.kind for one in received_from(content)] == ["professional", "institutional"]


@pytest.mark.reference
@pytest.mark.parametrize("name", CLEAN)
def test_a_file_of_others_is_read_without_a_fault_of_its_claims(name: str):
    file = SAMPLES / "837P" / name
    if not file.exists():
        pytest.skip("the samples are not here")
    received = received_from(file.read_bytes())
    assert received
    assert [(one.code, one.segment) for claim in received for one in claim.faults] == []


@pytest.mark.reference
def test_every_claim_of_the_files_of_others_is_answered():
    files = sorted((SAMPLES / "837P").glob("*")) + sorted((SAMPLES / "837I").glob("*"))
    if not files:
        pytest.skip("the samples are not here")
    for file in files:
        content = file.read_bytes()
        if (
            len(content) > LARGE
            or file.name == "x12-parser__src_test_resources_837_5010_x12_bad_segment_identifier.txt"
        ):
            continue  # the text is no longer X12 in its first claim
        for one in received_from(content):
            assert one.claim is not None or any(fault.severity == "error" for fault in one.faults), file.name
