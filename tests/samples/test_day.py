"""The seeded day: the same for the same seed, right where it should be right, wrong where its defect says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from pydantic import BaseModel

from samples.day import DEFECT_SHARE, MIX, SAMPLE_DAY, make_day
from samples.defects import KINDS
from samples.models import SampleDay, SampleEncounter
from samples.scenarios import scenarios
from shared.claims import AS_RECEIVED, Encounter, Identifier

SEED = 20261124


@pytest.fixture(scope="module")
def day() -> SampleDay:
    return make_day(SEED)


@pytest.fixture(scope="module")
def clean(day: SampleDay) -> list[SampleEncounter]:
    return [sample for sample in day.encounters if sample.defect is None]


def identifiers(value: object) -> Iterator[Identifier]:
    if isinstance(value, Identifier):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from identifiers(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from identifiers(item)


def test_the_same_seed_gives_the_same_bytes(day: SampleDay) -> None:
    assert make_day(SEED).model_dump_json() == day.model_dump_json()


def test_another_seed_gives_another_day(day: SampleDay) -> None:
    assert make_day(SEED + 1).model_dump_json() != day.model_dump_json()


def test_an_encounter_does_not_depend_on_how_many_come_after_it() -> None:
    assert make_day(SEED, 0).encounters == ()
    assert len(make_day(SEED, 7).encounters) == 7


@pytest.mark.parametrize("encounters", [-1, 10_000])
def test_a_day_that_cannot_be_numbered_is_refused(encounters: int) -> None:
    with pytest.raises(ValueError, match="0 to 9,999"):
        make_day(SEED, encounters)


def test_a_day_reads_back_from_its_json(day: SampleDay) -> None:
    text = day.model_dump_json()
    assert SampleDay.model_validate_json(text, context=AS_RECEIVED).model_dump_json() == text


def test_the_mix_of_encounters_is_as_stated(day: SampleDay) -> None:
    classes = Counter(sample.encounter.encounter_class for sample in day.encounters)
    assert classes["inpatient"] == 300 * MIX["inpatient"]
    assert classes["professional"] == 300 * MIX["professional"]


def test_every_scenario_has_its_turn(day: SampleDay) -> None:
    assert len({sample.scenario for sample in day.encounters}) == len(scenarios())


def test_the_share_of_each_fate_is_as_stated(day: SampleDay) -> None:
    spoilt = Counter(sample.fate for sample in day.encounters if sample.defect)
    assert spoilt == {fate: round(300 * share) for fate, share in DEFECT_SHARE.items()}


def test_every_kind_of_defect_occurs(day: SampleDay) -> None:
    assert set(day.defects()) == {kind.name for kind in KINDS}


def test_every_identifier_of_a_clean_encounter_passes_its_check(clean: list[SampleEncounter]) -> None:
    for sample in clean:
        assert [i for i in identifiers(sample.encounter) if i.problem] == []


def test_a_clean_encounter_is_accepted_strictly(clean: list[SampleEncounter]) -> None:
    for sample in clean:
        Encounter.model_validate_json(sample.encounter.model_dump_json(exclude_none=True))


def test_encounters_and_documents_have_unique_ids(day: SampleDay) -> None:
    encounters = [sample.encounter for sample in day.encounters]
    assert len({encounter.id for encounter in encounters}) == 300
    charges = [charge.id for encounter in encounters for charge in encounter.charges]
    assert len(set(charges)) == len(charges)


def test_every_encounter_ended_in_the_four_days_before(day: SampleDay) -> None:
    for sample in day.encounters:
        assert sample.encounter.ended_at
        assert timedelta(days=1) <= SAMPLE_DAY - sample.encounter.ended_at.date() <= timedelta(days=4)


def test_a_clean_stay_charges_one_room_for_each_night(clean: list[SampleEncounter]) -> None:
    for sample in clean:
        encounter = sample.encounter
        if encounter.encounter_class != "inpatient":
            continue
        assert encounter.ended_at
        nights = (encounter.ended_at.date() - encounter.started_at.date()).days
        assert sum(charge.units for charge in encounter.charges if charge.unit == "DA") == nights


def test_every_amount_is_money_and_more_than_nothing(day: SampleDay) -> None:
    for sample in day.encounters:
        for charge in sample.encounter.charges:
            assert charge.amount > 0
            assert charge.amount == charge.amount.quantize(Decimal("0.01"))


def test_the_mix_of_payers_is_that_of_a_general_hospital(clean: list[SampleEncounter]) -> None:
    indicators = Counter(sample.encounter.coverages[0].filing_indicator for sample in clean)
    assert {"MA", "MB", "MC", "CI"} == set(indicators)
    assert min(indicators.values()) >= 15


def test_some_patients_have_a_second_payer_and_some_are_dependents(clean: list[SampleEncounter]) -> None:
    assert sum(len(sample.encounter.coverages) == 2 for sample in clean) >= 10
    assert {"18", "01", "19"} <= {sample.encounter.coverages[0].relationship for sample in clean}


def test_nobody_under_65_without_cause_has_medicare(clean: list[SampleEncounter]) -> None:
    for sample in clean:
        if sample.encounter.coverages[0].filing_indicator in ("MA", "MB"):
            assert sample.encounter.patient.birth_date
            assert sample.encounter.patient.birth_date <= date(1961, 11, 24)


def test_a_returned_chart_has_wrong_codes_first_and_right_ones_after(day: SampleDay) -> None:
    for sample in day.encounters:
        if sample.fate == "returned":
            assert sample.first_codes
            assert sample.first_codes.diagnoses[0] != sample.codes.diagnoses[0]
            assert sample.defect
            assert sample.defect.cure == ()


def test_every_held_or_rejected_claim_has_its_cure(day: SampleDay) -> None:
    for sample in day.encounters:
        if sample.fate in ("held", "rejected"):
            assert sample.defect
            assert sample.defect.cure
