"""The rules of one tenant that run, each compiled once, and what they make of a claim."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.repairs import with_changes
from services.scrubber.domain.rules import places
from services.scrubber.domain.rules.expressions import (
    BadExpression,
    ClaimView,
    Condition,
    EvaluationFailed,
    compile_condition,
)
from services.scrubber.domain.rules.rule import FindingAction, Rule, RuleContent
from services.scrubber.domain.x12_place import path_of, x12_place
from services.scrubber.errors import InvalidRule
from shared.claims import ClaimKind, Finding, FormatRepair

RULE_FAILED = "rule-failed"
"""Id of the finding that stands for a rule that could not be decided: the claim waits for a person."""


class RuleFault(NamedTuple):
    """One thing wrong with a rule. `line` and `column` count from 1 and are None outside the condition."""

    pointer: str
    message: str
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True)
class CompiledRule:
    """A rule with its condition for each kind of claim that it is for."""

    rule: Rule
    conditions: Mapping[ClaimKind, Condition] = field(repr=False)
    payers: frozenset[str] = frozenset()
    facilities: frozenset[str] = frozenset()

    @classmethod
    def of(cls, rule: Rule, conditions: Mapping[ClaimKind, Condition]) -> CompiledRule:
        content = rule.content
        return cls(rule, conditions, frozenset(content.payers), frozenset(content.facilities))

    def is_for(self, subject: Subject) -> bool:
        """By kind, the payer billed, the billing provider or service facility, and the day of service."""
        if subject.kind not in self.conditions or (self.payers and subject.payer not in self.payers):
            return False
        if self.facilities and self.facilities.isdisjoint(subject.facilities):
            return False
        return self.rule.content.covers(subject.day)


class Subject(NamedTuple):
    """By what a rule is for a claim or not."""

    kind: ClaimKind
    payer: str | None
    facilities: frozenset[str | None]
    day: date

    @classmethod
    def of(cls, claim: AnyClaim, as_of: date) -> Subject:
        npis = [claim.billing.npi, claim.service_facility.npi if claim.service_facility else None]
        return cls(claim.kind, claim.billed_coverage.payer.payer_id, frozenset(npis), claim.last_day or as_of)


def compile_rule(rule: Rule, *, below: str = "") -> CompiledRule:
    """Raises InvalidRule, which names every fault with its place; `below` is where the rule stands in the request."""
    conditions, found = compiled(rule.content)
    if faults := [fault._replace(pointer=below + fault.pointer) for fault in found]:
        raise InvalidRule(
            faults[0].message,
            pointer=faults[0].pointer,
            extra={"faults": [fault._asdict() for fault in faults]},
        )
    return CompiledRule.of(rule, conditions)


def compiled(content: RuleContent) -> tuple[Mapping[ClaimKind, Condition], list[RuleFault]]:
    """The condition for each kind of claim, and what is wrong with the rule, each fault once."""
    conditions: dict[ClaimKind, Condition] = {}
    faults: list[RuleFault] = []
    for kind in content.kinds:
        try:
            conditions[kind] = compile_condition(content.condition, kind, content.each)
        except BadExpression as bad:
            faults += [RuleFault("/condition", fault.message, fault.line, fault.column) for fault in bad.faults]
        faults += _faults_of_action(content, kind)
    return conditions, list(dict.fromkeys(faults))


def _faults_of_action(content: RuleContent, kind: ClaimKind) -> Iterator[RuleFault]:
    action = content.action
    if action.kind == "finding" and not places.exists(action.pointer, kind, by_line=content.each == "line"):
        yield RuleFault("/action/pointer", f"there is no such place on a claim, {kind}")
    if action.kind == "set":
        if kind not in places.SETTABLE.get(action.pointer, ()):
            may = ", ".join(pointer for pointer, kinds in places.SETTABLE.items() if kind in kinds)
            yield RuleFault("/action/pointer", f"on {kind} claims a rule may set {may}")
        elif not places.fits(action.pointer, kind, action.value):
            yield RuleFault("/action/value", "the value does not fit into this field")
        if content.each == "line":
            yield RuleFault("/each", "a rule that sets a field asks about the claim, not about each line")


@dataclass(frozen=True)
class RuleMatch:
    """That a rule was true of a claim, or failed on it; `shadow` where that changed nothing."""

    rule_id: str
    version: int
    shadow: bool
    failed: bool
    would_hold: bool


@dataclass(frozen=True)
class Verdict:
    """What the rules made of a claim: as it goes on, what was set, what was found, where a hold of it waits."""

    claim: AnyClaim
    findings: tuple[Finding, ...] = ()
    repairs: tuple[FormatRepair, ...] = ()
    matches: tuple[RuleMatch, ...] = ()
    queue: str | None = None


class _Broken(Condition):
    """Stands for a condition that cannot be compiled any more."""

    def places(self, view: ClaimView) -> list[int | None]:
        raise EvaluationFailed("not a condition any more")


Failed = Callable[[Rule, str], None]


def no_report(rule: Rule, reason: str) -> None:
    """Tell nobody that a rule failed: the finding alone says so."""


@dataclass(frozen=True)
class RuleBook:
    """The rules of a tenant that run, active or in shadow, as of one edition: those that set a field first."""

    edition: str
    rules: tuple[CompiledRule, ...]

    @classmethod
    def of(cls, edition: str, rules: Sequence[CompiledRule]) -> RuleBook:
        return cls(edition, tuple(sorted(rules, key=_order)))

    @classmethod
    def running(cls, edition: str, rules: Sequence[Rule]) -> RuleBook:
        """Of rules as they were kept. One that a later release of this product no longer reads fails on every claim."""
        return cls.of(edition, [_as_kept(rule) for rule in rules])

    def judge(self, claim: AnyClaim, *, as_of: date, failed: Failed = no_report) -> Verdict:
        """Ask every rule that is for this claim, in order. Never raises for what the claim holds.

        A rule sees the claim as the rules before it have left it. Of the queues that are named, the first one counts.
        """
        subject = Subject.of(claim, as_of)
        concerned = [one for one in self.rules if one.is_for(subject)]
        if not concerned:
            return Verdict(claim)
        run = _Run(claim, as_of, subject.day, failed)
        for one in concerned:
            run.ask(one)
        return Verdict(run.claim, tuple(run.findings), tuple(run.repairs), tuple(run.matches), run.queue)


NO_RULES = RuleBook("", ())


def _as_kept(rule: Rule) -> CompiledRule:
    content = rule.content
    broken: dict[ClaimKind, Condition] = {kind: _Broken(None, content.each) for kind in content.kinds}
    return CompiledRule.of(rule, {**broken, **compiled(content)[0]})


def _order(compiled_rule: CompiledRule) -> tuple[bool, str]:
    return compiled_rule.rule.content.action.kind != "set", compiled_rule.rule.id


class _Run:
    """One claim under the rules of one tenant."""

    def __init__(self, claim: AnyClaim, as_of: date, day: date, failed: Failed) -> None:
        self.claim = claim
        self.findings: list[Finding] = []
        self.repairs: list[FormatRepair] = []
        self.matches: list[RuleMatch] = []
        self.queue: str | None = None
        self._as_of, self._day, self._failed = as_of, day, failed
        self._view: ClaimView | None = None

    def ask(self, compiled_rule: CompiledRule) -> None:
        rule = compiled_rule.rule
        try:
            found = compiled_rule.conditions[self.claim.kind].places(self._seen())
            if found and rule.status != "shadow":
                self._act(rule, found)
        except EvaluationFailed as failure:
            self._fail(rule, failure.reason)
        except Exception as error:  # noqa: BLE001 - a rule never stops the line; the claim is held for a person
            self._fail(rule, type(error).__name__)
        else:
            if found:
                self._note(rule, failed=False)

    def _fail(self, rule: Rule, reason: str) -> None:
        self._failed(rule, reason)
        self._note(rule, failed=True)
        if rule.status != "shadow":
            self.findings.append(_failure(rule, reason))

    def _note(self, rule: Rule, *, failed: bool) -> None:
        would_hold = failed or rule.content.would_hold
        self.matches.append(RuleMatch(rule.id, rule.version, rule.status == "shadow", failed, would_hold))

    def _act(self, rule: Rule, found: Sequence[int | None]) -> None:
        action = rule.content.action
        if action.kind == "set":
            self._set(rule, action.pointer, action.value)
        elif action.kind == "route":
            self.queue = self.queue or action.queue
        else:
            said = action if action.kind == "finding" else _hold(action.message)
            self.findings += [_finding(rule, said, self.claim, line) for line in found]
            if action.kind == "hold":
                self.queue = self.queue or action.queue

    def _set(self, rule: Rule, pointer: str, value: str) -> None:
        place = places.resolved(pointer, self.claim, None)
        before = _text_at(self.claim, place)
        if before != value:
            self.claim = with_changes(self.claim, [(place, before, value)])
            self.repairs.append(FormatRepair(repair_id=rule.finding_id, pointer=place, before=before, after=value))
            self._view = None

    def _seen(self) -> ClaimView:
        """The claim as it stands, made ready once for all the rules until one of them changes it."""
        if self._view is None:
            self._view = ClaimView.of(self.claim, today=self._as_of, service_day=self._day)
        return self._view


def _hold(message: str) -> FindingAction:
    return FindingAction(kind="finding", severity="error", message=message)


def _text_at(claim: AnyClaim, pointer: str) -> str:
    place: Any = claim
    for step in path_of(pointer):
        place = place[int(step)] if isinstance(place, tuple) else getattr(place, str(step), None)
    return "" if place is None else str(place)


def _finding(rule: Rule, said: FindingAction, claim: AnyClaim, line: int | None) -> Finding:
    pointer = places.resolved(said.pointer, claim, line)
    return Finding(
        edit_id=rule.finding_id,
        edit_version=str(rule.version),
        title=rule.content.name,
        severity=said.severity,
        message=said.message,
        pointer=pointer,
        x12=x12_place(claim, pointer),
        predicted=said.predicted,
        source=f"Customer rule {rule.id}, version {rule.version}",
        evidence={} if line is None else {"line": str(claim.lines[line].number)},
    )


def _failure(rule: Rule, reason: str) -> Finding:
    return Finding(
        edit_id=RULE_FAILED,
        edit_version=str(rule.version),
        title="A rule could not be decided",
        severity="error",
        message=f"The rule {rule.id} could not be decided on this claim. Check by hand what it asks; have it mended.",
        pointer="",
        source=f"Customer rule {rule.id}, version {rule.version}",
        evidence={"rule": rule.id, "error": reason},
    )
