"""Titles and codes as ICD-10-CM has them."""

from __future__ import annotations

import pytest

from services.encoder.domain.terms.point import Point, PointKind
from services.encoder.meaning.concepts import Concept, concepts


def title(code: str, text: str) -> Point:
    return Point(text, PointKind.DESCRIPTION, "icd10cm", code)


def test_codes_that_only_a_side_tells_apart_are_their_heading() -> None:
    named = [title("M2555", "Pain in hip"), title("M25551", "Pain in right hip"), title("M25552", "Pain in left hip")]
    assert concepts(named) == [Concept("Pain in hip", ("M2555",))]


def test_a_side_of_the_heart_is_another_thing() -> None:
    named = [title("I50810", "Right heart failure, unspecified"), title("I509", "Heart failure, unspecified")]
    assert [each.codes for each in concepts(named)] == [("I50810",), ("I509",)]


def test_codes_of_the_same_name_without_a_common_heading_stay_apart() -> None:
    named = [title("Q142", "Coloboma of optic disc"), title("H4731", "Coloboma of optic disc")]
    assert concepts(named) == [Concept("Coloboma of optic disc", ("Q142", "H4731"))]


@pytest.mark.parametrize(
    "point",
    [
        Point("Fracture, femur, shaft", PointKind.INDEX_PATH, "icd10cm", "S723"),
        Point("Bypass", PointKind.DESCRIPTION, "icd10pcs", "0210093"),
    ],
)
def test_fragments_of_the_index_and_procedures_are_found_by_their_words(point: Point) -> None:
    assert concepts([point]) == []
