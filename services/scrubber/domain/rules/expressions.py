"""Conditions of rules, in CEL (cel.dev): checked against the types of the claim when saved, bounded when run.

A condition sees

- `claim`, of the kind that the rule is for (see `claim_types` for how its fields read);
- `billed`, the coverage that the claim is sent to;
- `line`, where the rule asks about each line;
- `today`, the day on which the claim would go out, and `service_day`, its last day of service, both at midnight UTC:
  `today - service_day > duration('2160h')`, `service_day >= timestamp('2026-07-01T00:00:00Z')`.

The engine is Google's own CEL for C++ (PyPI `cel-expr-python`): of the three on PyPI it alone checks types before a
run, ends a run by itself (10,000 steps), and takes microseconds. Texts are compared and looked into with `==`,
`in`, `<`, `startsWith`, `endsWith`, `contains`, `size`; there are no regular expressions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache, cached_property
from typing import Any, Literal

from cel_expr_python import cel

from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.rules.bounds import outline
from services.scrubber.domain.rules.claim_types import (
    CLAIM_MODELS,
    claim_message,
    columns,
    message_type,
    models,
    pool,
)
from shared.claims import ClaimKind

LONGEST = 2_000
"""Characters of a condition: with the library's 10,000 steps this bounds a run."""

MOST_LINES = 100
"""Of a claim whose lines are each compared with the others: as many steps as a condition on the claim may take."""

Scope = Literal["claim", "line"]
"""What a rule asks about: the claim as a whole, or each of its lines by itself."""

_CONFIGURATION = """
name: revcycle
stdlib:
  exclude_macros:
    - map
  exclude_functions:
    - name: matches
    - name: dyn
    - name: _+_
      overloads:
        - id: add_string
        - id: add_bytes
"""
_FAULT = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*)")
_REASONS = {
    "INVALID_ARGUMENT": "invalid argument",
    "OUT_OF_RANGE": "out of range",
    "NOT_FOUND": "not found",
    "INTERNAL": "too much work",
    "UNKNOWN": "not to be decided",
}
"""What the engine's own codes come to; its words beside them may hold a value of the claim."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a condition, and where: `line` and `column` count from 1."""

    line: int
    column: int
    message: str


class BadExpression(Exception):
    """The condition is no condition on such a claim. `faults` says why; it has at least one."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(fault.message for fault in faults))
        self.faults = tuple(faults)


class EvaluationFailed(Exception):
    """A condition could not be decided on this claim. `reason` is the engine's own name for it, never its words, which
    may hold a value of the claim."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class ClaimView:
    """One claim made ready for conditions, once for all rules."""

    kind: ClaimKind
    variables: Mapping[str, Any] = field(repr=False)

    @classmethod
    def of(cls, claim: AnyClaim, *, today: date, service_day: date) -> ClaimView:
        """The claim as conditions see it on a day, with its last day of service."""
        message: Any = claim_message(claim)
        variables = {
            "claim": message,
            "billed": message.coverages[claim.coverages.index(claim.billed_coverage)],
            "today": _midnight(today),
            "service_day": _midnight(service_day),
        }
        return cls(claim.kind, variables)

    @cached_property
    def whole(self) -> Any:
        """What a condition on the claim runs on."""
        return _environment(self.kind, "claim").Activation(dict(self.variables))

    @cached_property
    def lines(self) -> Sequence[Any]:
        """What a condition on a line runs on, in the order of the lines."""
        environment = _environment(self.kind, "line")
        return [environment.Activation({**self.variables, "line": line}) for line in self.variables["claim"].lines]


@dataclass(frozen=True)
class Condition:
    """A checked expression for claims of one kind."""

    program: Any = field(repr=False)
    scope: Scope
    walks_claim: bool = False

    def places(self, view: ClaimView) -> list[int | None]:
        """Where it holds: the positions of lines from 0, or one None for the claim. Raises EvaluationFailed."""
        if self.scope == "claim":
            return [None] if self._holds(view.whole) else []
        if self.walks_claim and len(view.lines) > MOST_LINES:
            raise EvaluationFailed(_REASONS["INTERNAL"])
        return [position for position, line in enumerate(view.lines) if self._holds(line)]

    def _holds(self, activation: Any) -> bool:
        try:
            answer = self.program.eval(activation)
        except RuntimeError as error:
            raise EvaluationFailed(_reason(str(error))) from None
        if answer.type() != cel.Type.BOOL:
            raise EvaluationFailed(_reason(str(answer.plain_value())))
        return bool(answer.plain_value())


def compile_condition(expression: str, kind: ClaimKind, scope: Scope) -> Condition:
    """The condition, checked against the types of a claim of this kind. Raises BadExpression."""
    if len(expression) > LONGEST:
        raise BadExpression([Fault(1, 1, f"a condition has at most {LONGEST} characters")])
    environment = _environment(kind, scope)
    try:
        program = environment.compile(expression)
    except RuntimeError as error:
        raise BadExpression(_faults(str(error), kind)) from None
    if (kind_of_answer := program.return_type()) != cel.Type.BOOL:
        said = f"a condition is true or false; this is {kind_of_answer.name().lower()}"
        raise BadExpression([Fault(1, 1, said)])
    known = outline(program.serialize(), by_line=scope == "line")
    if known.breaches:
        raise BadExpression([Fault(*breach) for breach in known.breaches])
    return Condition(program, scope, walks_claim=known.walks_claim)


@cache
def _environment(kind: ClaimKind, scope: Scope) -> Any:
    model = CLAIM_MODELS[kind]
    types = {column.name: message_type(column.shape.type) for column in columns(model) if column.name in _PARTS}
    variables = {
        "claim": cel.Type(message_type(model)),
        "billed": cel.Type(types["coverages"]),
        "today": cel.Type.TIMESTAMP,
        "service_day": cel.Type.TIMESTAMP,
    }
    if scope == "line":
        variables["line"] = cel.Type(types["lines"])
    return cel.NewEnv(pool(), config=cel.NewEnvConfigFromYaml(_CONFIGURATION), variables=variables)


_PARTS = {"coverages", "lines"}


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _faults(said: str, kind: ClaimKind) -> list[Fault]:
    found = [Fault(int(line), int(column), _in_words(message, kind)) for line, column, message in _FAULT.findall(said)]
    return found or [Fault(1, 1, "the condition is nested too deeply")]


def _in_words(message: str, kind: ClaimKind) -> str:
    message = message.removesuffix(" [INVALID_ARGUMENT]").replace(" (in container '')", "").replace("revcycle.", "")
    if undefined := re.match(r"undefined field '(\w+)' not found in (?:struct|message|type) '(\w+)'", message):
        name, part = undefined.groups()
        return f"{part} has no field {name}{_hint(name)}"
    if mismatch := re.match(r"found no matching overload for '_?([^']+?)_?' applied to '(.*)'", message):
        name, given = mismatch.groups()
        return (
            f"{name} does not take {given}{'; a quantity is written 1.0' if {'double', 'int'} <= _words(given) else ''}"
        )
    return f"{message} in a rule for {kind} claims" if message.startswith("undeclared reference") else message


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


def _hint(name: str) -> str:
    """Money is in cents under a longer name: say so to who looked for it in dollars."""
    names = {column.name for model in models() for column in columns(model) if column.shape.is_money}
    return f"; money is in whole cents: {name}_cents" if name in names else ""


def _reason(said: str) -> str:
    return _REASONS.get(said.partition(":")[0], "not to be decided")
