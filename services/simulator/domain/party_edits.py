"""Front-end edits of people, organisations and where they live."""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.simulator.domain.questions import Asked
from services.simulator.domain.received_claims import Party, parties
from services.simulator.domain.statuses import Status
from shared.claims import Npi, TaxonomyCode

_PERSONS = {"71", "72", "ZZ", "DN", "DK"}
"""Attending, operating, other operating, referring, ordering."""
_PROVIDERS = {"77", "DN", "P3", "DQ", "DK", "72", "ZZ"}
_WITH_TAXONOMY = _PROVIDERS | {"82", "71"}
_UNITED_STATES = {"", "US", "USA"}
_STATES = {**dict.fromkeys(_UNITED_STATES, "us_states"), "CA": "ca_provinces", "CAN": "ca_provinces"}


def _everybody(asked: Asked) -> Iterator[tuple[str, Party]]:
    """With the patient last: where the patient is the subscriber there is but one of them."""
    yield from parties(asked.claim.above)
    yield from parties(asked.claim.segments)
    for line in asked.claim.lines:
        yield from parties(line.segments)


def states(asked: Asked) -> Iterator[Status]:
    for entity, party in _everybody(asked):
        known = _STATES.get(party.country)
        if party.city and known is not None:
            if not party.state:
                yield Status("A6", "501", entity)
            elif not asked.listed(known, party.state):
                yield Status("A7", "501", entity)


def zip_codes(asked: Asked) -> Iterator[Status]:
    """Of all but those whose nine digits have an edit of their own."""
    for entity, party in _everybody(asked):
        if party.city and party.country in _UNITED_STATES and entity not in ("85", "77"):
            if not party.zip_code:
                yield Status("A6", "500", entity)
            elif not re.fullmatch(r"\d{5}(\d{4})?", party.zip_code):
                yield Status("A7", "500", entity)


def pay_to(asked: Asked) -> Iterator[Status]:
    other = dict(parties(asked.claim.above)).get("87")
    if other is not None and _street(other) == _street(asked.claim.billing):
        yield Status("A7", "126", "87")


def _street(party: Party) -> tuple[object, ...]:
    return party.address, party.city, party.state, party.zip_code


def providers(asked: Asked) -> Iterator[Status]:
    """NPI, taxonomy and kind of those beside the biller."""
    for entity, party in _everybody(asked):
        if entity in _PROVIDERS and party.id and Npi.problem_of(party.id):
            yield Status("A7", "562", entity)
        if entity in _PERSONS - {"71"} and not party.is_person:
            yield Status("A7", "741", entity)
        wrong = TaxonomyCode.problem_of(party.taxonomy) or not asked.in_taxonomy(party.taxonomy)
        if entity in _WITH_TAXONOMY and party.taxonomy and wrong:
            yield Status("A7", "145", entity)


def patient(asked: Asked) -> Iterator[Status]:
    claim = asked.claim
    entity = "IL" if claim.patient_is_subscriber else "QC"
    if not claim.patient.address:
        yield Status("A6", "126", entity)
    born, first = asked.day_of(claim.patient.birth_date), claim.first_day
    if born is not None and first is not None and first < born <= asked.day:
        yield Status("A8", "158", entity)


PARTY_EDITS = (states, zip_codes, pay_to, providers, patient)
