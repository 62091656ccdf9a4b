"""What is taken for a name, point by point: an index has words for what is done, which name no condition."""

from __future__ import annotations

import pytest

from services.encoder.domain.reading.lexicon import compile_lexicon
from services.encoder.domain.reading.words import WordReader
from services.encoder.domain.terms.point import Point, PointKind
from services.encoder.parameters.terms import vocabulary


@pytest.mark.parametrize(
    ("text", "kind", "code", "named"),
    [
        ("Gout", PointKind.INDEX_PATH, "M109", True),
        ("Examination, physical", PointKind.INDEX_PATH, "Z0000", False),  # every note has one
        ("well child examination", PointKind.SYNONYM, "Z00129", True),
        ("Age", PointKind.INDEX_PATH, "R4181", False),  # senile; a note says how old
        ("Puncture, lumbar", PointKind.INDEX_PATH, "S31030", False),
        ("Dyes NOS", PointKind.INCLUSION_TERM, "Z77098", False),  # exposure to them
        ("PCP", PointKind.INCLUSION_TERM, "F1690", False),  # a physician too
        ("Hypoxia", PointKind.INCLUSION_TERM, "R0902", True),
    ],
)
def test_a_point_names_a_condition(text: str, kind: PointKind, code: str, named: bool) -> None:
    compiled = compile_lexicon([Point(text, kind, "icd10cm", code)], WordReader(vocabulary()))
    assert {choice.code for entry in compiled.entries for choice in entry.choices} == ({code} if named else set())
