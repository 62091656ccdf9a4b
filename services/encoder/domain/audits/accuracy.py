"""Accuracy over many cases: code over code, record over record, by DRG and by condition category, with its trend."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from services.encoder.domain.audits.cases import CONCLUDED, AuditCase
from services.encoder.domain.audits.comparing import Count, Family, share
from shared.claims import Many, Model, Money

By = Literal["coder", "work_type", "facility", "month", "week", "auditor", "audit", "all"]


class AccuracyFigure(Model):
    """The accuracy of one coder, kind of work, month …; shares of one, None where there is nothing to tell."""

    of: str
    records: int
    records_right: int
    record_accuracy: Decimal | None
    codes: Count
    code_accuracy: Decimal | None
    families: dict[Family, Count]
    drgs: int
    """Records that have a DRG and were grouped."""
    drgs_right: int
    drg_accuracy: Decimal | None
    categories: Count
    category_accuracy: Decimal | None
    payment_change: Money
    """Dollars that the audits add, undercoding and overcoding against each other."""
    underpaid: Money
    overpaid: Money
    """The two apart, both positive."""
    upheld: int
    """Rebuttals in which the coder was right."""
    cases: Many[str]
    """The cases behind the figure."""


def accuracy(cases: Iterable[AuditCase], by: By) -> tuple[AccuracyFigure, ...]:
    """Figures of concluded cases, by name; others do not count."""
    groups: defaultdict[str, list[AuditCase]] = defaultdict(list)
    for case in cases:
        if case.status in CONCLUDED and case.comparison is not None:
            groups[_group(case, by)].append(case)
    return tuple(_figure(name, groups[name]) for name in sorted(groups))


def _group(case: AuditCase, by: By) -> str:
    chart = case.drawn.chart
    day = chart.finalized_at.date()
    year, week, _ = day.isocalendar()
    return {
        "coder": chart.coder,
        "work_type": chart.work_type,
        "facility": chart.facility_id,
        "month": f"{day:%Y-%m}",
        "week": f"{year}-W{week:02d}",
        "auditor": case.auditor or "",
        "audit": case.audit_id,
        "all": "all",
    }[by]


def _figure(name: str, cases: list[AuditCase]) -> AccuracyFigure:
    comparisons = [case.comparison for case in cases if case.comparison is not None]
    families: dict[Family, Count] = {}
    for comparison in comparisons:
        for family, count in comparison.counts.items():
            families[family] = families.get(family, Count()) + count
    codes = sum((comparison.codes for comparison in comparisons), start=Count())
    right = sum(comparison.record_right for comparison in comparisons)
    verdicts = [case.worth.drg_right for case in cases if case.worth and case.worth.drg_right is not None]
    counted = _categories(cases)
    changes = [case.worth.change for case in cases if case.worth and case.worth.change is not None]
    zero = Decimal("0.00")
    return AccuracyFigure(
        of=name,
        records=len(cases),
        records_right=right,
        record_accuracy=share(right, len(cases)),
        codes=codes,
        code_accuracy=codes.accuracy,
        families=families,
        drgs=len(verdicts),
        drgs_right=sum(verdicts),
        drg_accuracy=share(sum(verdicts), len(verdicts)),
        categories=counted,
        category_accuracy=counted.accuracy,
        payment_change=sum(changes, start=zero),
        underpaid=sum((change for change in changes if change > 0), start=zero),
        overpaid=-sum((change for change in changes if change < 0), start=zero),
        upheld=sum(case.decision is not None and case.decision.upheld for case in cases),
        cases=tuple(case.id for case in cases),
    )


def _categories(cases: Iterable[AuditCase]) -> Count:
    found = [case.worth.categories for case in cases if case.worth and case.worth.categories]
    return Count(
        should=sum(len(one.audited) for one in found),
        right=sum(one.right for one in found),
        extra=sum(len(one.coded) - one.right for one in found),
    )
