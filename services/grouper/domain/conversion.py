"""The ICD-10 codes of a claim in the code set of another day: kept, converted, or left to the coder.

Source: the conversion tables of NCHS (ICD-10-CM) and CMS (ICD-10-PCS), `shared.tables.icd10`. Forward a code becomes
those that were made of it; backward it becomes those that stood for the same before. Where there are several, the
record decides which is right: they are all listed and none is chosen. Where a code was subdivided and the table does
not say what some of its parts were before (I49.81 to I49.89 below I49.8), the code set shows them: they are listed too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from services.grouper.domain.rules import Rules
from services.grouper.domain.stays import Stay
from shared.claims import CodeConversion, Date, Diagnosis, IcdCode, Many, Model, PcsCode, Procedure, ReturnReason
from shared.tables import CodeSystem, Tables, icd10
from shared.tables.icd10 import CONVERSIONS, LABELS
from shared.tables.spans import fiscal_year
from shared.tables.table import Table

Outcome = Literal["kept", "converted", "choices", "no-successor", "unknown", "invalid"]
"""Valid on both days; one code stands for it; several may; none does; no conversion table reaches that far; not valid
on the day that it was coded for."""

_ADOPTED = "45 CFR 162.1002(c): ICD-10 is in use since 2015-10-01"
_MOST_NAMED = 20
_MOST_PARTS = 200
_TABLES: dict[CodeSystem, str] = {
    "icd10cm": "NCHS, ICD-10-CM conversion table",
    "icd10pcs": "CMS, ICD-10-PCS conversion table",
}


Basis = Literal["conversion-table", "subdivision"]
"""The table names it; or the code set has it below the reported code, or the other way round."""


class Standing(Model):
    """A code that stands for a reported one."""

    code: str
    title: str | None
    effective: Date
    """Since when it does, or did."""
    basis: Basis
    release: str
    """Of the conversion table or the code set, by the basis."""


class ConvertedCode(Model):
    """What one reported code is on the day asked for."""

    pointer: str
    system: CodeSystem
    reported: str
    outcome: Outcome
    code: str | None
    """The code of that day; None where there is none or it is not known which."""
    choices: Many[Standing] = ()
    """All that stand for the reported code. Where it is kept: codes that have come in since for a part of it."""
    release: str | None = None
    """Of the conversion table that was asked; None where none is loaded."""

    @property
    def is_settled(self) -> bool:
        return self.outcome in ("kept", "converted")


@dataclass(frozen=True, slots=True)
class CodedOn:
    """The day whose code set was used, and the day whose code set is asked for."""

    coded: date
    asked: date

    def covers(self, effective: date) -> bool:
        """Whether a change took effect between the two days."""
        return min(self.coded, self.asked) < effective <= max(self.coded, self.asked)


@dataclass(frozen=True, slots=True)
class _Walk:
    """Where the table leads from a code, step by step, between two days."""

    standing: dict[str, date]
    """Codes that stand on the day asked for, with the day of effect."""
    beyond_table: bool
    """A way ended at a change that the table is too old for."""


def convert_codes(
    tables: Tables, diagnoses: Sequence[Diagnosis], procedures: Sequence[Procedure], days: CodedOn, place: str = ""
) -> tuple[ConvertedCode, ...]:
    """The diagnoses and procedures, in their order; `place` goes before their pointers. Raises NoRelease."""
    coded: tuple[tuple[CodeSystem, str, Sequence[Diagnosis | Procedure]], ...] = (
        ("icd10cm", "diagnoses", diagnoses),
        ("icd10pcs", "procedures", procedures),
    )
    return tuple(
        convert_code(tables, system, str(one.code), days, f"{place}/{field}/{index}/code")
        for system, field, items in coded
        for index, one in enumerate(items)
    )


def convert_code(tables: Tables, system: CodeSystem, code: str, days: CodedOn, pointer: str) -> ConvertedCode:
    """One code. Raises NoRelease where no code set of one of the days is loaded."""
    outcome, choices = _conversion(tables, system, code, days)
    standing = {"kept": code, "converted": choices[0].code if choices else None}.get(outcome)
    release = _release(tables, CONVERSIONS[system], days)
    return ConvertedCode(
        pointer=pointer, system=system, reported=code, outcome=outcome, code=standing, choices=choices, release=release
    )


def _conversion(tables: Tables, system: CodeSystem, code: str, days: CodedOn) -> tuple[Outcome, tuple[Standing, ...]]:
    is_loaded = _release(tables, CONVERSIONS[system], days) is not None
    if not icd10.is_billable(tables, system, code, days.coded):
        return "invalid", ()
    if icd10.is_billable(tables, system, code, days.asked):
        since = _made_of(tables, system, code, days) if is_loaded else {}
        return "kept", _standings(tables, system, days, "conversion-table", since)
    walk = _walk(tables, system, code, days) if is_loaded else _Walk({}, beyond_table=True)
    named = _standings(tables, system, days, "conversion-table", walk.standing)
    parts = _standings(tables, system, days, "subdivision", _parts(tables, system, code, days, walk.standing))
    choices = tuple(sorted((*named, *parts), key=lambda one: one.code))
    if parts:
        return "choices", choices
    if walk.beyond_table:
        return "unknown", choices
    return ("no-successor", "converted", "choices")[min(len(choices), 2)], choices


def _parts(tables: Tables, system: CodeSystem, code: str, days: CodedOn, named: Collection[str]) -> dict[str, date]:
    """The codes below one that has become a heading since, but for those of which the table says what they were before.

    Where the table names no code at all they are all shown; backward, the code that stood above before it had parts.
    """
    if days.coded < days.asked:
        found = icd10.starting_with(tables, system, code, days.asked, limit=_MOST_PARTS)
        parts = {one.code: one.valid_from for one in found}
        untraced = {one: since for one, since in parts.items() if not _is_traced(tables, system, one, days)}
        return untraced if untraced or named else parts
    above = (code[:length] for length in range(len(code) - 1, 0, -1))
    whole = next((one for one in above if icd10.is_billable(tables, system, one, days.asked)), None)
    part = icd10.entry(tables, system, code, days.coded)
    return {whole: part.valid_from} if whole is not None and part is not None and not named else {}


@dataclass(frozen=True, slots=True)
class ConvertedStay:
    """A stay with the codes of its day of discharge, and what they were reported as."""

    stay: Stay
    conversions: tuple[CodeConversion, ...]


def convert_stay(stay: Stay, tables: Tables, rules: Rules) -> ConvertedStay | tuple[ReturnReason, ...]:
    """A stay that says on which day's code sets it was coded; else what the coder must settle first.

    A day of discharge that no version groups is left to the checks before grouping, codes and all.
    """
    days = CodedOn(stay.coded_on or stay.discharge_date, stay.discharge_date)
    if rules.version_on(days.asked) is None:
        return ConvertedStay(stay, ())
    if not is_carried(tables, days.coded):
        message = f"no ICD-10 code sets of {days.coded} are carried"
        return (ReturnReason(code="grouper-coded-on-unknown", message=message, pointer="/coded_on", source=_ADOPTED),)
    codes = convert_codes(tables, stay.diagnoses, stay.procedures, days)
    if reasons := open_conversions(codes, days):
        return reasons
    diagnoses, procedures = converted(stay.diagnoses, stay.procedures, codes)
    new = stay.model_copy(update={"diagnoses": diagnoses, "procedures": procedures, "coded_on": None})
    return ConvertedStay(new, conversions_made(codes))


def is_carried(tables: Tables, day: date) -> bool:
    """Whether both code sets of a day are loaded."""
    return all(tables.carries(table, day) for table in icd10.CODES.values())


def converted(
    diagnoses: Sequence[Diagnosis], procedures: Sequence[Procedure], codes: Sequence[ConvertedCode]
) -> tuple[Many[Diagnosis], Many[Procedure]]:
    """The same with the codes of the day asked for; `codes` are all settled, diagnoses before procedures."""
    new = iter([one.code or one.reported for one in codes])
    return (
        tuple(one.model_copy(update={"code": IcdCode(next(new))}) for one in diagnoses),
        tuple(one.model_copy(update={"code": PcsCode(next(new))}) for one in procedures),
    )


def conversions_made(codes: Sequence[ConvertedCode]) -> tuple[CodeConversion, ...]:
    """Those of the codes that became others."""
    return tuple(
        CodeConversion(
            pointer=one.pointer,
            reported=one.reported,
            grouped=one.choices[0].code,
            effective=one.choices[0].effective,
            release=one.choices[0].release,
        )
        for one in codes
        if one.outcome == "converted"
    )


def open_conversions(codes: Sequence[ConvertedCode], days: CodedOn) -> tuple[ReturnReason, ...]:
    """What the coder must settle before the codes can be used, each with the choices."""
    return tuple(
        ReturnReason(code=f"grouper-conversion-{one.outcome}", message=message, pointer=one.pointer, source=source)
        for one in codes
        if not one.is_settled
        for message, source in (_question(one, days),)
    )


def _question(one: ConvertedCode, days: CodedOn) -> tuple[str, str]:
    source = f"{_TABLES[one.system]}, {one.release or 'none loaded'}"
    if any(choice.basis == "subdivision" for choice in one.choices):
        source += f"; {LABELS[one.system]} code set"
    choices = [choice.code for choice in one.choices]
    more = f" and {len(choices) - _MOST_NAMED} more" if len(choices) > _MOST_NAMED else ""
    named = f"{', '.join(choices[:_MOST_NAMED])}{more}"
    match one.outcome:
        case "invalid":
            return f"not a complete {LABELS[one.system]} code valid on {days.coded}, for which it was coded", source
        case "choices":
            return (
                f"{one.reported} was one code on {days.coded} and may be any of these on {days.asked}: {named}",
                source,
            )
        case "no-successor":
            return f"no code stands for {one.reported} on {days.asked}", source
        case _:
            known = f"; it knows {named}" if named else ""
            return f"what {one.reported} is on {days.asked} no loaded conversion table says{known}", source


def _release(tables: Tables, table: Table[Any], days: CodedOn) -> str | None:
    later = max(days.coded, days.asked)
    return tables.release(table, later).name if tables.carries(table, later) else None


def _standings(
    tables: Tables, system: CodeSystem, days: CodedOn, basis: Basis, since: dict[str, date]
) -> tuple[Standing, ...]:
    """Codes of the day asked for, in order, with their titles."""
    table: Table[Any] = CONVERSIONS[system] if basis == "conversion-table" else icd10.CODES[system]
    release = _release(tables, table, days) or ""
    entries = ((code, icd10.entry(tables, system, code, days.asked), since[code]) for code in sorted(since))
    return tuple(
        Standing(
            code=code,
            title=entry.description if entry is not None else None,
            effective=effective,
            basis=basis,
            release=release,
        )
        for code, entry, effective in entries
    )


def _steps(tables: Tables, system: CodeSystem, days: CodedOn) -> Callable[[str], Iterator[tuple[str, date]]]:
    """For a code, the codes that the table puts in its place in the direction of the days, with the day of effect."""
    store = tables.on(CONVERSIONS[system], max(days.coded, days.asked)).store

    def steps(code: str) -> Iterator[tuple[str, date]]:
        for row in store.rows(code):
            if days.covers(row.effective):
                if days.coded < days.asked and code in row.previous:
                    yield row.current, row.effective
                if days.coded > days.asked and code == row.current:
                    yield from ((before, row.effective) for before in row.previous)

    return steps


def _is_traced(tables: Tables, system: CodeSystem, code: str, days: CodedOn) -> bool:
    """Whether the table says what a code that came in between the two days was before."""
    table, later = CONVERSIONS[system], max(days.coded, days.asked)
    rows = tables.on(table, later).store.rows(code) if tables.carries(table, later) else ()
    return any(row.current == code and days.covers(row.effective) for row in rows)


def _made_of(tables: Tables, system: CodeSystem, code: str, days: CodedOn) -> dict[str, date]:
    """Codes that have come in since for a part of what a code stood for that goes on standing."""
    if days.coded >= days.asked:
        return {}
    steps = _steps(tables, system, days)
    return {new: since for new, since in steps(code) if icd10.is_billable(tables, system, new, days.asked)}


def _walk(tables: Tables, system: CodeSystem, code: str, days: CodedOn) -> _Walk:
    steps = _steps(tables, system, days)
    reach = fiscal_year(tables.on(CONVERSIONS[system], max(days.coded, days.asked)).release.effective).last
    standing: dict[str, date] = {}
    beyond_table, seen = False, {code}
    pending = [code]
    while pending:
        one = pending.pop()
        following = [(other, since) for other, since in steps(one) if other not in seen]
        for other, since in following:
            seen.add(other)
            if icd10.is_billable(tables, system, other, days.asked):
                standing[other] = since
            else:
                pending.append(other)
        if not following and reach < max(days.coded, days.asked):
            # Where it changed after the last day that the table knows, the table cannot say into what.
            stood = icd10.is_billable(tables, system, one, reach)
            beyond_table |= stood if days.coded < days.asked else not stood
    return _Walk(standing, beyond_table)
