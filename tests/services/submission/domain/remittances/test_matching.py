"""Which claims a payment may be of that no number tells. Points by the weights of `remittance_matching.yaml`."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.submission.domain.remittances.documents import AdjudicatedClaim, remitted_document
from services.submission.domain.remittances.matching import Known, Remitted, candidates, member_key, misfits
from services.submission.domain.x12.reading import read_remittances
from services.submission.domain.x12.reading.advice import RemittedClaim
from tests.builders import a_person, a_professional_claim, a_professional_line, a_subscriber, medicare
from tests.services.submission.remittances import a_claim, a_service, an_835

DAY = date(2026, 12, 1)
NUMBER = "4H9KQZ7M2B8XCD5N0T01"
LINES = (a_professional_line("99213", "125.00"), a_professional_line("93000", "100.00"))


def known(
    claim_id: str = "0193628d-58f5-7a70-8d2e-7a3d8ef0a001", payer_number: str | None = None, **fields: Any
) -> Known:
    claim = a_professional_claim().with_lines(*LINES)
    changed = {"id": claim_id, "patient_control_number": NUMBER} | fields
    return Known(claim.but(**changed).build(), "submitted", payer_number)


def said(number: str = "X1", *services: list[str], charged: str = "225", payer_number: str = "") -> Remitted:
    """Of JOAN DOE, member 1EG4TE5MK73, on 2026-11-16."""
    lines = services or (a_service("99213", "125", "0"), a_service("93000", "100", "0", line="2"))
    text = an_835("0", a_claim(number, "1", charged, "0", *lines, payer_number=payer_number))
    (claim,) = (one for one in read_remittances(text.encode()) if isinstance(one, RemittedClaim))
    document = AdjudicatedClaim.model_validate(remitted_document(claim), strict=False)
    return Remitted(number, payer_number, claim.charged, document)


NUMBERS = [
    (NUMBER, "", ["control_number"]),
    (NUMBER.lower()[:4] + "-" + NUMBER.lower()[4:], "", ["control_number"]),
    (NUMBER[:17], "", ["near_control_number"]),
    ("00" + NUMBER, "", ["near_control_number"]),
    (NUMBER[:9] + "O" + NUMBER[10:], "", ["near_control_number"]),
    (NUMBER[:6], "", []),
    ("ANOTHERCLINICS123456", "", []),
    ("X1", "ICN7", ["payer_number"]),
]


@pytest.mark.parametrize(("number", "payer_number", "facts"), NUMBERS)
def test_numbers_that_are_cut_padded_or_mistaken_are_near(number: str, payer_number: str, facts: list[str]):
    (found,) = candidates(said(number, payer_number=payer_number), [known(payer_number="ICN7")], DAY, 5)
    assert [one.fact for one in found.reasons][: len(facts)] == facts
    # The member 30, the days 20, the charge 15; the surname is another.
    points = {"control_number": 60, "near_control_number": 40, "payer_number": 50}
    assert found.points == 65 + sum(points[fact] for fact in facts)


def test_the_likeliest_comes_first_and_what_speaks_against_it_puts_it_behind():
    named = a_subscriber("2AA2AA2AA22", person=a_person("DOE"))
    by_name = known("0193628d-58f5-7a70-8d2e-7a3d8ef0a002", coverages=[medicare() | {"subscriber": named}])
    cheaper = a_professional_claim().but(id="0193628d-58f5-7a70-8d2e-7a3d8ef0a003").build()
    found = candidates(said(), [by_name, Known(cheaper, "paid", None), known()], DAY, 5)
    assert [(one.claim_id[-1], one.points, one.misfits) for one in found] == [
        ("1", 65, ()), ("2", 55, ()), ("3", 50, ("charge",))
    ]  # fmt: skip
    assert len(candidates(said(), [known()] * 9, DAY, 5)) == 5


MISFITS = [
    (said(), []),
    (said("X1", a_service("93000", "100", "0"), charged="100"), []),
    (said("X1", a_service("93000", "90", "0"), charged="90"), ["charge"]),
    (said("X1", charged="300"), ["charge"]),
    (said("X1", charged="-225"), []),
    (said("X1", [one.replace("20261116", "20251116") for one in a_service("99213", "225", "0")]), ["service_dates"]),
]


@pytest.mark.parametrize(("one", "expected"), MISFITS)
def test_a_charge_beyond_the_claim_and_days_apart_from_it_do_not_fit(one: Remitted, expected: list[str]):
    assert list(misfits(one, known())) == expected


def test_a_patient_neither_of_the_name_nor_the_number_does_not_fit():
    somebody = medicare() | {"subscriber": a_subscriber("2AA2AA2AA22")}
    assert list(misfits(said(), known(coverages=[somebody]))) == ["patient"]
    nameless = said()
    unnamed = nameless.adjudicated.model_copy(update={"patient": None})
    assert list(misfits(Remitted("X1", "", nameless.charged, unnamed), known(coverages=[somebody]))) == []


def test_a_member_id_is_the_same_however_it_is_written():
    assert member_key("1eg4-te5-mk73") == member_key("1EG4 TE5 MK73") == "1EG4TE5MK73"
    assert member_key("- ") is member_key(None) is None


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=50), st.text(max_size=50), st.text(max_size=80))
def test_whatever_a_payer_writes_the_order_does_not_depend_on_that_of_the_claims(number: str, payer: str, member: str):
    base = said()
    patient = base.adjudicated.patient
    assert patient is not None
    document = base.adjudicated.model_copy(update={"patient": patient.model_copy(update={"id": member})})
    one = Remitted(number, payer, base.charged, document)
    claims = [known(f"0193628d-58f5-7a70-8d2e-7a3d8ef0a00{n}", payer_number=payer or None) for n in range(3)]
    assert candidates(one, claims, DAY, 5) == candidates(one, claims[::-1], DAY, 5)
