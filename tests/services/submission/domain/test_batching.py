"""Batches: every claim once, never two tenants, routes, payers or kinds together, never more than 5,000."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.submission.domain.batching import (
    ControlNumbersExhausted,
    following_control_number,
    plan_batches,
)


@dataclass(frozen=True)
class Route:
    name: str
    claims_in_batch: int = 5_000


@dataclass(frozen=True)
class Waiting:
    id: int
    tenant: str
    payer_id: str
    kind: str

    @property
    def route(self) -> str:
        return "direct" if self.payer_id == "MCAREB" else "clearinghouse"


waiting = st.lists(
    st.tuples(st.sampled_from("AB"), st.sampled_from(["MCAREB", "MHP01", "BRM02"]), st.sampled_from(["p", "i"]))
).map(lambda rows: [Waiting(number, *row) for number, row in enumerate(rows)])


@given(waiting, st.integers(1, 4))
def test_every_claim_is_in_one_batch_of_its_own_kind(claims: list[Waiting], limit: int):
    batches = plan_batches(claims, lambda claim: Route(claim.route, limit))
    assert sorted(claim.id for batch in batches for claim in batch.claims) == [claim.id for claim in claims]
    for batch in batches:
        assert 1 <= len(batch.claims) <= limit
        assert {(c.tenant, c.route, c.payer_id, c.kind) for c in batch.claims} == {
            (batch.tenant, batch.route, batch.payer_id, batch.kind)
        }
        assert [claim.id for claim in batch.claims] == sorted(claim.id for claim in batch.claims)


def test_a_full_batch_is_followed_by_another():
    claims = [Waiting(number, "A", "MHP01", "p") for number in range(5_001)]
    assert [len(batch.claims) for batch in plan_batches(claims, lambda _: Route("r"))] == [5_000, 1]


@pytest.mark.parametrize("limit", [0, 5_001])
def test_a_batch_has_one_to_five_thousand_claims(limit: int):
    with pytest.raises(ValueError, match="5000"):
        plan_batches([Waiting(1, "A", "MHP01", "p")], lambda _: Route("r", limit))


def test_each_route_has_its_own_size_and_a_claim_without_a_route_waits():
    claims = [Waiting(number, "A", payer, "p") for number, payer in enumerate(["MCAREB", "MHP01", "BRM02"] * 3)]
    routes = {"MCAREB": Route("direct", 2), "MHP01": Route("clearinghouse", 3)}
    batches = plan_batches(claims, lambda claim: routes.get(claim.payer_id))
    assert [(batch.route, [claim.id for claim in batch.claims]) for batch in batches] == [
        ("direct", [0, 3]), ("direct", [6]), ("clearinghouse", [1, 4, 7]),
    ]  # fmt: skip


def test_control_numbers_begin_at_one_and_never_begin_again():
    assert following_control_number(None) == 1
    assert following_control_number(999_999_998) == 999_999_999
    with pytest.raises(ControlNumbersExhausted):
        following_control_number(999_999_999)
