"""The EHR simulator's FHIR, gathered into Bundles, and what other systems add to it."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import pytest
from pydantic_core import to_json

from samples import fhir
from samples.day import SAMPLE_DAY
from samples.fhir import ClinosimMissing, FhirVisit, facility_profile, read_visits, simulate
from services.encoder.domain.facilities import FacilityProfile
from services.encoder.domain.fhir.bundle import read_bundle
from services.encoder.domain.fhir.encounters import encounters_of
from services.encoder.domain.fhir.issues import Notes
from shared.claims import Charge, Coverage, Npi

SEED = 7


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The simulator run once: about 15 seconds."""
    pytest.importorskip("clinosim", reason="clinosim is not installed")
    return asyncio.run(simulate(tmp_path_factory.mktemp("fhir"), seed=SEED, day=SAMPLE_DAY))


@pytest.fixture(scope="module")
def visits(files: Path) -> tuple[FhirVisit, ...]:
    return read_visits(files, seed=SEED, before=SAMPLE_DAY)


def test_the_simulator_gives_some_two_dozen_visits_of_the_last_weeks(visits: tuple[FhirVisit, ...]) -> None:
    assert 10 <= len(visits) <= 60
    for visit in visits:
        [charge] = visit.charges
        assert "2026-10-31" <= str(charge["service_date"]) < "2026-11-24"


def test_the_encoder_reads_every_bundle_as_one_encounter(files: Path, visits: tuple[FhirVisit, ...]) -> None:
    profile = FacilityProfile.model_validate_json(to_json(facility_profile(files)))
    for visit in visits:
        notes = Notes()
        [encounter] = encounters_of(read_bundle(visit.bundle, notes), {profile.id: profile}, notes)
        assert not notes.errors
        assert encounter.is_professional
        assert encounter.documents
        assert encounter.providers.rendering
        assert encounter.providers.rendering.npi
        assert Npi.problem_of(encounter.providers.rendering.npi) is None


def test_what_is_added_is_canonical(visits: tuple[FhirVisit, ...]) -> None:
    for visit in visits:
        assert [Charge.model_validate_json(to_json(charge)) for charge in visit.charges]
        assert [Coverage.model_validate_json(to_json(coverage)) for coverage in visit.coverages]
        assert visit.diagnoses


async def test_a_day_that_was_simulated_is_not_simulated_again(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(output: Path, seed: int, day: date) -> None:
        raise AssertionError("simulated again")

    monkeypatch.setattr(fhir, "_run", never)
    assert await simulate(files.parents[1], seed=SEED, day=SAMPLE_DAY) == files


async def test_without_the_package_there_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fhir, "find_spec", lambda name: None)
    with pytest.raises(ClinosimMissing, match="pip install clinosim"):
        await simulate(tmp_path, seed=SEED, day=SAMPLE_DAY)
