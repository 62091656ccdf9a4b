"""One owner at a time, by a lease that ends. Expected moments by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.submission.domain.leases import FREE, Lease
from services.submission.errors import ClaimNotOwned, ClaimOwned
from shared.worklists import Leases

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HALF_PAST = NOON + timedelta(minutes=30)
LEASES = Leases(taken=timedelta(minutes=30), given=timedelta(days=1))


def test_who_takes_it_has_it_for_a_while_and_who_is_given_it_for_a_day():
    assert LEASES.end_for("bea", by="bea", at=NOON) == HALF_PAST
    assert LEASES.end_for("bob", by="bea", at=NOON) == NOON + timedelta(days=1)


def test_a_lease_holds_until_its_end_and_not_at_it():
    lease = Lease("bea", HALF_PAST)
    assert lease.standing(HALF_PAST - timedelta(seconds=1)) is lease
    assert lease.standing(HALF_PAST) is FREE
    assert Lease("bea", None).standing(NOON) is FREE


def test_what_somebody_has_nobody_else_takes_before_it_ends():
    with pytest.raises(ClaimOwned):
        Lease("bea", HALF_PAST).taken_by("bob", NOON + timedelta(hours=1), NOON)
    assert Lease("bea", HALF_PAST).taken_by("bob", NOON + timedelta(hours=1), HALF_PAST).owner == "bob"


def test_a_touch_of_the_owner_makes_it_longer_and_never_shorter():
    given = Lease("bob", NOON + timedelta(days=1))
    assert given.touched_by("bob", HALF_PAST) is given
    assert given.touched_by("eve", NOON + timedelta(days=2)) is given
    assert Lease("bob", NOON).touched_by("bob", HALF_PAST).ends_at == HALF_PAST


def test_only_what_one_has_is_renewed():
    with pytest.raises(ClaimNotOwned):
        Lease("bea", NOON).renewed_by("bea", HALF_PAST, NOON)
    with pytest.raises(ClaimOwned):
        Lease("bob", HALF_PAST).renewed_by("bea", HALF_PAST, NOON)
    assert Lease("bea", HALF_PAST).renewed_by("bea", NOON + timedelta(hours=1), NOON).ends_at == NOON + timedelta(
        hours=1
    )
