"""A claim or stay in the code set, and by the MS-DRG version, of another day."""

from __future__ import annotations

from datetime import date

from services.grouper.domain.conversion import CodedOn, ConvertedCode, convert_codes, converted
from services.grouper.domain.grouping import Decision, Grouper, Returned
from services.grouper.domain.stays import CLAIM_POINTERS, AnySubject, Stay, Subject
from services.grouper.errors import EngineFailed, NotGroupable
from shared.claims import Date, Grouping, Many, Model, ProfessionalClaim, ReturnReason
from shared.tables import Tables

_PLACE = "/subject"


class ConversionQuestion(Model):
    """A claim or stay that was coded in another year, or that is to be seen by the rules of another."""

    subject: Subject
    coded_on: Date
    """The day whose code sets its codes are of."""
    on: Date | None = None
    """The day whose code sets and MS-DRG version are asked for; without it that of the claim or stay itself."""


class ClaimConversion(Model):
    """Each code on the day asked for, and the grouping where every code is settled."""

    coded_on: Date
    as_of: Date
    version: str | None
    """MS-DRG version of the day; None where none is carried."""
    codes: Many[ConvertedCode]
    """Diagnoses, then procedures, in their order. Where one is open, so is the grouping."""
    grouping: Grouping | None = None
    reasons: Many[ReturnReason] = ()
    """Why what was converted cannot be grouped."""


async def convert_claim(grouper: Grouper, tables: Tables, question: ConversionQuestion) -> ClaimConversion:
    """Raises NotGroupable for a claim without a day of service, NoRelease where the code sets of a day are not loaded,
    EngineBusy, EngineFailed."""
    subject, day = question.subject, question.on or _day_of(grouper, tables, question.subject)
    procedures = () if isinstance(subject, ProfessionalClaim) else subject.procedures
    codes = convert_codes(tables, subject.diagnoses, procedures, CodedOn(question.coded_on, day), _PLACE)
    grouping: Grouping | None = None
    reasons: tuple[ReturnReason, ...] = ()
    if all(code.is_settled for code in codes):
        diagnoses, new_procedures = converted(subject.diagnoses, procedures, codes)
        stay = grouper.stay_billed(subject)
        seen = subject if stay is None else _seen_on(stay, day, {"diagnoses": diagnoses, "procedures": new_procedures})
        grouping, reasons = await _grouped(grouper, subject, seen)
    return ClaimConversion(
        coded_on=question.coded_on,
        as_of=day,
        version=grouper.rules.version_on(day),
        codes=codes,
        grouping=grouping,
        reasons=reasons,
    )


def _day_of(grouper: Grouper, tables: Tables, subject: AnySubject) -> date:
    day = subject.discharge_date if isinstance(subject, Stay) else subject.last_day
    if day is not None:
        return day
    undated = grouper.prepare(subject, tables)
    raise NotGroupable(_placed(subject, undated.reasons if isinstance(undated, Returned) else ()))


def _seen_on(stay: Stay, day: date, codes: dict[str, object]) -> Stay:
    """The stay with other codes as if discharged on that day; the patient is as old as on the day of admission."""
    moved = {"age": stay.age_at_admission, "birth_date": None, "admission_date": None, "discharge_date": day}
    return stay.model_copy(update=codes | {"coded_on": None} | (moved if day != stay.discharge_date else {}))


async def _grouped(
    grouper: Grouper, subject: AnySubject, seen: AnySubject
) -> tuple[Grouping | None, tuple[ReturnReason, ...]]:
    decision: Decision | EngineFailed
    [decision] = await grouper.decide([seen])
    if isinstance(decision, EngineFailed):
        raise decision
    return (None, _placed(subject, decision.reasons)) if isinstance(decision, Returned) else (decision, ())


def _placed(subject: AnySubject, reasons: tuple[ReturnReason, ...]) -> tuple[ReturnReason, ...]:
    """The reasons with their pointers into the question; those of a claim's stay name the fields of the claim."""
    pointers = {} if isinstance(subject, Stay) else CLAIM_POINTERS
    return tuple(
        one.model_copy(update={"pointer": f"{_PLACE}{pointers.get(one.pointer.removeprefix('/'), one.pointer)}"})
        for one in reasons
    )
