"""HI: diagnoses, procedures and the coded events of a stay, by the qualifier of each composite."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from services.submission.domain.x12.reading.faults import Placed
from services.submission.domain.x12.reading.loops import Rule
from services.submission.domain.x12.reading.parts import MISREAD, Part, day, number
from shared.claims import ClaimKind

_Composite = list[str]
_Place = Callable[[Part, Placed, str, _Composite], None]
"""Puts one composite, `HI01` and so on, into the claim."""


def _list_of(field: str, *, poa: bool = False, first: bool = False) -> _Place:
    """A diagnosis in a list, the principal before all others wherever it stands."""

    def put(claim: Part, placed: Placed, name: str, parts: _Composite) -> None:
        one = _coded(placed, name, parts)
        if poa and len(parts) > 8 and parts[8]:
            one.put("poa", parts[8], placed, f"{name}-9")
        diagnoses = claim.setdefault(field, [])
        diagnoses.insert(0 if first else len(diagnoses), one)

    return put


def _coded(placed: Placed, name: str, parts: _Composite) -> Part:
    one = Part(placed)
    if len(parts) > 1 and parts[1]:
        one.put("code", parts[1], placed, f"{name}-2")
    return one


def _admitting(claim: Part, placed: Placed, name: str, parts: _Composite) -> None:
    claim.put("admitting_diagnosis", _coded(placed, name, parts), placed, f"{name}-2")


def _drg(claim: Part, placed: Placed, name: str, parts: _Composite) -> None:
    claim.put("drg", parts[1] if len(parts) > 1 else MISREAD, placed, f"{name}-2")


def _code(field: str, *, first: bool = False) -> _Place:
    def put(claim: Part, placed: Placed, name: str, parts: _Composite) -> None:
        codes = claim.setdefault(field, [])
        codes.insert(0 if first else len(codes), parts[1] if len(parts) > 1 else MISREAD)
        claim.origins.setdefault(field, (placed, f"{name}-2"))

    return put


def _dated(field: str, *, first: bool = False) -> _Place:
    """With its day behind D8 in the third and fourth component."""

    def put(claim: Part, placed: Placed, name: str, parts: _Composite) -> None:
        one = _coded(placed, name, parts)
        if len(parts) > 3 and parts[3]:
            one.put("date", day(parts[3]) if parts[2] == "D8" else MISREAD, placed, f"{name}-4")
        items = claim.setdefault(field, [])
        items.insert(0 if first else len(items), one)

    return put


def _span(claim: Part, placed: Placed, name: str, parts: _Composite) -> None:
    one = _coded(placed, name, parts)
    if len(parts) > 3 and parts[3]:
        begin, _, end = parts[3].partition("-")
        is_span = parts[2] == "RD8"
        one.put("from_date", day(begin) if is_span else MISREAD, placed, f"{name}-4")
        one.put("through_date", day(end) if is_span else MISREAD, placed, f"{name}-4")
    claim.add("occurrence_spans", one)


def _value(claim: Part, placed: Placed, name: str, parts: _Composite) -> None:
    one = _coded(placed, name, parts)
    if len(parts) > 4 and parts[4]:
        one.put("amount", number(parts[4]), placed, f"{name}-5")
    claim.add("values", one)


def _icd(prefix: str) -> dict[str, _Place]:
    """Diagnoses of both kinds of claim; with an A before them of ICD-10, without of ICD-9."""
    return {f"{prefix}BK": _list_of("diagnoses", first=True), f"{prefix}BF": _list_of("diagnoses")}


def _institutional_icd(prefix: str) -> dict[str, _Place]:
    return {
        f"{prefix}BK": _list_of("diagnoses", poa=True, first=True),
        f"{prefix}BF": _list_of("diagnoses", poa=True),
        f"{prefix}BJ": _admitting,
        f"{prefix}PR": _list_of("reasons_for_visit"),
        f"{prefix}BN": _list_of("external_causes", poa=True),
    }


_MOST_SEGMENTS = 30
"""More HI than any claim can fill."""

_PLACES: Mapping[ClaimKind, Mapping[str, _Place]] = {
    "professional": {
        **_icd("A"),
        **_icd(""),
        "BP": _code("anesthesia_procedures", first=True),
        "BO": _code("anesthesia_procedures"),
        "BG": _code("condition_codes"),
    },
    "institutional": {
        **_institutional_icd("A"),
        **_institutional_icd(""),
        "DR": _drg,
        "BBR": _dated("procedures", first=True),
        "BBQ": _dated("procedures"),
        "BR": _dated("procedures", first=True),
        "BQ": _dated("procedures"),
        "BI": _span,
        "BH": _dated("occurrences"),
        "BE": _value,
        "BG": _code("condition_codes"),
        "TC": _code("treatment_codes"),
    },
}

ICD9_QUALIFIERS = frozenset({"BK", "BF", "BJ", "PR", "BN", "BR", "BQ"})
"""HI0x-1 of codes of ICD-9-CM, which ended with services of 30 September 2015 (45 CFR 162.1002)."""


def health_codes(kind: ClaimKind) -> Rule:
    """HI in 2300. Qualifiers that the guide does not have are `unknown_qualifiers`' to find."""
    places = _PLACES[kind]

    def take(claim: Part, placed: Placed) -> None:
        segment = placed.segment
        for place in range(1, len(segment.elements) + 1):
            parts = segment.components(place)
            put = places.get(parts[0]) if parts else None
            if put is not None:
                put(claim, placed, f"HI{place:02d}", parts)

    return Rule(take, _MOST_SEGMENTS)


def unknown_qualifiers(kind: ClaimKind, placed: Placed) -> list[str]:
    """The composites of a HI (`HI01-1` …) whose qualifier the guide does not have."""
    segment = placed.segment
    qualifiers = [(place, segment.component(place, 1)) for place in range(1, len(segment.elements) + 1)]
    return [f"HI{place:02d}-1" for place, qualifier in qualifiers if qualifier and qualifier not in _PLACES[kind]]


def is_icd9(placed: Placed) -> bool:
    """Whether any code of a HI says that it is of ICD-9-CM."""
    segment = placed.segment
    return any(segment.component(place, 1) in ICD9_QUALIFIERS for place in range(1, len(segment.elements) + 1))
