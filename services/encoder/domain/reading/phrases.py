"""Our own phrases: how charts say what the tabular list has no short name for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from services.encoder.domain.terms.point import Point, PointKind
from services.encoder.parameters import parameter

_FILES = ("phrases", "chart_names", "index_terms", "operations")

_LONG_TERM = ("long term {}", "long term use of {}", "chronic {}")


def phrase_points(day: date) -> Iterator[Point]:
    """A point for each phrase of the files in `parameters/reading`."""
    for name in _FILES:
        phrases: Mapping[str, tuple[str, ...]] = parameter(f"reading/{name}").on(day)
        for code, wordings in phrases.items():
            for wording in wordings:
                yield Point(wording, PointKind.SYNONYM, "icd10cm", code)
    yield from _drug_points(day)


def _drug_points(day: date) -> Iterator[Point]:
    listed = parameter("reading/long_term_drugs").on(day)
    for use, drugs in listed.items():
        wordings = (*_LONG_TERM, "on {}") if use == "current" else _LONG_TERM
        for code, names in drugs.items():
            for name in names:
                for wording in wordings:
                    yield Point(wording.format(name), PointKind.SYNONYM, "icd10cm", code)


def names_operation(text: str, code: str, day: date) -> bool:
    """Whether a name is that of an operation, whose code is for those that were done before."""
    return text in parameter("reading/operations").on(day).get(code, ())
