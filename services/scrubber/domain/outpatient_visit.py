"""A hospital's outpatient bill as the Integrated Outpatient Code Editor (I/OCE) sees it, and the form of its edits.

Source: CMS, Integrated OCE Specifications; the name and the disposition of each edit on a day stand in `ioce.edits`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property, wraps
from typing import NamedTuple

from services.scrubber.domain.claim_parts import age_on, diagnoses
from services.scrubber.domain.engine import INSTITUTIONAL, Check, Circumstances, Defect
from services.scrubber.domain.rule_books import RETURNED, rule_book
from shared.claims import Diagnosis, InstitutionalClaim, InstitutionalLine, Modifier, Severity
from shared.tables import ioce

OUTPATIENT = "13"
_HOSPITAL_BILLS = {"12", "13", "14"}
"""Part B inpatients, outpatients, and tests on specimens, of hospitals under the OPPS (42 CFR 419.20-419.22)."""
_VOID = "8"
_VISIT = "V"
_SURGICAL = {"T", "J1"}
_EXPECTED_DENIALS = "modifiers_of_expected_denial"

VisitRule = Callable[["Visit"], Iterator[Defect]]


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A line with what the I/OCE says of its procedure on its day."""

    position: int
    line: InstitutionalLine
    day: date
    listed: ioce.ProcedureRow | None
    """None where the line has no procedure, or one that the I/OCE does not know."""
    billed_for_payment: bool
    """Not all of it is said to be non-covered, by charge or by a modifier with which a denial is asked for."""

    @property
    def number(self) -> int:
        return self.position + 1

    @property
    def indicator(self) -> str:
        """The payment status indicator of its procedure; empty where none is known."""
        return self.listed.status_indicator if self.listed is not None else ""

    def is_on(self, name: str) -> bool:
        """Whether its procedure is on one of the I/OCE's lists."""
        return self.listed is not None and name in self.listed.lists

    def has(self, *modifiers: str) -> bool:
        return any(modifier in modifiers for modifier in self.line.modifiers)

    def defect(self, message: str, field: str = "procedure", **evidence: str) -> Defect:
        code = self.line.procedure if field != "revenue_code" else self.line.revenue_code
        said = {"code": str(code), "day": self.day.isoformat(), **evidence}
        return Defect(f"/lines/{self.position}/{field}", message, said)


class PlacedModifier(NamedTuple):
    """A modifier on a line, and what the I/OCE makes of it; None where it does not know it on the day."""

    line: VisitLine
    place: int
    modifier: Modifier
    row: ioce.ModifierRow | None


@dataclass(frozen=True)
class Visit:
    """The bill. `age` is in completed years on the first day; None where no birth date is given, or one after it."""

    claim: InstitutionalClaim
    on: Circumstances
    age: int | None
    lines: tuple[VisitLine, ...]

    @property
    def is_outpatient(self) -> bool:
        return self.claim.facility_type == OUTPATIENT

    @cached_property
    def _by_list(self) -> Mapping[str, Sequence[VisitLine]]:
        found: dict[str, list[VisitLine]] = {}
        for line in self.lines:
            for name in line.listed.lists if line.listed is not None else ():
                found.setdefault(name, []).append(line)
        return found

    def lines_on(self, name: str) -> Sequence[VisitLine]:
        """The lines whose procedure is on one of the I/OCE's lists."""
        return self._by_list.get(name, ())

    @cached_property
    def medical_visits(self) -> Sequence[VisitLine]:
        """The lines that the I/OCE takes for a visit: by the indicator of the APC that they have or fall back to."""
        return [line for line in self.lines if not line.is_on("observation") and self._group_of(line) == _VISIT]

    def _group_of(self, line: VisitLine) -> str | None:
        if line.listed is None or line.listed.apc is None:
            return None
        group = ioce.apc(self.on.tables, line.listed.apc, line.day).row
        return group.status_indicator if group is not None else None

    @cached_property
    def modifiers(self) -> Sequence[PlacedModifier]:
        """Every modifier of the bill, in the order of its lines."""
        if not any(line.line.modifiers for line in self.lines):
            return ()
        rows_of = self.on.tables.on(ioce.MODIFIERS, self.on.day).store.rows
        return [
            PlacedModifier(line, place, modifier, ioce.row_on(rows_of(modifier), line.day))
            for line in self.lines
            for place, modifier in enumerate(line.line.modifiers)
        ]

    @cached_property
    def revenues(self) -> Sequence[tuple[VisitLine, ioce.RevenueRow | None]]:
        """The lines with what the I/OCE says of their revenue codes; None where it does not know one."""
        rows_of = self.on.tables.on(ioce.REVENUE, self.on.day).store.rows
        return [(line, ioce.row_on(rows_of(line.line.revenue_code), line.day)) for line in self.lines]

    @cached_property
    def diagnoses(self) -> Sequence[tuple[str, Diagnosis, ioce.DiagnosisRow]]:
        """Pointer, diagnosis and what the I/OCE says of it, for those that it knows."""
        rows_of = self.on.tables.on(ioce.DIAGNOSES, self.on.day).store.rows
        found = ((pointer, one, ioce.row_on(rows_of(one.code), self.on.day)) for pointer, one in diagnoses(self.claim))
        return [(pointer, diagnosis, row) for pointer, diagnosis, row in found if row is not None]

    @property
    def principal(self) -> tuple[Diagnosis, ioce.DiagnosisRow] | None:
        """The first diagnosis; None where the I/OCE does not know it."""
        return next(((one, row) for pointer, one, row in self.diagnoses if pointer == "/diagnoses/0"), None)

    @cached_property
    def emergencies(self) -> Sequence[VisitLine]:
        """The lines with the modifier of an inpatient procedure on one who died or was sent on."""
        return [one.line for one in self.modifiers if one.row is not None and one.row.died_or_transferred]

    def is_part_of_another(self, line: VisitLine) -> bool:
        """Whether it is a separate procedure for inpatients on a day with an outpatient procedure (indicator T, J1)."""
        if not line.is_on("separate_procedure"):
            return False
        return any(other.day == line.day and other.indicator in _SURGICAL for other in self.lines)


