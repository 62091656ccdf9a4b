"""The engine: an edit is a pure function with its metadata beside it; `scrub` runs those that apply and reports.

To add an edit, write one function in a family file of `services/scrubber/domain/edits` under `@edit(...)`: the
registry, the catalogue and the documentation follow from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, TypeVar

from services.scrubber.domain.claim_parts import AnyClaim, ClaimParts, days_of
from services.scrubber.domain.code_lists import CodeList, CodeLists
from services.scrubber.domain.history import History
from services.scrubber.domain.payer_rules import PayerRule, PayerRules
from services.scrubber.domain.plan import EditSet, Look, Step
from services.scrubber.domain.x12_place import path_of, x12_place
from shared.claims import (
    ClaimKind,
    Coverage,
    Finding,
    FormatRepair,
    InstitutionalClaim,
    Repair,
    ScrubReport,
    Severity,
)
from shared.tables import CodeSets, CodeSystem, NoRelease, Table, Tables, icd10
from shared.tables.codes import is_valid
from shared.tables.dated import NoEdition

EDIT_FAILED = "edit-failed"
"""Id of the finding that stands for an edit that broke: the claim waits for a person, it is never lost or passed."""

_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "information")
_FIRST_EDITION = date(2000, 1, 1)
T = TypeVar("T")
BOTH: tuple[ClaimKind, ...] = ("professional", "institutional")
PROFESSIONAL: tuple[ClaimKind, ...] = ("professional",)
INSTITUTIONAL: tuple[ClaimKind, ...] = ("institutional",)


@dataclass(frozen=True)
class ScrubContext:
    """What a run of the edits stands on. `as_of` is the day on which the claim would go out."""

    as_of: date
    tables: Tables
    lists: CodeLists
    payer_rules: PayerRules
    history: History = ()
    """What other claims bill for the patient; none where nobody looked."""

    def for_claim(self, claim: AnyClaim, parts: ClaimParts) -> Circumstances:
        """What holds on the claim's last day of service; on `as_of` where the claim names no day."""
        first_day, last_day = days_of(claim)
        day = last_day or self.as_of
        return Circumstances(
            as_of=self.as_of,
            day=day,
            first_day=first_day,
            last_day=last_day,
            tables=self.tables,
            lists=self.lists.on(day),
            payer_rules=self.payer_rules,
            billed=claim.billed_coverage,
            parts=parts,
            history=self.history,
        )


@dataclass(frozen=True)
class Circumstances:
    """What an edit may know beside the claim. `day` is the last day of service, by which codes and rules are judged."""

    as_of: date
    day: date
    first_day: date | None
    """The claim's own, as the next; None where it names none, and `as_of` is the day."""
    last_day: date | None
    tables: Tables
    lists: Mapping[str, CodeList]
    """Every list as it stood on `day`."""
    payer_rules: PayerRules
    billed: Coverage
    parts: ClaimParts
    history: History = ()
    _seen: dict[Callable[..., Any], Any] = field(default_factory=dict, repr=False, compare=False)

    def once(self, look: Callable[[Any, Circumstances], T], claim: AnyClaim) -> T:
        """What `look` sees on the claim, looked at once however many edits ask. `look` is a function of a module."""
        seen: Any = self._seen.get(look)
        if seen is None and look not in self._seen:
            seen = self._seen[look] = look(claim, self)
        return seen  # type: ignore[no-any-return]  # what the look gave

    @property
    def codes(self) -> CodeSets:
        """The code sets of these tables."""
        return CodeSets(self.tables)

    @property
    def rule_books(self) -> frozenset[str] | None:
        """By which of the rule books the payer judges; None after its profile's end."""
        try:
            return self.payer_rule.books
        except NoEdition:
            return None

    @cached_property
    def payer_rule(self) -> PayerRule:
        """The rules of the payer that the claim is sent to. Raises NoEdition after its profile's end."""
        return self.payer_rules.of(self.billed, self.day)

    def listed(self, name: str, code: str) -> bool:
        """True where `code` was on the list of that name on the day of service."""
        return self.lists[name].has(code)

    def is_code(self, table: Table[Any], code: str) -> bool:
        """True where `code` was in the code set on the day of service; also where the set is not carried for that day.

        A day so far off is the business of the edits of dates.
        """
        try:
            return is_valid(self.tables, table, code, self.day)
        except NoRelease:
            return True

    def in_code_set(self, system: CodeSystem, code: str) -> bool:
        """True where `code` may be reported on the day of service; also where no release is carried for that day.

        That there is no release is the finding of one edit (`code-set-not-carried`), not of every code.
        """
        try:
            return icd10.is_billable(self.tables, system, code, self.day)
        except NoRelease:
            return True


