"""What a 999 looks at in any segment of an 837: elements that are missing, codes, blanks and empty ends.

Elements that our model holds are checked by the model; here stands what it has a default or no field for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from services.submission.domain.x12.reading.faults import Fault, Placed, fault_at
from services.submission.domain.x12.reading.health_codes import is_icd9, unknown_qualifiers
from services.submission.domain.x12.reading.models import AnyClaim
from shared.claims import ClaimKind
from shared.x12 import Segment

_REQUIRED: Mapping[str, tuple[int, ...]] = {
    "AMT": (1, 2),
    "BHT": (1, 2, 3, 4, 5, 6),
    "CLM": (1, 2, 5, 7, 8, 9),
    "CAS": (1, 2, 3),
    "DMG": (1, 2, 3),
    "DTP": (1, 2, 3),
    "HI": (1,),
    "N3": (1,),
    "N4": (1,),
    "NM1": (1, 2),
    "NTE": (1, 2),
    "OI": (3, 6),
    "PER": (1, 3, 4),
    "PRV": (1, 2, 3),
    "PWK": (1, 2),
    "REF": (1, 2),
    "SBR": (1,),
    "SV1": (1, 2, 3, 4),
    "SV2": (1, 3, 4, 5),
}
"""Elements that a segment cannot be without (005010X222A1 and X223A2)."""

_CODES: Mapping[str, tuple[tuple[int, frozenset[str]], ...]] = {
    "BHT": ((1, frozenset({"0019"})), (2, frozenset({"00", "18"})), (6, frozenset({"31", "CH", "RP"}))),
    "NM1": ((2, frozenset("12")),),
    "PRV": ((2, frozenset({"PXC"})),),
}
"""Elements of few codes, by segment. What the model holds has its codes there."""

_ID_KINDS: Mapping[str, frozenset[str]] = {
    "41": frozenset({"46"}),
    "40": frozenset({"46"}),
    "IL": frozenset({"MI", "II"}),
    "PR": frozenset({"PI", "XV"}),
    "PE": frozenset({"PI", "XV"}),
}
"""NM108 by NM101; of every provider XX, the NPI."""
_NPI = frozenset({"XX"})
_FACILITY: Mapping[ClaimKind, str] = {"professional": "B", "institutional": "A"}
_PRODUCT = frozenset({"HC", "ER", "HP", "IV", "WK"})
_PRODUCT_CARRIED = frozenset({"HC", "HP"})
_NOT_CARRIED: Mapping[str, tuple[int, ...]] = {"MIA": (2, 3, 4, *range(6, 20)), "MOA": (8, 9)}
"""Elements that the guides have and our claim has no place for: it would go out without them."""


_MOST_REMEMBERED = 1_024
_LONGEST_REMEMBERED = 256


class SegmentChecks:
    """Everything that is wrong with segments as such.

    Half of a file's segments say what others have said before, as do dates, line numbers and payers: those that were
    found sound, as many as fit, are not looked at again.
    """

    def __init__(self, kind: ClaimKind) -> None:
        self._kind: ClaimKind = kind
        self._sound: set[tuple[str, tuple[str, ...], str]] = set()

    def faults(self, placed: Placed) -> Sequence[Fault]:
        segment = placed.segment
        said = (segment.id, segment.elements, segment.separators.component)
        if said in self._sound:
            return ()
        faults = _segment_faults(placed, self._kind)
        if not faults and sum(map(len, segment.elements)) <= _LONGEST_REMEMBERED:
            if len(self._sound) == _MOST_REMEMBERED:
                self._sound.clear()
            self._sound.add(said)
        return faults


def _segment_faults(placed: Placed, kind: ClaimKind) -> Sequence[Fault]:
    segment = placed.segment
    faults: list[Fault] = []
    if _may_be_untidy(segment):
        faults += _text_faults(placed)
    name, texts = segment.id, segment.elements
    last = len(texts)
    for number in _REQUIRED.get(name, ()):
        if number > last or not texts[number - 1]:
            faults.append(_missing(placed, f"{name}{number:02d}"))
    for number, codes in _CODES.get(name, ()):
        if segment[number] and segment[number] not in codes:
            faults.append(_wrong_code(placed, f"{name}{number:02d}"))
    for number in _NOT_CARRIED.get(name, ()):
        if segment[number]:
            faults.append(_not_carried(placed, f"{name}{number:02d}"))
    more = _MORE.get(name)
    if more is not None:
        faults += more(placed, kind)
    return faults


def _may_be_untidy(segment: Segment) -> bool:
    """Whether `_text_faults` has anything to look for: asked of every segment, and seldom true."""
    separators, texts = segment.separators, segment.elements
    if not texts:
        return False
    if not texts[-1] or texts[-1][-1] in (" ", separators.component):
        return True
    mark = separators.element
    text = mark + mark.join(texts)
    if not text.isascii() or (" " in text and (f" {mark}" in text or f"{mark} " in text)):
        return True
    return separators.component in text and f"{separators.component}{mark}" in text


def _name_faults(placed: Placed, _kind: ClaimKind) -> Iterator[Fault]:
    nm1 = placed.segment
    if nm1[8] and nm1[8] not in _ID_KINDS.get(nm1[1], _NPI):
        yield _wrong_code(placed, "NM108")


def _date_faults(placed: Placed, _kind: ClaimKind) -> Iterator[Fault]:
    """The statement's dates are a span even where it is of one day (X223A2 2300 DTP*434 DTP02)."""
    if placed.segment[1] == "434" and placed.segment[2] != "RD8":
        yield _wrong_code(placed, "DTP02")


