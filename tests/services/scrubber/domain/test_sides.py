"""Sides as the descriptions of ICD-10-CM (fiscal year 2027) say them."""

from __future__ import annotations

from datetime import date

import pytest

from services.scrubber.domain.claim_parts import age_on
from services.scrubber.domain.sides import codes_with_side, side_of
from shared.tables import Tables

DAY = date(2026, 11, 16)


@pytest.mark.parametrize(
    ("code", "side"),
    [
        ("M25561", "right"),  # pain in right knee
        ("M25562", "left"),
        ("M170", None),  # bilateral primary osteoarthritis of knee
        ("M25569", None),  # pain in unspecified knee
        ("I10", None),
        ("NONE", None),
    ],
)
def test_a_diagnosis_says_one_side_or_none(embedded_tables: Tables, code: str, side: str | None):
    assert side_of(embedded_tables, code, DAY) == side


@pytest.mark.parametrize(
    ("code", "codes"),
    [
        ("M25569", ("M25561", "M25562")),
        ("H2510", ("H2511", "H2512")),  # age-related nuclear cataract, unspecified eye
        ("S52509A", ("S52501A", "S52502A")),  # unspecified fracture of the lower end of unspecified radius
        ("S52501A", ()),  # the kind of fracture is unspecified; the side is not
        ("J189", ()),  # pneumonia, unspecified organism
        ("M25561", ()),
    ],
)
def test_a_diagnosis_without_side_has_the_codes_with_one(embedded_tables: Tables, code: str, codes: tuple[str, ...]):
    assert codes_with_side(embedded_tables, code, DAY) == codes


def test_a_day_without_codes_knows_no_side(embedded_tables: Tables):
    assert side_of(embedded_tables, "M25561", date(2015, 9, 30)) is None


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2004, 2, 29), date(2005, 2, 28), 0),
        (date(2004, 2, 29), date(2005, 3, 1), 1),
        (date(2026, 11, 16), DAY, 0),
        (date(2026, 11, 17), DAY, None),
        (None, DAY, None),
    ],
)
def test_age_is_in_completed_years(born: date | None, day: date, age: int | None):
    assert age_on(born, day) == age
