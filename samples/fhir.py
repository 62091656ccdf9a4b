"""A part of the day from `clinosim`, an EHR simulator on PyPI: FHIR R4 that nobody here wrote, and what it lacks.

The simulator knows patients, notes and conditions. It knows no charges, no NPIs and no payer's own numbers; here they
are made as charge capture, the provider register and the registration desk would have them.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from importlib.util import find_spec
from pathlib import Path
from random import Random

from pydantic import JsonValue

from samples.identifiers import make_npi
from samples.people import Json, age_on, billing_provider, make_coverages
from samples.scenarios import Scenario, facilities, scenarios
from shared.claims import Model, Reference

FACILITY = "hospital-main"
"""The simulator's name of its only facility."""

_POPULATION = 150
_DAYS = 24
"""A hundred and fifty people over three weeks give about 25 visits, in 13 s of one core."""

_PATIENCE_SECONDS = 180
_LIKE = "diabetes-follow-up"
"""The scenario whose charge and payers a simulated visit takes: an established patient in the office."""

Resources = Mapping[str, list[Json]]


class ClinosimMissing(Exception):
    """The package `clinosim` is not installed."""


class ClinosimFailed(Exception):
    """The simulator ended with an error. The message is the last line that it wrote."""


class FhirVisit(Model):
    """One visit as the EHR sends it, and what other systems add. All of it is JSON of the encoder's REST."""

    encounter_id: Reference
    bundle: dict[str, JsonValue]
    charges: list[dict[str, JsonValue]]
    coverages: list[dict[str, JsonValue]]
    diagnoses: tuple[str, ...]
    """ICD-10-CM as the simulator coded the visit; the coder takes those that are billable on the day."""


async def simulate(folder: Path, *, seed: int, day: date) -> Path:
    """Run the simulator once for each seed and day; its FHIR files stay below `folder` and are found there again.

    Raises ClinosimMissing or ClinosimFailed.
    """
    if find_spec("clinosim") is None:
        raise ClinosimMissing("clinosim is not installed: pip install clinosim")
    kept = folder / f"clinosim-{seed}-{day:%Y%m%d}"
    if not kept.exists():
        draft = kept.with_suffix(".part")
        shutil.rmtree(draft, ignore_errors=True)
        await _run(draft, seed, day)
        draft.rename(kept)
    return kept / "fhir_r4"


async def _run(output: Path, seed: int, day: date) -> None:
    program = "from clinosim.simulator.cli import main; main()"
    first = day - timedelta(days=_DAYS)
    arguments = ["simulate", "--country", "US", "--population", str(_POPULATION), "--seed", str(seed)]
    arguments += [
        "--start",
        first.isoformat(),
        "--end",
        day.isoformat(),
        "--output",
        str(output),
        "--format",
        "fhir-r4",
    ]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, *arguments, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            _, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        lines = errors.decode("utf-8", "replace").split("\n")
        raise ClinosimFailed(next((line for line in reversed(lines) if line.strip()), "no message"))


def read_visits(files: Path, *, seed: int, before: date) -> tuple[FhirVisit, ...]:
    """The finished visits with a coded reason that ended before a day, in the order of their numbers."""
    resources = _read(files)
    named = {f"{kind}/{item['id']}": item for kind, items in resources.items() for item in items}
    related = _by_encounter(resources)
    return tuple(
        _visit(encounter, named, related[encounter["id"]], Random(f"{seed}:{encounter['id']}"))
        for encounter in sorted(resources["Encounter"], key=lambda item: str(item["id"]))
        if encounter["status"] == "finished"
        and encounter["class"]["code"] == "AMB"
        and encounter["period"]["end"] < before.isoformat()
        and _icd_codes(encounter, named)
    )


def facility_profile(files: Path) -> Json:
    """What the encoder must know of the simulated facility: who bills, and the NPI of each of its physicians."""
    group = next(facility for facility in facilities() if facility.kind == "group")
    practitioners = _read(files)["Practitioner"]
    return {
        "id": FACILITY,
        "billing": billing_provider(group),
        "ambulatory_visits": "professional",
        "place_of_service": "11",
        "practitioners": [
            {"received": item["id"], "provider": _provider(item, number)}
            for number, item in enumerate(practitioners, 30_000)
        ],
    }