def visit_of(claim: InstitutionalClaim, on: Circumstances) -> Visit | None:
    """A hospital's outpatient bill with what the I/OCE says of it; None for a void, and on a day without I/OCE."""
    if claim.frequency == _VOID or not on.tables.carries(ioce.PROCEDURES, on.day):
        return None
    rows_of = on.tables.on(ioce.PROCEDURES, on.day).store.rows
    lines: list[VisitLine] = []
    for position, line in enumerate(claim.lines):
        day = line.service_from or claim.statement_from
        listed = ioce.row_on(rows_of(line.procedure), day) if line.procedure is not None else None
        lines.append(VisitLine(position, line, day, listed, _is_billed_for_payment(line, on)))
    return Visit(claim, on, age_on(claim.patient.birth_date, claim.statement_from), tuple(lines))


def _is_billed_for_payment(line: InstitutionalLine, on: Circumstances) -> bool:
    if (line.non_covered or Decimal(0)) >= line.charge:
        return False
    return not any(on.listed(_EXPECTED_DENIALS, modifier) for modifier in line.modifiers)


editor_edit = rule_book("ioce", visit_of, bills=_HOSPITAL_BILLS)
"""The decorator of an edit that finds what several of the I/OCE's numbers stand for; `ioce_edit` is for one of one."""


def ioce_edit(
    number: int,
    edit_id: str,
    *,
    title: str,
    predicted: str | None = RETURNED,
    severity: Severity = "error",
    section: str = "",
) -> Callable[[VisitRule], Check]:
    """Register an edit of the I/OCE under its number there, which its findings give with the disposition of the day.

    On a day on which the I/OCE does not have the edit it finds nothing. `section` is a further source.
    """
    source = f"CMS, Integrated OCE Specifications, edit {number}" + (f"; {section}" if section else "")

    def register(rule: VisitRule) -> Check:
        @wraps(rule)
        def check(visit: Visit) -> Iterator[Defect]:
            for defect in rule(visit):
                if (found := by_edit(visit, number, defect)) is not None:
                    yield found

        return editor_edit(
            edit_id, title=title, source=source, kinds=INSTITUTIONAL, predicted=predicted, severity=severity
        )(check)

    return register


def by_edit(visit: Visit, number: int, defect: Defect) -> Defect | None:
    """The defect with the I/OCE's edit as its evidence; None where the I/OCE does not have the edit on the day."""
    known = ioce.edit(visit.on.tables, number, visit.on.day)
    if known.row is None:
        return None
    said = {"edit": str(number), "disposition": known.row.disposition, "table": f"I/OCE {known.release.name}"}
    return replace(defect, evidence={**defect.evidence, **said})
