"""What the grouper does with a claim that was coded: decide once for each revision, keep it, tell it, audit it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from services.grouper import store
from services.grouper.consumers import handler_table
from services.grouper.domain.engine import DrgEngine
from services.grouper.errors import ClaimNotGrouped, EngineFailed
from services.grouper.parameters.payment import load_payment_rules
from shared import audit
from shared.claims import CLAIM
from shared.db import Context, Database
from shared.events.contracts import ChartCoded, ClaimGrouped, GrouperReturned
from shared.events.outbox import OutboxRow
from tests.builders import a_professional_claim, an_institutional_claim
from tests.fixtures.tokens import Clock
from tests.services.grouper.conftest import Receive, chart_coded
from tests.services.grouper.stays import a_grouper

CLAIM_ID = "0193628d-58f5-7a70-8d2e-7a3d8ef0a001"


async def told(database: Database, model: Any) -> list[Any]:
    async with database.read() as session:
        rows = (await session.scalars(select(OutboxRow).order_by(OutboxRow.id))).all()
    assert {row.topic for row in rows} <= {"grouper.claims.v1"}
    assert {row.key for row in rows} <= {CLAIM_ID}
    return [model.model_validate_json(row.value, context={"identifiers_as_received": True}) for row in rows]


async def test_an_inpatient_claim_goes_on_with_its_drg(receive: Receive, decisions: Database) -> None:
    await receive(chart_coded(an_institutional_claim().but(drg=None).build(), revision=3))
    [event] = await told(decisions, ClaimGrouped)
    assert (event.revision, event.claim.drg, event.grouping.drg.drg) == (4, "194", "194")


async def test_a_drg_that_the_claim_came_with_is_replaced(receive: Receive, decisions: Database) -> None:
    await receive(chart_coded(an_institutional_claim().but(drg="001").build()))
    [event] = await told(decisions, ClaimGrouped)
    assert event.claim.drg == "194"


async def test_a_professional_claim_goes_on_as_it_is(receive: Receive, decisions: Database) -> None:
    claim = a_professional_claim().build()
    await receive(chart_coded(claim))
    [event] = await told(decisions, ClaimGrouped)
    assert (event.revision, event.grouping.method, event.grouping.drg) == (2, "none", None)
    assert CLAIM.dump_json(event.claim) == CLAIM.dump_json(claim)


async def test_a_medicare_claim_is_told_with_what_it_should_pay(receive: Receive, decisions: Database) -> None:
    # No package carries the hospitals that IPPS pays, so that no amount can be said before theirs are loaded.
    stay = {"statement_from": "2025-11-14", "statement_through": "2025-11-18"}
    admission = {"type": "1", "source": "1", "date": "2025-11-14", "hour": 9, "discharge_hour": 11}
    await receive(chart_coded(an_institutional_claim().but(**stay, admission=admission).build()))
    [event] = await told(decisions, ClaimGrouped)
    expected = event.grouping.expected
    assert (expected.method, expected.amount, expected.left_out) == ("ipps", None, ("provider", "payment"))


async def test_what_another_payer_should_pay_is_not_guessed(receive: Receive, decisions: Database) -> None:
    coverage = an_institutional_claim().fields["coverages"][0] | {"filing_indicator": "CI"}
    await receive(chart_coded(an_institutional_claim().with_coverages(coverage).build()))
    [event] = await told(decisions, ClaimGrouped)
    assert event.grouping.expected is None


async def test_a_claim_that_cannot_be_grouped_goes_back_to_the_coder(receive: Receive, decisions: Database) -> None:
    await receive(chart_coded(an_institutional_claim().with_diagnoses("W19XXXA").build()))
    [event] = await told(decisions, GrouperReturned)
    assert (event.returned_by, event.revision) == ("grouper", 2)
    assert [(one.code, one.pointer) for one in event.reasons] == [("grouper-dx-cannot-be-pdx", "/diagnoses/0/code")]


async def test_a_revision_is_decided_on_once(receive: Receive, decisions: Database) -> None:
    event = chart_coded(an_institutional_claim().build(), revision=2)
    await receive(event)
    await receive(event)
    await receive(chart_coded(an_institutional_claim().build(), revision=1))
    assert len(await told(decisions, ClaimGrouped)) == 1


async def test_a_claim_coded_anew_has_a_history(receive: Receive, decisions: Database) -> None:
    await receive(chart_coded(an_institutional_claim().with_diagnoses("W19XXXA").build(), revision=1))
    await receive(chart_coded(an_institutional_claim().build(), revision=3))
    async with decisions.read() as session:
        claim = await store.get_claim(session, "mercy", CLAIM_ID)
    assert (claim.version, claim.status, claim.drg) == (3, "grouped", "194")
    assert [(one.revision, one.status) for one in claim.history] == [(3, "grouped"), (1, "returned")]


async def test_a_tenant_does_not_see_another_s_claim(receive: Receive, decisions: Database) -> None:
    await receive(chart_coded(an_institutional_claim().build()))
    async with decisions.read() as session:
        with pytest.raises(ClaimNotGrouped):
            await store.get_claim(session, "other", CLAIM_ID)


async def test_what_was_decided_is_on_the_trail_without_phi(receive: Receive, decisions: Database) -> None:
    await receive(chart_coded(an_institutional_claim().build()))
    async with decisions.read() as session:
        [entry] = await audit.trail(session, "mercy", "claim", CLAIM_ID)
    assert (entry.action, entry.actor) == ("claim.grouped", "system:grouper")
    assert dict(entry.details) == {"revision": 1, "drg": "194", "version": "44.0"}


class DyingEngine(DrgEngine):
    """An engine that dies on everything."""

    name = "dying 1"

    async def group(self, stays: Any) -> Any:
        return [EngineFailed("died") for _ in stays]


async def test_when_the_engine_dies_nothing_is_kept_and_the_event_can_come_again(
    receive: Receive, decisions: Database, clock: Clock
) -> None:
    event = chart_coded(an_institutional_claim().build())
    dying = handler_table(replace(a_grouper(), engine=DyingEngine()), load_payment_rules())[ChartCoded]
    context = Context(tenant="mercy", actor="system:grouper", request_id="event-1", at=clock())
    with pytest.raises(EngineFailed):
        async with decisions.unit_of_work(context) as uow:
            await dying(uow, event)
    assert await told(decisions, ClaimGrouped) == []
    await receive(event)
    assert len(await told(decisions, ClaimGrouped)) == 1
