"""Condition, occurrence, occurrence span and value codes (2300 HI*BG, BH, BI, BE; UB-04 FL 18-41)."""

from __future__ import annotations

from collections.abc import Iterator

from services.scrubber.domain.engine import INSTITUTIONAL, Circumstances, Defect, edit
from shared.claims import InstitutionalClaim
from shared.tables.codes import CONDITION, OCCURRENCE, OCCURRENCE_SPAN, VALUE


@edit(
    "condition-code-invalid",
    title="A condition code is not one",
    predicted="A7:460",
    source="CMS Pub 100-04 ch. 25 §75.2 (FL 18-28); NUBC condition codes",
    kinds=INSTITUTIONAL,
    row=70,
)
def condition_code_invalid(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    for position, code in enumerate(claim.condition_codes):
        if not on.is_code(CONDITION, code):
            yield Defect(
                f"/condition_codes/{position}", "Choose a condition code of the list.", {"list": "condition_codes"}
            )


@edit(
    "occurrence-code-invalid",
    title="An occurrence code is not one",
    predicted="A7:719",
    source="CMS Pub 100-04 ch. 25 §75.3 (FL 31-34); NUBC occurrence codes",
    kinds=INSTITUTIONAL,
    row=70,
)
def occurrence_code_invalid(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    for position, occurrence in enumerate(claim.occurrences):
        if not on.is_code(OCCURRENCE, occurrence.code):
            yield Defect(
                f"/occurrences/{position}/code",
                "Choose an occurrence code of the list; what lasted is an occurrence span.",
                {"list": "occurrence_codes"},
            )


@edit(
    "occurrence-date-future",
    title="An occurrence lies in the future",
    predicted="A7:720",
    source="CMS Pub 100-04 ch. 25 §75.3 (FL 31-34): the day on which the event happened",
    kinds=INSTITUTIONAL,
    severity="warning",
    row=70,
)
def occurrence_date_future(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    for position, occurrence in enumerate(claim.occurrences):
        if occurrence.date > on.as_of:
            yield Defect(
                f"/occurrences/{position}/date",
                "Look at the date of this occurrence: it has not come yet.",
                {"date": occurrence.date.isoformat(), "as_of": on.as_of.isoformat()},
            )


@edit(
    "occurrence-span-invalid",
    title="An occurrence span is not one",
    predicted="A7:721",
    source="CMS Pub 100-04 ch. 25 §75.3 (FL 35-36); NUBC occurrence span codes",
    kinds=INSTITUTIONAL,
    row=70,
)
def occurrence_span_invalid(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    for position, span in enumerate(claim.occurrence_spans):
        if not on.is_code(OCCURRENCE_SPAN, span.code):
            yield Defect(
                f"/occurrence_spans/{position}/code",
                "Choose an occurrence span code of the list.",
                {"list": "occurrence_span_codes"},
            )
        elif span.through_date < span.from_date:
            yield Defect(
                f"/occurrence_spans/{position}/through_date",
                "Correct the dates of this span: the last day lies before the first.",
                {"from": span.from_date.isoformat(), "through": span.through_date.isoformat()},
                predicted="A7:722",
            )


@edit(
    "value-code-invalid",
    title="A value code is not one",
    predicted="A7:725",
    source="CMS Pub 100-04 ch. 25 §75.3 (FL 39-41); NUBC value codes",
    kinds=INSTITUTIONAL,
    row=70,
)
def value_code_invalid(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    for position, value in enumerate(claim.values):
        if not on.is_code(VALUE, value.code):
            yield Defect(f"/values/{position}/code", "Choose a value code of the list.", {"list": "value_codes"})