def _health_code_faults(placed: Placed, kind: ClaimKind) -> Iterator[Fault]:
    return (_wrong_code(placed, name) for name in unknown_qualifiers(kind, placed))


def _service_faults(placed: Placed, kind: ClaimKind) -> Iterator[Fault]:
    number = 1 if kind == "professional" else 2
    yield from _product_faults(placed, number)


def _decision_faults(placed: Placed, _kind: ClaimKind) -> Iterator[Fault]:
    """SVD03: what another payer decided on."""
    yield from _product_faults(placed, 3)


def _product_faults(placed: Placed, number: int) -> Iterator[Fault]:
    """The code set of a service: of those of the guide the claim has procedures and payment groups alone."""
    qualifier, name = placed.segment.component(number, 1), f"{placed.segment.id}{number:02d}-1"
    if placed.segment[number] and qualifier not in _PRODUCT:
        yield _wrong_code(placed, name)
    elif placed.segment[number] and qualifier not in _PRODUCT_CARRIED:
        yield _not_carried(placed, name)


def _claim_faults(placed: Placed, kind: ClaimKind) -> Iterator[Fault]:
    """CLM05, whose three components are required; CLM06, which only the 837P requires."""
    clm = placed.segment
    if clm[5]:
        for component in (1, 2, 3):
            if not clm.component(5, component):
                yield _missing(placed, f"CLM05-{component}")
        if clm.component(5, 2) not in ("", _FACILITY[kind]):
            yield _wrong_code(placed, "CLM05-2")
    if kind == "professional" and not clm[6]:
        yield _missing(placed, "CLM06")


def qualifier_faults(claim: AnyClaim, segments: Sequence[Placed]) -> list[Fault]:
    """HI0x-1 of ICD-9-CM on a claim whose last day is of ICD-10: from 1 October 2015 (45 CFR 162.1002(c))."""
    of_icd9 = [placed for placed in segments if placed.segment.id == "HI" and is_icd9(placed)]
    if not of_icd9 or (last := claim.last_day) is None or last.isoformat() < "2015-10-01":
        return []
    message = "a qualifier of ICD-9-CM stands before a code of a day on which ICD-10-CM holds"
    return [fault_at(placed, "diagnosis-qualifier", message, "A7:254", element="HI01-1") for placed in of_icd9]


def _text_faults(placed: Placed) -> Iterator[Fault]:
    """Empty elements at the end, blanks at the ends of one, empty components at its end, characters of no X12 set."""
    segment = placed.segment
    separator = segment.separators.component
    if not segment.elements[-1]:
        yield fault_at(placed, "elements-empty-at-end", "the segment ends with empty elements", "999 IK304 8")
    for number, text in enumerate(segment.elements, 1):
        if not text:
            continue
        name = f"{segment.id}{number:02d}"
        if text[0] == " " or text[-1] == " ":
            yield fault_at(
                placed, "element-characters", f"{name} has blanks at an end", "999 IK403 6", element=name,
                severity="warning",
            )  # fmt: skip
        if text[-1] == separator:
            yield fault_at(
                placed, "elements-empty-at-end", f"{name} ends with empty components", "999 IK304 8", element=name
            )
        if not text.isascii():
            yield fault_at(
                placed, "element-characters", f"{name} holds a character outside the extended set", "999 IK403 6",
                element=name,
            )  # fmt: skip


def _missing(placed: Placed, name: str) -> Fault:
    return fault_at(placed, "element-missing", f"{name} is required and missing", "999 IK403 1", element=name)


def _not_carried(placed: Placed, name: str) -> Fault:
    message = f"{name} is in order, and not looked at: claims have no place for it"
    return fault_at(placed, "element-not-carried", message, "", element=name, severity="information")


def _wrong_code(placed: Placed, name: str) -> Fault:
    return fault_at(placed, "element-code", f"{name} holds no code of the guide", "999 IK403 7", element=name)


_MORE: Mapping[str, Callable[[Placed, ClaimKind], Iterator[Fault]]] = {
    "NM1": _name_faults,
    "CLM": _claim_faults,
    "DTP": _date_faults,
    "HI": _health_code_faults,
    "SV1": _service_faults,
    "SV2": _service_faults,
    "SVD": _decision_faults,
}
"""What is looked at beside the tables, by segment."""
