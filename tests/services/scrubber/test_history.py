"""A claim is held against what was cleared for the patient before, and against nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from services.scrubber import history_store
from services.scrubber.domain.history import patient_key
from services.scrubber.rules_store import PayerAnswerRow
from shared.db import Context
from shared.events.contracts import ClaimCleared, ClaimHeld
from tests.builders import a_professional_claim, a_subscriber, commercial
from tests.services.scrubber.conftest import told

FIRST = a_professional_claim().build()
AGAIN = a_professional_claim().but(
    id="0193628d-58f5-7a70-8d2e-7a3d8ef0a002", patient_control_number="RC00000000000000AG2"
)


def findings(event):
    return [finding.edit_id for finding in event.report.findings]


async def test_a_claim_that_went_before_holds_its_duplicate(arrives, claims_database):
    await arrives(FIRST)
    await arrives(AGAIN.build())
    first, second = await told(claims_database)
    assert isinstance(first, ClaimCleared)
    assert isinstance(second, ClaimHeld)
    assert findings(second) == ["claim-billed-before"]
    assert second.report.findings[0].evidence["claim"] == str(FIRST.patient_control_number)


async def test_a_claim_is_no_duplicate_of_itself(arrives, claims_database):
    await arrives(FIRST)
    await arrives(FIRST, revision=8)
    assert all(isinstance(event, ClaimCleared) for event in await told(claims_database))


async def test_other_tenants_patients_and_days_are_none_of_its_business(arrives, claims_database):
    other = commercial(subscriber=a_subscriber("W20045119"))
    await arrives(FIRST, tenant="north")
    await arrives(AGAIN.with_coverages(other).build())
    await arrives(a_professional_claim().build())
    assert all(isinstance(event, ClaimCleared) for event in await told(claims_database))


async def test_a_claim_that_is_held_or_returned_has_not_gone_before(arrives, claims_database):
    await arrives(a_professional_claim().with_billing(npi=None).build())
    await arrives(AGAIN.build())
    assert isinstance((await told(claims_database))[-1], ClaimCleared)


@pytest.mark.parametrize(("accepted", "event"), [(None, ClaimCleared), (date(2026, 11, 23), ClaimHeld)])
async def test_a_claim_that_the_payer_rejected_counts_once_it_was_taken(
    arrives, claims_database, clock, accepted, event
):
    await arrives(FIRST)
    context = Context(tenant="mercy", actor="system:scrubber", request_id="e-1", at=clock())
    async with claims_database.unit_of_work(context) as uow:
        answered = {"rejected_on": date(2026, 11, 20), "accepted_on": accepted}
        uow.session.add(PayerAnswerRow(tenant="mercy", claim_id=str(FIRST.id), **answered))
    await arrives(AGAIN.build())
    assert isinstance((await told(claims_database))[-1], event)


async def test_a_void_takes_back_what_was_billed(arrives, claims_database):
    await arrives(FIRST)
    void = a_professional_claim().with_coverages(commercial(payer_claim_control_number="2026123")).but(frequency="8")
    await arrives(void.build(), revision=8)
    async with claims_database.read() as session:
        assert await history_store.earlier_services(session, "mercy", AGAIN.build()) == ()


def test_a_patient_is_known_by_a_digest_that_tells_family_members_apart():
    claim = a_professional_claim()
    key = patient_key(claim.build())
    assert key == patient_key(AGAIN.build())
    assert key is not None
    assert len(key) == 32
    assert key != patient_key(claim.with_patient(birth_date="2015-04-12").build())
    assert patient_key(claim.with_coverages(commercial(subscriber=a_subscriber(None))).build()) is None
