"""Dates of service and of the statement: there, possible, in order and in time."""

from __future__ import annotations

from collections.abc import Iterator

from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.engine import INSTITUTIONAL, PROFESSIONAL, Circumstances, Defect, edit
from shared.claims import InstitutionalClaim, ProfessionalClaim
from shared.tables import NoRelease, icd10


@edit(
    "service-date-missing",
    title="A line has no date of service",
    predicted="A6:187",
    source="005010X222A1, 2400 DTP*472 (required)",
    kinds=PROFESSIONAL,
    row=55,
)
def service_date_missing(claim: ProfessionalClaim, on: Circumstances) -> Iterator[Defect]:
    for position, line in enumerate(claim.lines):
        if line.service_from is None:
            yield Defect(f"/lines/{position}/service_from", f"Give the date of service of line {position + 1}.")


@edit(
    "service-date-future",
    title="A date of service lies in the future",
    predicted="A7:510",
    source="005010X222A1 and X223A2, 2400 DTP*472 against the day of submission",
    row=55,
)
def service_date_future(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    if isinstance(claim, ProfessionalClaim) and on.day <= on.as_of:
        return
    for position, line in enumerate(claim.lines):
        if line.last_day is not None and line.last_day > on.as_of:
            field = "service_through" if line.service_through else "service_from"
            yield Defect(
                f"/lines/{position}/{field}",
                f"Correct the date of service of line {position + 1}, or wait until that day is over.",
                {"date_of_service": line.last_day.isoformat(), "as_of": on.as_of.isoformat()},
            )


@edit(
    "service-dates-reversed",
    title="A line ends before it begins",
    predicted="A7:187",
    source="005010X222A1 and X223A2, 2400 DTP*472 RD8: from, then through",
    row=55,
)
def service_dates_reversed(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    for position, line in enumerate(claim.lines):
        end = line.service_through
        if end is not None and (start := line.service_from) is not None and end < start:
            yield Defect(
                f"/lines/{position}/service_through",
                f"Correct the dates of service of line {position + 1}: the last day lies before the first.",
                {"service_from": start.isoformat(), "service_through": end.isoformat()},
            )


@edit(
    "statement-reversed",
    title="The statement ends before it begins",
    predicted="A7:188",
    source="005010X223A2, 2300 DTP*434 RD8: from, then through; CMS Pub 100-04 ch. 25 §75.1 (FL 6)",
    kinds=INSTITUTIONAL,
    row=65,
)
def statement_reversed(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    if claim.statement_through < claim.statement_from:
        yield Defect(
            "/statement_through",
            "Correct the statement dates: the last day lies before the first.",
            {"from": claim.statement_from.isoformat(), "through": claim.statement_through.isoformat()},
        )


@edit(
    "statement-future",
    title="The statement ends in the future",
    predicted="A7:188",
    source="005010X223A2, 2300 DTP*434; CMS Pub 100-04 ch. 25 §75.1 (FL 6)",
    kinds=INSTITUTIONAL,
    row=65,
)
def statement_future(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    if claim.statement_through > on.as_of:
        yield Defect(
            "/statement_through",
            "Correct the statement dates, or wait until the last day is over.",
            {"through": claim.statement_through.isoformat(), "as_of": on.as_of.isoformat()},
        )


@edit(
    "line-date-outside-statement",
    title="A line's date lies outside the statement",
    predicted="A7:188",
    source="005010X223A2, 2400 DTP*472 inside 2300 DTP*434",
    kinds=INSTITUTIONAL,
    row=65,
)
def line_date_outside_statement(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    if claim.statement_through < claim.statement_from:
        return
    for position, line in enumerate(claim.lines):
        first, last = line.service_from, line.last_day
        if first is None or last is None or last < first:
            continue
        if first < claim.statement_from or last > claim.statement_through:
            yield Defect(
                f"/lines/{position}/service_from",
                f"Correct the date of line {position + 1} or the statement dates.",
                {"first_day": first.isoformat(), "last_day": last.isoformat()},
            )


@edit(
    "timely-filing",
    title="The payer's time for filing has passed",
    predicted="A3:718",
    source="Payer rules (see evidence); Medicare: 42 CFR 424.44, CMS Pub 100-04 ch. 1 §70",
    row=55,
)
def timely_filing(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    rule = on.payer_rule
    # Medicare counts a professional line from its own "from" date and a facility claim from its "through" date.
    oldest = on.last_day if isinstance(claim, InstitutionalClaim) else on.first_day
    if rule.timely_filing is None or oldest is None or claim.delay_reason is not None or claim.frequency == "8":
        return
    if rule.timely_filing.ends_before(on.as_of, oldest):
        deadline = rule.timely_filing.last_day(oldest)
        yield Defect(
            "/delay_reason",
            "Give a delay reason that the payer takes, or write the charge off: the claim is too late.",
            {
                "day_of_service": oldest.isoformat(),
                "deadline": deadline.isoformat(),
                "payer": rule.profile,
                "rule": rule.timely_filing.source,
            },
        )


@edit(
    "code-set-not-carried",
    title="No release of ICD-10 covers the day of service",
    version="2",
    predicted="A7:187",
    source="45 CFR 162.1002(c): ICD-10 from 2015-10-01; the releases that this product carries (see evidence)",
    row=45,
)
def code_set_not_carried(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    if on.tables.carries(icd10.CODES["icd10cm"], on.day) or on.day > on.as_of:
        return  # that a day lies in the future is told already
    try:
        on.codes.release("icd10cm", on.day)
    except NoRelease as gap:
        yield Defect(
            "/statement_through" if isinstance(claim, InstitutionalClaim) else "/lines/0/service_from",
            "Correct the date of service: its diagnoses cannot be checked, for no release of ICD-10 covers that day.",
            {"day": on.day.isoformat(), "releases": gap.detail},
        )
