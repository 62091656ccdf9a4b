"""Learning from rejections: what a payer refuses again and again, said as a rule that would have caught it.

A fingerprint is what rejections have in common: payer, codes, the field that they mean and the pattern of what stood
there. It holds nothing of the patient: of a code that names no person the value, of everything else only its shape.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Literal, get_args

from services.submission.domain.resubmission import AnyClaim
from services.submission.domain.shapes import shape_of
from services.submission.domain.status_codes import wording
from shared.claims import ClaimKind, Date, Many, Model, PayerStatus, Rejection

_LIST_STEP = re.compile(r"^/(coverages|lines)/\d+")
_STANDS_FOR = {"coverages": "/coverages/billed", "lines": "/lines/line"}
_CODES = frozenset(
    {"taxonomy", "npi", "place_of_service", "facility_type", "frequency", "procedure", "revenue_code"}
    | {"filing_indicator", "payer_id", "patient_status"}
)
"""Fields that hold a code of a list or an enumerated provider, whose values say nothing of a patient."""
_YEAR = timedelta(days=366)
_LONGEST_SHAPE = 40


class ValuePattern(Model):
    """What stood in the field: nothing, this code, or text of this shape, A for a letter and 9 for a digit."""

    kind: Literal["missing", "exact", "shape"]
    text: str = ""

    def fits(self, value: str) -> bool:
        """Whether a value is of the pattern, as `condition` asks it: of a shape its length and first character."""
        if self.kind != "shape":
            return value == self.text
        begins = {"9": "0" <= value < ":", "A": value >= "A"}.get(self.text[:1], True)
        return len(value) == len(self.text) and begins

    def condition(self, place: str) -> str:
        """The same of a place on the claim, in CEL, which has no regular expressions there."""
        if self.kind != "shape":
            return f"{place} == '{self.text}'"
        first = {"9": f"{place} >= '0' && {place} < ':'", "A": f"{place} >= 'A'"}.get(self.text[:1], "")
        return " && ".join(filter(None, (f"size({place}) == {len(self.text)}", first)))


class Fingerprint(Model):
    """What rejections have in common. `pointer` has `billed` and `line` for positions."""

    payer_id: str
    kind: ClaimKind
    category: str
    status: str
    entity: str | None
    pointer: str | None
    """None where the status names no field that we know."""
    pattern: ValuePattern | None
    """None where no field is meant, or one that holds no text."""

    @property
    def id(self) -> str:
        """The same for the same fingerprint, for ever."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:24]

    @property
    def answer(self) -> str:
        return ":".join(filter(None, (self.category, self.status, self.entity)))

    def is_on(self, claim: AnyClaim) -> bool:
        """Whether the claim, sent to this payer, has the pattern in the field; on any line, where it is a line's."""
        coverage = claim.billed_coverage.payer
        if claim.kind != self.kind or (coverage.payer_id or coverage.name) != self.payer_id:
            return False
        pattern, pointer = self.pattern, self.pointer
        if pattern is None or pointer is None:
            return False
        return any(value is not None and pattern.fits(value) for value in _texts(claim, pointer))


class SuggestedRule(Model):
    """A rule as the scrubber takes it; see `RuleContent` there."""

    rule_id: str
    name: str
    description: str
    payers: Many[str]
    kinds: Many[ClaimKind]
    each: Literal["claim", "line"]
    condition: str
    message: str
    pointer: str
    predicted: str
    effective: Date


def fingerprints(rejection: Rejection, claim: AnyClaim) -> tuple[Fingerprint, ...]:
    """One for each status of a 277CA; none of other sources, which speak of files rather than of claims."""
    if rejection.source != "277CA":
        return ()
    found = (_fingerprint(status, claim, rejection.received_on) for status in rejection.statuses)
    return tuple(dict.fromkeys(found))


class Evidence(Model):
    """What speaks for a rule and against it."""

    claims: int
    """Different claims that came back with the fingerprint: the rule would have caught them."""
    accepted: int
    """Accepted claims of the same payer and kind that were looked at, the newest first."""
    wrongly_stopped: int
    """Those of them that the rule would have stopped."""
    first_seen: Date
    last_seen: Date


