"""Every person has a segment whose cells CMS publishes, and every published cell is some person's."""

from __future__ import annotations

import re
from datetime import date
from itertools import product

import pytest

from services.grouper.domain.risk_adjustment.segments import Beneficiary, cells_of
from services.grouper.engines.risk_scores import HccInFhir
from shared.tables import Tables, hcc
from tests.services.grouper.domain.risk_adjustment.people import ESRD_V21, ESRD_V24, V24, V28

SERVICE = date(2025, 12, 31)
AGES = (20, 40, 50, 57, 62, 64, 65, 66, 67, 68, 69, 72, 77, 82, 87, 92, 99)
MONTHS = (None, 1, 2, 3, 4, 10)
CATEGORY = re.compile(r"HCC\d+")


def everybody(model: str) -> list[Beneficiary]:
    in_esrd = model in (ESRD_V21, ESRD_V24)
    return [
        Beneficiary(
            age=age,
            sex=sex,
            benefit=benefit,
            orec=orec,
            new_enrollee=new,
            chronic_condition_snp=snp,
            institutional=institutional,
            esrd=in_esrd,
            months_since_transplant=months,
        )
        for age, sex, benefit, orec, new, snp, institutional, months in product(
            AGES, "FM", ("none", "partial", "full"), "0123", (False, True), (not in_esrd, False), (False, True),
            MONTHS if in_esrd else (None,),
        )
        if age >= 65 or orec != "0" or (age == 64 and new)
    ]  # fmt: skip


@pytest.mark.parametrize("model", [V24, V28, ESRD_V21, ESRD_V24])
def test_every_published_factor_is_some_persons_and_no_other_is_asked_for(embedded_tables: Tables, model: str) -> None:
    rows = embedded_tables.on(hcc.COEFFICIENTS, SERVICE).store.items()
    published = {key.removeprefix(f"{model} ") for key, _rows in rows if key.startswith(f"{model} ")}
    cells = [cells_of(model, person) for person in everybody(model)]
    demographic = {name.upper() for one in cells for name in (*one.variables, *filter(None, [one.divisor]))}
    assert demographic <= published
    segments = {one.segment.code for one in cells if one.counts_diagnoses}
    left = {tuple(name.split("_", 1)) for name in published - demographic}
    assert {segment for segment, _name in left} <= segments
    of_diseases = {name for _segment, name in left if not CATEGORY.fullmatch(name)}
    assert of_diseases <= {name.upper() for name in _of_all_categories(model)}


def _of_all_categories(model: str) -> set[str]:
    """Every combination that the engine knows, and every number of categories."""
    engine, everything = HccInFhir(), frozenset(map(str, range(1, 500)))
    combined = engine.interactions(model, everything, 60, disabled=True)
    numbers = [engine.interactions(model, frozenset(map(str, range(count))), 60, disabled=False) for count in range(12)]
    return {*combined, *(name for names in numbers for name in names)}
