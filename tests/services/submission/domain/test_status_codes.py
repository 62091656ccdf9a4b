"""277CA codes in words, and the field of the claim that each means."""

from __future__ import annotations

from datetime import date
from functools import reduce
from typing import Any

import pytest

from services.submission.domain.status_codes import category_verdicts, wording
from services.submission.parameters import parameter
from shared.claims import PayerStatus
from shared.tables.dated import NoEdition
from tests.builders import a_professional_claim, an_institutional_claim, commercial, medicare

DAY = date(2026, 11, 24)


def status(category: str, code: str, entity: str | None = None, line: int | None = None) -> PayerStatus:
    level = "line" if line else "claim"
    return PayerStatus(category=category, status=code, entity=entity, level=level, line_number=line)


@pytest.mark.parametrize(
    ("found", "pointer"),
    [
        (status("A7", "562", "85"), "/billing/npi"),
        (status("A7", "562", "82"), "/rendering/npi"),
        (status("A7", "500", "85"), "/billing/address/zip_code"),
        (status("A7", "164", "IL"), "/coverages/1/subscriber/member_id"),
        (status("A6", "504", "IL"), "/coverages/1/subscriber/person/last"),
        (status("A6", "504", "QC"), "/patient/name/last"),
        (status("A7", "158", "QC"), "/patient/birth_date"),
        (status("A7", "126", "87"), "/pay_to_address"),
        (status("A7", "153", "PR"), "/coverages/1/payer/payer_id"),
        (status("A8", "178"), "/total_charge"),
        (status("A7", "453", line=3), "/lines/2/modifiers"),
        (status("A7", "453"), "/lines"),
        (status("A3", "33", "IL"), "/coverages/1/subscriber/member_id"),
        (status("A1", "19", "AY"), None),
    ],
)
def test_a_status_points_at_the_field_that_it_means(found: PayerStatus, pointer: str | None):
    claim = a_professional_claim().with_coverages(commercial(), medicare(sequence="S")).but(billed_sequence="S").build()
    assert wording(found, claim, DAY).pointer == pointer


def test_a_status_is_said_in_words():
    said = wording(status("A7", "562", "85"), a_professional_claim().build(), DAY)
    assert said.category == "Something has a wrong value"
    assert said.status == "National provider identifier"
    assert said.entity == "Billing provider"


def test_a_code_that_is_not_listed_is_given_as_it_is():
    said = wording(status("A7", "9999", "Z9"), a_professional_claim().build(), DAY)
    assert (said.status, said.entity, said.pointer) == ("code 9999", "code Z9", None)


def test_a_code_without_words_of_ours_is_said_as_the_customers_own_list_has_it():
    claim = a_professional_claim().build()
    loaded = {"9998": "As X12 says it", "562": "Not asked for"}.get
    assert wording(status("A7", "9998"), claim, DAY, loaded).status == "As X12 says it"
    assert wording(status("A7", "562", "85"), claim, DAY, loaded).status == "National provider identifier"


@pytest.mark.parametrize("claim", [a_professional_claim().build(), an_institutional_claim().build()])
def test_every_place_that_is_named_exists_on_a_claim_of_some_kind(claim: Any):
    """A pointer's first step is a field of one of the two models."""
    names = set(a_professional_claim().build().model_fields_set | set(type(claim).model_fields))
    names |= set(type(an_institutional_claim().build()).model_fields)
    names |= set(type(a_professional_claim().build()).model_fields)
    entries = [*parameter("status_codes").on(DAY).values(), *parameter("status_entities").on(DAY).values()]
    places = [entry["pointer"] for entry in entries if "pointer" in entry]
    assert {place.split("/")[1] for place in places} <= names


@pytest.mark.parametrize(
    ("found", "x12"),
    [
        (status("A7", "562", "85"), "2010AA.NM109"),
        (status("A7", "145", "85"), "2000A.PRV03"),
        (status("A7", "164", "IL"), "2010BA.NM109"),
        (status("A7", "158", "QC"), "2010BA.DMG02"),
        (status("A6", "252"), "2300.REF02"),
        (status("A6", "464"), "2300.REF02"),
        (status("A8", "178"), "2300.CLM02"),
        (status("A7", "249"), "2300.CLM05-1"),
        (status("A1", "19", "AY"), None),
    ],
)
def test_a_status_says_where_its_field_stands_in_the_837(found: PayerStatus, x12: str | None):
    """EDITS.md rows 15, 18, 27, 30, 38, 39, 42 and 60; the patient is the subscriber, whose loop is 2010BA."""
    assert wording(found, a_professional_claim().build(), DAY).x12 == x12


@pytest.mark.parametrize(
    ("level", "category", "code", "words"),
    [
        ("interchange", "R", "021", ("Rejected", "Number of groups not valid")),
        ("transaction", "R", "5", ("Rejected", "Segments of it are in error")),
        ("group", "R", "R", ("Rejected", "Rejected")),
        ("transaction", "R", "99", ("Rejected", "code 99")),
    ],
)
def test_what_is_said_of_a_file_is_said_in_words(level: str, category: str, code: str, words: tuple[str, str]):
    found = PayerStatus(category=category, status=code, level=level)  # type: ignore[arg-type]  # written out
    said = wording(found, a_professional_claim().build(), DAY)
    assert (said.category, said.status, said.pointer) == (*words, None)


def test_categories_tell_refusal_from_acceptance():
    """005010X214: A3, A4, A6, A7 and A8 return the claim; A2 and A5 take it into adjudication."""
    verdicts = category_verdicts(DAY)
    assert {code for code, verdict in verdicts.items() if verdict == "rejected"} == {"A3", "A4", "A6", "A7", "A8"}
    assert {code for code, verdict in verdicts.items() if verdict == "accepted"} == {"A2", "A5"}


def test_there_is_no_edition_before_the_guide():
    with pytest.raises(NoEdition):
        category_verdicts(date(2010, 1, 1))


def test_wording_is_short():
    texts = reduce(
        lambda found, name: [*found, *(entry["meaning"] for entry in parameter(name).on(DAY).values())],
        ("status_codes", "status_categories", "status_entities"),
        [],
    )
    assert max(map(len, texts)) <= 60
