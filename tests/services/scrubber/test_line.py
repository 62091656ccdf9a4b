"""A claim on the line: it comes once for each revision, and is cleared or held."""

from __future__ import annotations

from decimal import Decimal

from services.scrubber.store import ClaimRow
from shared import audit
from shared.claims import ExpectedPayment
from shared.events.contracts import ClaimCleared, ClaimHeld
from tests.builders import a_professional_claim, an_institutional_claim
from tests.services.scrubber.conftest import told

CLEAN = a_professional_claim().build()
DEFECT = a_professional_claim().with_billing(npi=None).build()


async def test_a_clean_claim_is_cleared_touchless(arrives, claims_database):
    await arrives(CLEAN)
    [event] = await told(claims_database)
    assert isinstance(event, ClaimCleared)
    assert (event.claim, event.revision, event.touchless) == (CLEAN, 3, True)


async def test_a_facility_claim_takes_the_same_way(arrives, claims_database):
    claim = an_institutional_claim().build()
    await arrives(claim)
    [event] = await told(claims_database)
    assert isinstance(event, ClaimCleared)
    assert event.claim == claim


async def test_a_defect_holds_the_claim(arrives, claims_database):
    await arrives(DEFECT)
    [event] = await told(claims_database)
    assert isinstance(event, ClaimHeld)
    assert [finding.edit_id for finding in event.report.findings] == ["billing-npi-missing"]


async def test_a_claim_goes_on_as_repaired(arrives, claims_database):
    await arrives(a_professional_claim().with_billing(contact={"name": "B", "telephone": "(615) 555-0100"}).build())
    [event] = await told(claims_database)
    assert isinstance(event, ClaimCleared)
    assert event.claim.billing.contact.telephone == "6155550100"
    assert [repair.repair_id for repair in event.report.repairs] == ["telephone-digits"]
    assert event.touchless


async def test_an_event_that_comes_twice_has_one_effect(arrives, claims_database):
    await arrives(CLEAN)
    await arrives(CLEAN)
    assert len(await told(claims_database)) == 1


async def test_an_earlier_revision_that_comes_late_changes_nothing(arrives, claims_database):
    await arrives(CLEAN, revision=6)
    await arrives(DEFECT, revision=2)
    assert [type(event) for event in await told(claims_database)] == [ClaimCleared]


async def test_a_claim_that_was_corrected_after_a_rejection_is_not_touchless(arrives, claims_database):
    await arrives(CLEAN)
    await arrives(CLEAN, revision=6, corrected=True)
    _, event = await told(claims_database)
    assert isinstance(event, ClaimCleared)
    assert (event.revision, event.touchless) == (7, False)


async def test_a_correction_of_a_rejected_claim_passes_the_edits_again(arrives, claims_database):
    await arrives(CLEAN)
    await arrives(DEFECT, revision=6, corrected=True)
    assert isinstance((await told(claims_database))[-1], ClaimHeld)


async def test_a_claim_that_is_coded_anew_counts_as_untouched(arrives, claims_database):
    await arrives(DEFECT)
    await arrives(CLEAN, revision=8)
    event = (await told(claims_database))[-1]
    assert isinstance(event, ClaimCleared)
    assert event.touchless


async def test_what_is_expected_to_be_paid_goes_on_with_the_claim_also_once_it_was_corrected(arrives, claims_database):
    expected = ExpectedPayment(method="mpfs", amount=Decimal("92.10"))
    await arrives(CLEAN, expected=expected)
    await arrives(CLEAN, revision=6, corrected=True)
    assert [event.expected for event in await told(claims_database)] == [expected, expected]


async def test_claims_of_two_tenants_with_one_id_are_two_claims(arrives, claims_database):
    await arrives(CLEAN)
    await arrives(DEFECT, tenant="north")
    async with claims_database.read() as session:
        rows = [await session.get(ClaimRow, (tenant, str(CLEAN.id))) for tenant in ("mercy", "north")]
    assert [row.status for row in rows if row] == ["cleared", "held"]


async def test_what_happened_is_on_the_audit_trail_without_the_patient(arrives, claims_database):
    await arrives(DEFECT)
    async with claims_database.read() as session:
        [entry] = await audit.trail(session, "mercy", "claim", DEFECT.id)
    assert entry.action == "claim.scrubbed"
    assert "ABERNATHY" not in str(entry)