@dataclass(frozen=True)
class Defect:
    """What an edit found: the place, and in a biller's words what is wrong and what to do, without PHI."""

    pointer: str
    message: str
    evidence: Mapping[str, str] = field(default_factory=dict)
    predicted: str | None = None
    """The answer where it differs from the edit's usual one."""
    repair: Repair | None = None
    severity: Severity | None = None
    """Where it differs from the edit's usual one, as with a payer who does not say that it applies the rule."""


Check = Callable[..., Iterator[Defect]]
"""Of a claim and its circumstances, or of what the edit `sees` of them."""


@dataclass(frozen=True)
class Edit:
    """A rule that a claim must pass. `row` is its row in the list of front-end edits, where it has one."""

    id: str
    title: str
    version: str
    family: str
    severity: Severity
    source: str
    kinds: tuple[ClaimKind, ...]
    effective: date
    through: date | None
    predicted: str | None
    row: int | None
    suggests_repair: bool
    check: Check = field(repr=False, compare=False)
    bills: frozenset[str] | None = None
    """The bills of facilities that it is for, by the two digits of facility and classification; None for all."""
    book: str | None = None
    """The rule book that it is of, by which not every payer judges; None where it holds for all."""
    sees: Look | None = field(default=None, repr=False, compare=False)
    """What its check is given in place of the claim, looked at once for all that see it."""

    def applies(self, kind: ClaimKind, day: date, bill: str | None = None) -> bool:
        """`bill` are the two digits of a facility's bill, None on a professional claim."""
        if kind not in self.kinds or (self.bills is not None and bill not in self.bills):
            return False
        return self.effective <= day and (self.through is None or day <= self.through)


class Registry:
    """Every edit by its id, as the family files register them."""

    def __init__(self) -> None:
        self._edits: dict[str, Edit] = {}

    def add(self, edit: Edit) -> None:
        """Raises ValueError where the id is taken: an id names one rule for ever."""
        if edit.id in self._edits:
            raise ValueError(f"two edits are called {edit.id}")
        self._edits[edit.id] = edit

    def edit_set(self) -> EditSet:
        return EditSet.of(self._edits.values())


REGISTRY = Registry()


def edit(
    edit_id: str,
    *,
    title: str,
    source: str,
    predicted: str | None = None,
    kinds: tuple[ClaimKind, ...] = BOTH,
    severity: Severity = "error",
    version: str = "1",
    effective: date = _FIRST_EDITION,
    through: date | None = None,
    row: int | None = None,
    suggests_repair: bool = False,
    bills: Iterable[str] | None = None,
    book: str | None = None,
    sees: Look | None = None,
) -> Callable[[Check], Check]:
    """Register the function below as an edit; its family is the file it stands in.

    It is a function of the claim and its circumstances. With `sees` it is one of what that function makes of the two,
    and is not called where that is None.
    """

    def register(check: Check) -> Check:
        family = check.__module__.rpartition(".")[2].replace("_", "-")
        REGISTRY.add(
            Edit(
                id=edit_id,
                title=title,
                version=version,
                family=family,
                severity=severity,
                source=source,
                kinds=kinds,
                effective=effective,
                through=through,
                predicted=predicted,
                row=row,
                suggests_repair=suggests_repair,
                check=check,
                bills=None if bills is None else frozenset(bills),
                book=book,
                sees=sees,
            )
        )
        return check

    return register


def no_report(edit: Edit, error: Exception) -> None:
    """Tell nobody that an edit broke: the finding alone says so."""


