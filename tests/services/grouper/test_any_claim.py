"""Whatever a claim holds, the grouper decides: a grouping, or reasons that point into the claim. Never an exception."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.grouper.domain.grouping import Returned
from services.grouper.domain.stays import Stay
from shared.claims import AS_RECEIVED, Grouping
from shared.tables import CodeSets
from tests.builders import a_professional_claim, an_institutional_claim
from tests.services.grouper.stays import a_grouper

_DAY = date(2026, 11, 20)
_CODE_SETS = CodeSets(a_grouper().tables.current())
_REAL_DIAGNOSES = [entry.code for entry in _CODE_SETS.prefix("icd10cm", "", _DAY, 100_000)][::37]
_REAL_PROCEDURES = [entry.code for entry in _CODE_SETS.prefix("icd10pcs", "", _DAY, 100_000)][::97]

_junk = st.text(min_size=1, max_size=8).filter(lambda text: text.isprintable() and text.strip(" .") != "")
_dates = st.one_of(st.dates(date(2022, 9, 1), date(2027, 5, 1)), st.dates()).map(date.isoformat)
_poa = st.sampled_from(["Y", "N", "U", "W", "1", None])
_diagnosis = st.fixed_dictionaries(
    {"code": st.one_of(st.sampled_from(_REAL_DIAGNOSES), st.sampled_from(_REAL_DIAGNOSES), _junk), "poa": _poa}
)
_procedure = st.fixed_dictionaries({"code": st.one_of(st.sampled_from(_REAL_PROCEDURES), _junk)})
_sex = st.sampled_from(["F", "M", "U", None])
_status = st.one_of(st.none(), st.sampled_from(["01", "02", "20", "30", "62", "99", "1", "²", "0١"]), _junk)


@st.composite
def institutional_claims(draw: st.DrawFn) -> Any:
    return (
        an_institutional_claim()
        .with_patient(birth_date=draw(st.one_of(st.none(), _dates)), sex=draw(_sex))
        .but(
            facility_type=draw(st.sampled_from(["11", "11", "11", "12", "13", "18", "21", "41"])),
            statement_through=draw(_dates),
            patient_status=draw(_status),
            admission={"date": draw(st.one_of(st.none(), _dates))},
            diagnoses=draw(st.lists(_diagnosis, max_size=25)),
            procedures=draw(st.lists(_procedure, max_size=25)),
        )
        .build()
    )


@st.composite
def stays(draw: st.DrawFn) -> Stay:
    return Stay.model_validate(
        {
            "discharge_date": draw(_dates),
            "age": draw(st.one_of(st.none(), st.integers(0, 999))),
            "birth_date": draw(st.one_of(st.none(), _dates)),
            "admission_date": draw(st.one_of(st.none(), _dates)),
            "sex": draw(_sex),
            "discharge_status": draw(_status),
            "diagnoses": draw(st.lists(_diagnosis, max_size=25)),
            "procedures": draw(st.lists(_procedure, max_size=25)),
            "poa_exempt": draw(st.booleans()),
        },
        context=AS_RECEIVED,
    )


def points_into(document: dict[str, Any], pointer: str) -> bool:
    """The pointer names a place of the document: each step but the last exists there, and so does the last."""
    place: Any = document
    for step in pointer.removeprefix("/").split("/"):
        place = place[int(step)] if isinstance(place, list) else place[step]
    return True


@settings(max_examples=300, deadline=None)
@given(st.one_of(institutional_claims(), stays(), st.builds(lambda: a_professional_claim().build())))
def test_any_claim_is_grouped_or_returned_with_reasons_that_point_into_it(subject: Any) -> None:
    [decision] = asyncio.run(a_grouper().decide([subject]))
    if isinstance(decision, Grouping):
        assert (decision.drg is None) == (decision.method == "none")
        assert decision.drg is None or decision.drg.drg not in ("998", "999")
        return
    assert isinstance(decision, Returned)
    assert decision.reasons
    document = subject.model_dump(mode="json")
    assert all(points_into(document, reason.pointer) for reason in decision.reasons)


@settings(max_examples=100, deadline=None)
@given(stays())
def test_the_order_of_secondary_diagnoses_does_not_change_the_drg(stay: Stay) -> None:
    turned = stay.model_copy(update={"diagnoses": (*stay.diagnoses[:1], *reversed(stay.diagnoses[1:]))})
    first, second = asyncio.run(a_grouper().decide([stay, turned]))
    if isinstance(first, Grouping):
        assert isinstance(second, Grouping)
        assert first.drg is not None
        assert second.drg is not None
        assert (first.drg.initial_drg, first.drg.drg) == (second.drg.initial_drg, second.drg.drg)
