"""Whoever is asked about, in whatever year and model: an answer that adds up, or a refusal with its reasons."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from services.grouper.domain.risk_adjustment.answers import RiskScores
from services.grouper.domain.risk_adjustment.checks import faults_of
from services.grouper.parameters.hcc import load_risk_rules
from shared.runtime import embedded_tables
from tests.services.grouper.domain.risk_adjustment.people import ESRD_V21, ESRD_V24, RX, V24, V28, a_profile, a_scorer

CODES = ["E11.00", "E11.22", "E11.9", "I50.23", "I50.9", "I48.91", "J44.9", "N18.5", "D66", "I70.231", "I10", "Z99.2"]
PEOPLE = st.fixed_dictionaries(
    {
        "age": st.integers(0, 130),
        "sex": st.sampled_from("FMU"),
        "dual_status": st.sampled_from(["00", "01", "02", "08", "99"]),
        "orec": st.sampled_from("0123"),
        "new_enrollee": st.booleans(),
        "chronic_condition_snp": st.booleans(),
        "institutional": st.booleans(),
        "low_income": st.booleans(),
        "esrd": st.one_of(
            st.none(), st.fixed_dictionaries({"months_since_transplant": st.none() | st.integers(1, 60)})
        ),
        "payment_year": st.integers(2024, 2028),
        "models": st.lists(st.sampled_from([V24, V28, ESRD_V21, ESRD_V24, RX, "V28"]), max_size=3),
    }
)


@settings(max_examples=120, deadline=None)
@given(fields=PEOPLE, codes=st.lists(st.sampled_from(CODES), max_size=6))
def test_an_answer_adds_up_or_says_why_there_is_none(fields: dict[str, object], codes: list[str]) -> None:
    profile = a_profile(*codes, **fields)
    refusals = faults_of(profile, load_risk_rules(), embedded_tables().current())
    if refusals:
        assert all(reason.pointer.startswith("/") and reason.source for reason in refusals)
    else:
        _adds_up(a_scorer().score(profile), codes)


def _adds_up(scores: RiskScores, codes: list[str]) -> None:
    for scored in scores.models:
        total = sum((one.coefficient for one in scored.components), Decimal(0))
        if scored.raw is None:
            assert "relative-factors" in [one.what for one in scored.left_out]
        elif "÷" not in (scored.arithmetic or ""):
            assert scored.raw == total == (scored.demographic or 0) + (scored.disease or 0)
        kept, dropped = ({one.hcc for one in part} for part in (scored.hccs, scored.dropped))
        assert not kept & dropped
        assert all(set(one.dropped_by) <= kept for one in scored.dropped)
        told = {one.pointer for part in (scored.hccs, scored.dropped) for found in part for one in found.diagnoses}
        told |= {one.pointer for one in (*scored.not_counted, *scores.not_counted)}
        assert told == {f"/diagnoses/{index}/code" for index in range(len(codes))}
