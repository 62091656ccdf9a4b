"""The EHR and the systems beside it: encounters, charges and registrations into the encoder."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from revcycle.demo.api import Api, Json
from revcycle.demo.book import Book, Case
from revcycle.demo.errors import DemoFailed, Refused
from samples.fhir import FACILITY, FhirVisit, facility_profile, read_visits, simulate
from samples.models import SampleEncounter

_ENCOUNTERS_AT_ONCE = 25
_STALE = 412
_TRIES = 10


async def send_encounters(api: Api, book: Book, samples: Sequence[SampleEncounter]) -> None:
    """Our own encounters, a few dozen in each request. Raises DemoFailed where one is not taken."""
    for begin in range(0, len(samples), _ENCOUNTERS_AT_ONCE):
        part = samples[begin : begin + _ENCOUNTERS_AT_ONCE]
        documents = [one.encounter.model_dump_json(exclude_none=True).encode() for one in part]
        answers = await api.post_lines("/encoder/v1/encounters:bulk", documents)
        for sample, answer in zip(part, answers, strict=True):
            if "problem" in answer:
                raise DemoFailed(f"the encounter {sample.encounter.id} was refused: {answer['problem']}")
            book.received(str(sample.encounter.id), answer["chart_id"]).registered.set()


async def send_fhir(api: Api, book: Book, *, seed: int, day: date, cache: Path) -> int:
    """The visits of the EHR simulator as FHIR Bundles, then what their EHR does not know of them; how many.

    Raises ClinosimMissing or ClinosimFailed.
    """
    files = await simulate(cache, seed=seed, day=day)
    visits = await asyncio.to_thread(read_visits, files, seed=seed, before=day)
    await api.put(f"/encoder/v1/facilities/{FACILITY}", facility_profile(files))
    for visit in visits:
        receipt = await api.post("/encoder/v1/fhir/Bundle", visit.bundle)
        chart = receipt["receipts"][0]["chart"] if receipt else {}
        book.add_visit(chart["encounter_id"], visit)
        await _register(api, book.received(chart["encounter_id"], chart["id"]), visit)
    return len(visits)


async def _register(api: Api, case: Case, visit: FhirVisit) -> None:
    """Charge capture posts the charge, the registration desk the coverages."""
    await api.post(f"/encoder/v1/charts/{case.chart_id}/charges", visit.charges)
    for attempt in range(1, _TRIES + 1):
        opened: Json = await api.get(f"/encoder/v1/charts/{case.chart_id}")
        try:
            version = opened["chart"]["version"]
            await api.put(f"/encoder/v1/charts/{case.chart_id}/coverages", visit.coverages, version=version)
            break
        except Refused as error:
            # A coder may take the chart between our look and our write.
            if error.status != _STALE or attempt == _TRIES:
                raise
    case.registered.set()
