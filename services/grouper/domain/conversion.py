"""The ICD-10 codes of a claim in the code set of another day: kept, converted, or left to the coder.

Source: the conversion tables of NCHS (ICD-10-CM) and CMS (ICD-10-PCS), `shared.tables.icd10`. Forward a code becomes
those that were made of it; backward it becomes those that stood for the same before. Where a table names several, the
record decides which is right: they are all listed and none is chosen. Where it names none and the code was subdivided,
the code set itself shows its parts; they are listed too, and none is chosen even where there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.grouper.domain.rules import Rules
from services.grouper.domain.stays import Stay
from shared.claims import CodeConversion, Date, Diagnosis, IcdCode, Many, Model, PcsCode, Procedure, ReturnReason
from shared.tables import CodeSystem, Tables, icd10
from shared.tables.icd10 import CONVERSIONS, LABELS
from shared.tables.spans import fiscal_year

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


class Standing(Model):
    """A code that stands for a reported one."""

    code: str
    title: str | None
    effective: Date
    """Since when the table has it so."""


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
    basis: Literal["conversion-table", "subdivision"] | None = None
    """What the choices come from; None where there are none."""
    release: str | None = None
    """Of the conversion table, or of the code set for a subdivision; None where none is loaded."""

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
    basis: Literal["conversion-table", "subdivision"] | None = "conversion-table" if choices else None
    release = _release(tables, system, days)
    if outcome in ("no-successor", "unknown") and not choices and (parts := _parts(tables, system, code, days)):
        outcome, choices, basis = "choices", parts, "subdivision"
        release = tables.release(icd10.CODES[system], max(days.coded, days.asked)).name
    standing = {"kept": code, "converted": next(iter(choices), None)}.get(outcome)
    return ConvertedCode(
        pointer=pointer,
        system=system,
        reported=code,
        outcome=outcome,
        code=standing,
        choices=tuple(_standing(tables, system, one, since, days.asked) for one, since in sorted(choices.items())),
        basis=basis,
        release=release,
    )


def _conversion(tables: Tables, system: CodeSystem, code: str, days: CodedOn) -> tuple[Outcome, dict[str, date]]:
    """What the conversion table says, with the codes that it leads to and since when."""
    is_loaded = _release(tables, system, days) is not None
    if not icd10.is_billable(tables, system, code, days.coded):
        return "invalid", {}
    if icd10.is_billable(tables, system, code, days.asked):
        return "kept", _made_of(tables, system, code, days) if is_loaded else {}
    walk = _walk(tables, system, code, days) if is_loaded else _Walk({}, beyond_table=True)
    if walk.beyond_table:
        return "unknown", walk.standing
    return ("no-successor", "converted", "choices")[min(len(walk.standing), 2)], walk.standing


def _parts(tables: Tables, system: CodeSystem, code: str, days: CodedOn) -> dict[str, date]:
    """The codes below one that has become a heading since; backward, the code that was above before it had parts."""
    if days.coded < days.asked:
        found = icd10.starting_with(tables, system, code, days.asked, limit=_MOST_PARTS)
        return {one.code: one.valid_from for one in found}
    above = (code[:length] for length in range(len(code) - 1, 0, -1))
    whole = next((one for one in above if icd10.is_billable(tables, system, one, days.asked)), None)
    part = icd10.entry(tables, system, code, days.coded)
    return {whole: part.valid_from} if whole is not None and part is not None else {}


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
            release=one.release or "",
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
    table = _TABLES[one.system] if one.basis != "subdivision" else f"{LABELS[one.system]} code set"
    source = f"{table}, {one.release or 'none loaded'}"
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


def _release(tables: Tables, system: CodeSystem, days: CodedOn) -> str | None:
    later = max(days.coded, days.asked)
    table = CONVERSIONS[system]
    return tables.on(table, later).release.name if tables.carries(table, later) else None


def _standing(tables: Tables, system: CodeSystem, code: str, effective: date, day: date) -> Standing:
    entry = icd10.entry(tables, system, code, day)
    return Standing(code=code, title=entry.description if entry is not None else None, effective=effective)


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
