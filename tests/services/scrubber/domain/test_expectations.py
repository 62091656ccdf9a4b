"""What the grouper expects to be paid holds as long as nothing is changed that is paid by."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from services.scrubber.domain.expectations import still_expected
from shared.claims import ExpectedPayment
from tests.builders import a_professional_claim

EXPECTED = ExpectedPayment(method="mpfs", amount=Decimal("92.10"))
CLAIM = a_professional_claim().build()


@pytest.mark.parametrize("changed", [{}, {"frequency": "7"}, {"patient_control_number": "X1"}])
def test_it_holds_where_nothing_is_changed_that_is_paid_by(changed: dict[str, Any]) -> None:
    assert still_expected(EXPECTED, CLAIM, CLAIM.model_copy(update=changed)) == EXPECTED


@pytest.mark.parametrize(
    "changed",
    [
        {"place_of_service": "22"},
        {"lines": tuple(line.model_copy(update={"units": line.units + 1}) for line in CLAIM.lines)},
        {"coverages": tuple(one.model_copy(update={"filing_indicator": "CI"}) for one in CLAIM.coverages)},
        {"accept_assignment": "C"},
    ],
)
def test_it_ends_with_a_change_of_what_is_paid_by(changed: dict[str, Any]) -> None:
    assert still_expected(EXPECTED, CLAIM, CLAIM.model_copy(update=changed)) is None


def test_nothing_is_expected_of_what_nobody_has_priced() -> None:
    assert still_expected(None, CLAIM, CLAIM) is None