def suggestion(fingerprint: Fingerprint, words: str, evidence: Evidence) -> SuggestedRule:
    """The rule that a fingerprint comes to; `words` say its status. Raises ValueError where it means no field."""
    pattern, pointer = fingerprint.pattern, fingerprint.pointer
    if pattern is None or pointer is None:
        raise ValueError("no rule can be made of a rejection that means no field")
    what = {"missing": "is missing", "exact": f"is {pattern.text}", "shape": f"is of the form {pattern.text}"}
    return SuggestedRule(
        rule_id=f"learned-{fingerprint.id}",
        name=f"{fingerprint.payer_id} rejects {fingerprint.answer}"[:60],
        description=(
            f"Learned from rejections: {evidence.claims} claims came back as {fingerprint.answer} ({words}) where the"
            f" field {what[pattern.kind]}. Of {evidence.accepted} claims that this payer accepted it would have"
            f" stopped {evidence.wrongly_stopped}."
        )[:500],
        payers=(fingerprint.payer_id,),
        kinds=(fingerprint.kind,),
        each="line" if pointer.startswith("/lines/line") else "claim",
        condition=pattern.condition(_expression(pointer)),
        message=f"This payer has rejected claims where this field {what[pattern.kind]}: {words}."[:500],
        pointer=pointer,
        predicted=fingerprint.answer,
        effective=evidence.first_seen - _YEAR,
    )


def _fingerprint(status: PayerStatus, claim: AnyClaim, day: date) -> Fingerprint:
    exact = wording(status, claim, day).pointer
    pointer = _LIST_STEP.sub(lambda step: _STANDS_FOR[step[1]], exact) if exact else None
    payer = claim.billed_coverage.payer
    return Fingerprint(
        payer_id=payer.payer_id or payer.name,
        kind=claim.kind,
        category=status.category,
        status=status.status,
        entity=status.entity,
        pointer=pointer,
        pattern=_pattern(claim, exact, pointer) if exact and pointer else None,
    )


def _pattern(claim: AnyClaim, exact: str, pointer: str) -> ValuePattern | None:
    value = next(iter(_texts(claim, exact)), None)
    if value is None:
        return None
    if not value:
        return ValuePattern(kind="missing")
    name = pointer.rpartition("/")[2]
    if name in _CODES and value.isalnum() and value.isascii():
        return ValuePattern(kind="exact", text=value)
    return ValuePattern(kind="shape", text=shape_of(value)) if len(value) <= _LONGEST_SHAPE else None


def _texts(claim: AnyClaim, pointer: str) -> Iterator[str | None]:
    """What stands at a pointer, on each line where it names them all: "" where nothing does, None where no text can."""
    steps = pointer.split("/")[1:]
    if steps[:2] == ["lines", "line"]:
        for line in claim.lines:
            yield _text(line, steps[2:])
    elif steps[:2] == ["coverages", "billed"]:
        yield _text(claim.billed_coverage, steps[2:])
    else:
        yield _text(claim, steps)


def _text(part: Any, steps: list[str]) -> str | None:
    for position, step in enumerate(steps):
        if part is None:
            return ""  # the part is not on the claim, nor is its field
        if isinstance(part, tuple):
            part = part[int(step)] if step.isdigit() and int(step) < len(part) else None
        elif isinstance(part, Model) and step in type(part).model_fields:
            is_last = position == len(steps) - 1
            if is_last and not _holds_text(type(part).model_fields[step].annotation):
                return None
            part = getattr(part, step)
        else:
            return None
    return str(part) if isinstance(part, str) else "" if part is None else None


def _holds_text(annotation: Any) -> bool:
    if isinstance(annotation, type):
        return issubclass(annotation, str)
    return any(_holds_text(argument) for argument in get_args(annotation))


def _expression(pointer: str) -> str:
    """The place in a condition: `billed` and `line` are names there."""
    steps = pointer.split("/")[1:]
    if steps[:2] in (["coverages", "billed"], ["lines", "line"]):
        return ".".join(steps[1:])
    return ".".join(["claim", *(f"[{step}]" if step.isdigit() else step for step in steps)]).replace(".[", "[")