def scrub(
    claim: AnyClaim,
    context: ScrubContext,
    edits: EditSet,
    *,
    parts: ClaimParts | None = None,
    repairs: Sequence[FormatRepair] = (),
    found: Sequence[Finding] = (),
    failed: Callable[[Edit, Exception], None] = no_report,
) -> ScrubReport:
    """Run every edit that applies to the claim. Never raises for what the claim holds.

    Findings come in one order for one claim: by severity, then by place, then by edit. `failed` is told of each edit
    that broke, so that the edge can log and count it. `parts` are the claim's, where they are known already; `found`
    is what customer rules have found on it.
    """
    on = context.for_claim(claim, parts or ClaimParts.of(claim))
    bill = claim.facility_type if isinstance(claim, InstitutionalClaim) else None
    plan = edits.plan(claim.kind, on.day, bill, on.rule_books)
    findings = [*found, *_findings(plan.steps, claim, on, failed)]
    return ScrubReport(
        outcome="held" if any(finding.severity == "error" for finding in findings) else "cleared",
        findings=tuple(sorted(findings, key=_order)),
        repairs=tuple(repairs),
        edits_version=edits.version,
        edits_run=plan.applicable,
        table_releases=dict(_releases(context.tables, claim.kind, on.day)),
    )


@lru_cache(maxsize=1024)
def _releases(tables: Tables, kind: ClaimKind, day: date) -> tuple[tuple[str, str], ...]:
    """The releases of the code sets that a claim is judged by; none for a day on which a set is not carried."""
    systems: tuple[CodeSystem, ...] = ("icd10cm", "icd10pcs") if kind == "institutional" else ("icd10cm",)
    codes = CodeSets(tables)
    try:
        return tuple((system, codes.release(system, day)) for system in systems)
    except NoRelease:
        return ()


def _findings(
    steps: Sequence[Step], claim: AnyClaim, on: Circumstances, failed: Callable[[Edit, Exception], None]
) -> list[Finding]:
    findings: list[Finding] = []
    for look, edits in steps:
        seen: Any = None
        if look is not None:
            try:
                seen = on.once(look, claim)
            except Exception as error:  # noqa: BLE001 - as below
                findings += [_failure(edit, error, failed) for edit in edits]
                continue
            if seen is None:
                continue
        for edit in edits:
            try:
                for defect in edit.check(claim, on) if look is None else edit.check(seen):
                    findings.append(_finding(edit, claim, on, defect))
            except Exception as error:  # noqa: BLE001 - a bug in one edit holds the claim; it must not lose it
                findings = [one for one in findings if one.edit_id != edit.id]
                findings.append(_failure(edit, error, failed))
    return findings


def _finding(edit: Edit, claim: AnyClaim, on: Circumstances, defect: Defect) -> Finding:
    severity = defect.severity or edit.severity
    return Finding(
        edit_id=edit.id,
        edit_version=edit.version,
        title=edit.title,
        severity=severity if edit.book is None else at_most(on.payer_rule.applies[edit.book], severity),
        message=defect.message,
        pointer=defect.pointer,
        x12=x12_place(claim, defect.pointer),
        predicted=defect.predicted or edit.predicted,
        source=edit.source,
        evidence=dict(defect.evidence),
        repair=defect.repair,
    )


def at_most(most: Severity, severity: Severity) -> Severity:
    """The severity, or that to which a payer holds the findings of a rule book where it is less."""
    return max(most, severity, key=_SEVERITIES.index)


def _failure(edit: Edit, error: Exception, failed: Callable[[Edit, Exception], None]) -> Finding:
    failed(edit, error)
    return Finding(
        edit_id=EDIT_FAILED,
        edit_version=edit.version,
        title="An edit could not be run",
        severity="error",
        message=f"The edit {edit.id} broke on this claim. Check by hand what it looks for, or ask for it to be mended.",
        pointer="",
        source="This product: a claim that could not be checked is not clean",
        evidence={"edit": edit.id, "error": type(error).__name__},
    )


def _order(finding: Finding) -> tuple[Any, ...]:
    # Numbers sort before words, so that line 2 stands before line 10.
    place = tuple((0, step, "") if isinstance(step, int) else (1, 0, step) for step in path_of(finding.pointer))
    return _SEVERITIES.index(finding.severity), place, finding.edit_id, finding.message
