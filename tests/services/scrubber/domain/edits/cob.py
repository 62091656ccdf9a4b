from tests.builders import a_professional_claim, commercial, medicare
from tests.services.scrubber.cases import a_visit_with, fires

SECOND = medicare("B", sequence="S", insurance_type="12")
RESPONSIBILITY = {"group": "PR", "reason": "2", "amount": "25.00"}


def decided(paid="100.00", date="2026-11-20", adjustments=(RESPONSIBILITY,)):
    return commercial(adjudication={"paid": paid, "date": date, "adjustments": list(adjustments)})


def on_line(**fields):
    return {
        "payer_id": "MHP01",
        "paid": "100.00",
        "procedure": "99213",
        "units": "1",
        "date": "2026-11-20",
        "adjustments": [RESPONSIBILITY],
    } | fields


def second_after(coverage, *adjudications):
    claim = a_visit_with(adjudications=list(adjudications)) if adjudications else a_professional_claim()
    return claim.with_coverages(coverage, SECOND).but(billed_sequence="S")


BY_LINE = decided(date=None, adjustments=())

CASES = [
    # 005010X222A1 §1.4.4.2: 100.00 paid + 20.00 adjusted is not 125.00 charged.
    fires(
        "cob-claim-balance",
        second_after(decided(adjustments=[RESPONSIBILITY | {"amount": "20.00"}])),
        "/coverages/0/adjudication/paid",
        "2320 AMT02",
        "A8:672",
    ),
    fires(
        "cob-line-balance",
        second_after(BY_LINE, on_line(paid="99.00")),
        "/lines/0/adjudications/0/paid",
        "2430 SVD02",
        "A8:672",
    ),
    fires(
        "cob-line-payer-unknown",
        second_after(decided(), on_line(payer_id="NOBODY")),
        "/lines/0/adjudications/0/payer_id",
        "2430 SVD01",
        "A7:516",
    ),
    fires(
        "cob-earlier-decision-missing", second_after(commercial()), "/coverages/0/adjudication", "2320 SBR", "A6:286"
    ),
    fires(
        "cob-decision-date", second_after(decided(date=None)), "/coverages/0/adjudication/date", "2320 DTP03", "A7:516"
    ),
    fires(
        "cob-decision-date",
        second_after(decided(adjustments=()), on_line()),
        "/coverages/0/adjudication/date",
        "2320 DTP03",
        "A7:516",
    ),
]

NEAR_MISSES = [second_after(decided()), second_after(BY_LINE, on_line())]