def _provider(practitioner: Json, number: int) -> Json:
    name = practitioner["name"][0]
    person = {"last": name["family"].upper(), "first": name["given"][0].upper()}
    return {"person": person, "npi": make_npi(number), "taxonomy": "207R00000X"}


def _read(files: Path) -> Resources:
    kinds = (
        "Encounter", "Patient", "Condition", "Practitioner", "Organization", "DocumentReference", "Composition",
    )  # fmt: skip
    return {kind: list(_lines(files / f"{kind}.ndjson")) for kind in kinds}


def _lines(path: Path) -> Iterator[Json]:
    if path.exists():
        yield from map(json.loads, path.read_text("utf-8").splitlines())


def _by_encounter(resources: Resources) -> dict[str, list[Json]]:
    """Notes by the id of the encounter that they tell of."""
    related: dict[str, list[Json]] = defaultdict(list)
    for document in resources["DocumentReference"]:
        for reference in document.get("context", {}).get("encounter", []):
            related[_id(reference)].append(document)
    for composition in resources["Composition"]:
        if "encounter" in composition:
            related[_id(composition["encounter"])].append(composition)
    return related


def _visit(encounter: Json, named: Mapping[str, Json], notes: list[Json], random: Random) -> FhirVisit:
    patient = named[encounter["subject"]["reference"]]
    scenario = next(scenario for scenario in scenarios() if scenario.id == _LIKE)
    codes = _icd_codes(encounter, named)
    return FhirVisit(
        encounter_id=encounter["id"],
        bundle=_bundle(encounter, named, notes),
        charges=_charges(encounter, scenario, len(codes)),
        coverages=_coverages(patient, scenario, encounter["period"]["start"][:10], random),
        diagnoses=codes,
    )


def _bundle(encounter: Json, named: Mapping[str, Json], notes: list[Json]) -> Json:
    """The encounter with everything that it, its notes and those refer to, each resource once."""
    resources = {f"Encounter/{encounter['id']}": encounter}
    resources |= {f"{note['resourceType']}/{note['id']}": note for note in notes}
    waiting = list(resources.values())
    while waiting:
        for reference in _references(waiting.pop()):
            if reference in named and reference not in resources and not reference.startswith("Encounter/"):
                resources[reference] = named[reference]
                waiting.append(named[reference])
    entries = [{"resource": resource} for resource in resources.values()]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def _references(value: JsonValue) -> Iterator[str]:
    if isinstance(value, dict):
        for name, member in value.items():
            if name == "reference" and isinstance(member, str):
                yield member
            else:
                yield from _references(member)
    elif isinstance(value, list):
        for member in value:
            yield from _references(member)


def _id(reference: Json) -> str:
    return str(reference["reference"]).rpartition("/")[2]


def _icd_codes(encounter: Json, named: Mapping[str, Json]) -> tuple[str, ...]:
    """Reasons first, then diagnoses, each once, without their dots."""
    conditions = [named.get(diagnosis["condition"]["reference"]) for diagnosis in encounter.get("diagnosis", [])]
    concepts = [*encounter.get("reasonCode", []), *(condition["code"] for condition in conditions if condition)]
    codes = (
        coding["code"].replace(".", "")
        for concept in concepts
        for coding in concept.get("coding", [])
        if coding["system"].endswith("icd-10-cm")
    )
    return tuple(dict.fromkeys(codes))[:12]


def _charges(encounter: Json, scenario: Scenario, diagnoses: int) -> list[dict[str, JsonValue]]:
    charge = scenario.charges[0]
    procedure = charge.hcpcs if diagnoses > 1 else "99213"
    return [
        {
            "id": f"{encounter['id'][-12:]}-01",
            "service_date": encounter["period"]["start"][:10],
            "procedure": procedure,
            "units": "1",
            "amount": str(charge.each),
        }
    ]


def _coverages(patient: Json, scenario: Scenario, day: str, random: Random) -> list[dict[str, JsonValue]]:
    name, address = patient["name"][0], patient["address"][0]
    registered: Json = {
        "name": {"last": name["family"], "first": name["given"][0]},
        "birth_date": patient["birthDate"],
        "sex": {"female": "F", "male": "M"}.get(patient["gender"], "U"),
        "address": {
            "line1": address["line"][0],
            "city": address["city"],
            "state": address["state"],
            "zip_code": address["postalCode"],
        },
    }
    age = age_on(registered["birth_date"], date.fromisoformat(day))
    return make_coverages(scenario, registered, age, random)
