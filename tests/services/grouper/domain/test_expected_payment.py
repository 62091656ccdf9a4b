"""An estimate as it travels with the claim."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from services.grouper.domain.estimates import Estimate, LeftOut, PricedLine, UsedRelease
from services.grouper.domain.payment import in_short
from shared.claims import ExpectedLine


def test_it_keeps_the_amounts_by_line_the_day_and_the_releases() -> None:
    estimate = Estimate(
        method="mpfs",
        as_of=date(2026, 11, 16),
        total=Decimal("92.10"),
        lines=(
            PricedLine(number=1, code="99213", units=Decimal(1), outcome="paid", amount=Decimal("92.10")),
            PricedLine(number=2, code="36415", units=Decimal(1), outcome="packaged", amount=Decimal("0.00")),
            PricedLine(number=3, code="J3490", units=Decimal(1), outcome="not-supported"),
        ),
        left_out=tuple(LeftOut(what=what, reason="so") for what in ("line", "deductible", "line")),
        releases=(UsedRelease(table="t", release="2026C"), UsedRelease(table="t", release="2026D")),
    )
    expected = in_short(estimate)
    assert (expected.method, expected.amount, expected.as_of) == ("mpfs", Decimal("92.10"), date(2026, 11, 16))
    assert expected.lines == (
        ExpectedLine(number=1, amount=Decimal("92.10")),
        ExpectedLine(number=2, amount=Decimal("0.00")),
    )
    assert expected.left_out == ("line", "deductible")
    assert expected.releases == {"t": "2026C, 2026D"}
