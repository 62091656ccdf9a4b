"""The coder's codes beside the auditor's: what is right, what is missing, what should not be there.

Accuracy is told three ways, which differ: code over code (right codes of those that should be there), record over
record (nothing to change at all), and by DRG. A code too many is a difference, and spoils the record; it is no code
that should be there, so it stands beside the code-over-code figure as its own count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Literal

from services.encoder.domain.coding import ChartCodes
from services.encoder.domain.problems import pointer
from shared.claims import Diagnosis, Many, Model

_FOUR_PLACES = Decimal("0.0001")


class Family(StrEnum):
    """What kind of code it is. Each is a figure of its own."""

    PRINCIPAL = "principal_diagnosis"
    """The principal or first-listed diagnosis."""
    SECONDARY = "secondary_diagnosis"
    PROCEDURE = "procedure"
    ADMITTING = "admitting_diagnosis"
    REASON_FOR_VISIT = "reason_for_visit"
    EXTERNAL_CAUSE = "external_cause"
    PRESENT_ON_ADMISSION = "present_on_admission"
    """The indicator of a diagnosis that both have."""
    LINE = "line"
    """HCPCS code and modifiers of a charge."""


CODES = (
    Family.PRINCIPAL,
    Family.SECONDARY,
    Family.PROCEDURE,
    Family.ADMITTING,
    Family.REASON_FOR_VISIT,
    Family.EXTERNAL_CAUSE,
    Family.LINE,
)
"""The families that count as codes in the code-over-code figure; indicators are told apart."""


class Difference(Model):
    """One thing on which coder and auditor differ."""

    family: Family
    kind: Literal["missing", "extra", "changed"]
    """missing: only the auditor has it. extra: only the coder. changed: both have something there, and not the same."""
    pointer: str
    """Into the auditor's codes, or the coder's where it is extra."""
    coded: str | None = None
    audited: str | None = None


class Count(Model):
    """Of one family: how many should be there, how many of them are, and how many are there beside."""

    should: int = 0
    right: int = 0
    extra: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(should=self.should + other.should, right=self.right + other.right, extra=self.extra + other.extra)

    @property
    def accuracy(self) -> Decimal | None:
        """Right of those that should be there, four places; None where there should be none."""
        return share(self.right, self.should)


class Comparison(Model):
    """The coder's codes beside the auditor's."""

    differences: Many[Difference]
    counts: dict[Family, Count]

    @property
    def record_right(self) -> bool:
        return not self.differences

    @property
    def codes(self) -> Count:
        """All families of codes together: the code-over-code figure."""
        return sum((self.counts[family] for family in CODES if family in self.counts), start=Count())


def compare(coded: ChartCodes, audited: ChartCodes) -> Comparison:
    """What an audit finds. Order counts for the first diagnosis only; a diagnosis moved there or away is a change."""
    return _together(
        (
            _principal(coded, audited),
            _listed(Family.SECONDARY, "diagnoses", _secondary(coded), _secondary(audited), first=1),
            _listed(Family.PROCEDURE, "procedures", _procedures(coded), _procedures(audited)),
            _single(Family.ADMITTING, "/admitting_diagnosis", _admitting(coded), _admitting(audited)),
            *(
                _listed(family, name, _codes(getattr(coded, name)), _codes(getattr(audited, name)))
                for family, name in (
                    (Family.REASON_FOR_VISIT, "reasons_for_visit"),
                    (Family.EXTERNAL_CAUSE, "external_causes"),
                )
            ),
            _present_on_admission(coded, audited),
            _lines(coded, audited),
        )
    )


def share(part: int, whole: int) -> Decimal | None:
    """A share of one, four places, half up; None of nothing."""
    return (Decimal(part) / whole).quantize(_FOUR_PLACES, ROUND_HALF_UP) if whole else None


_Part = tuple[Family, Count, list[Difference]]


def _together(parts: Iterable[_Part]) -> Comparison:
    counts: dict[Family, Count] = {}
    differences: list[Difference] = []
    for family, count, found in parts:
        if count != Count():
            counts[family] = count
        differences += found
    return Comparison(differences=tuple(differences), counts=counts)


def _principal(coded: ChartCodes, audited: ChartCodes) -> _Part:
    first = [codes.diagnoses[0].code if codes.diagnoses else None for codes in (coded, audited)]
    return _single(Family.PRINCIPAL, "/diagnoses/0/code", *first)


def _single(family: Family, place: str, coded: str | None, audited: str | None) -> _Part:
    count = Count(
        should=int(audited is not None),
        right=int(audited is not None and coded == audited),
        extra=int(audited is None and coded is not None),
    )
    if coded == audited:
        return family, count, []
    kind: Literal["missing", "extra", "changed"] = (
        "missing" if coded is None else "extra" if audited is None else "changed"
    )
    return family, count, [Difference(family=family, kind=kind, pointer=place, coded=coded, audited=audited)]


def _listed(family: Family, name: str, coded: list[str], audited: list[str], *, first: int = 0) -> _Part:
    """Of lists whose order does not count. A code that stands twice must stand twice."""
    both = Counter(coded) & Counter(audited)
    right = sum(both.values())
    differences = [
        Difference(family=family, kind="missing", pointer=pointer(name, first + index, "code"), audited=code)
        for index, code in _beyond(audited, both)
    ]
    differences += [
        Difference(family=family, kind="extra", pointer=pointer(name, first + index, "code"), coded=code)
        for index, code in _beyond(coded, both)
    ]
    return family, Count(should=len(audited), right=right, extra=len(coded) - right), differences


def _beyond(codes: list[str], both: Counter[str]) -> Iterator[tuple[int, str]]:
    left = both.copy()
    for index, code in enumerate(codes):
        if left[code]:
            left[code] -= 1
        else:
            yield index, code


def _present_on_admission(coded: ChartCodes, audited: ChartCodes) -> _Part:
    family = Family.PRESENT_ON_ADMISSION
    said = {diagnosis.code: diagnosis.poa for diagnosis in coded.diagnoses}
    pairs = [
        (index, said[diagnosis.code], diagnosis.poa)
        for index, diagnosis in enumerate(audited.diagnoses)
        if diagnosis.code in said and (diagnosis.poa or said[diagnosis.code])
    ]
    differences = [
        Difference(
            family=family, kind="changed", pointer=pointer("diagnoses", index, "poa"), coded=given, audited=should
        )
        for index, given, should in pairs
        if given != should
    ]
    return family, Count(should=len(pairs), right=len(pairs) - len(differences)), differences


def _lines(coded: ChartCodes, audited: ChartCodes) -> _Part:
    """Charges that either of the two recoded: code and modifiers together."""
    given, should = _line_codes(coded), _line_codes(audited)
    differences = [
        Difference(
            family=Family.LINE,
            kind="changed",
            pointer=pointer("lines", charge_id),
            coded=given.get(charge_id),
            audited=should.get(charge_id),
        )
        for charge_id in sorted(given.keys() | should.keys())
        if given.get(charge_id) != should.get(charge_id)
    ]
    count = len(given.keys() | should.keys())
    return Family.LINE, Count(should=count, right=count - len(differences)), differences


def _line_codes(codes: ChartCodes) -> dict[str, str]:
    return {
        line.charge_id: "-".join((line.procedure or "", *(line.modifiers or ())))
        for line in codes.lines
        if line.procedure is not None or line.modifiers is not None
    }


def _secondary(codes: ChartCodes) -> list[str]:
    return _codes(codes.diagnoses[1:])


def _codes(diagnoses: Iterable[Diagnosis]) -> list[str]:
    return [diagnosis.code for diagnosis in diagnoses]


def _procedures(codes: ChartCodes) -> list[str]:
    return [procedure.code for procedure in codes.procedures]


def _admitting(codes: ChartCodes) -> str | None:
    return codes.admitting_diagnosis.code if codes.admitting_diagnosis else None
