"""Coders at work: pull the next chart, open it, give its codes, finish it; and again when it comes back."""

from __future__ import annotations

import asyncio

from revcycle.demo.api import Api, Json
from revcycle.demo.book import Book, Case
from samples.models import ChartCodes

CODERS = ("coder", "senior-coder", "trainee", "coding-manager")
"""The demo users who may code."""

_REST_SECONDS = 1.0


async def code_charts(api: Api, book: Book) -> None:
    """Take charts from the queue until cancelled: new ones, and those that came back."""
    while True:
        chart = await api.post("/encoder/v1/queue/next")
        if chart is None:
            await asyncio.sleep(_REST_SECONDS)
            continue
        case = book.pulled(chart)
        if chart["return_reasons"]:
            _note_return(book, case, [reason["code"] for reason in chart["return_reasons"]])
        if not case.unexpected:
            await _code(api, book, case)


def _note_return(book: Book, case: Case, reasons: list[str]) -> None:
    book.tally["returned"] += 1
    if case.sample is None or case.sample.fate != "returned" or case.times_coded > 1:
        case.unexpected = f"returned to the coder: {', '.join(reasons)}"
    case.return_reasons = reasons


async def _code(api: Api, book: Book, case: Case) -> None:
    await case.registered.wait()
    address = f"/encoder/v1/charts/{case.chart_id}"
    opened = await api.get(address)
    # Counted before the chart is finished: it may be back before we have the answer.
    case.times_coded += 1
    codes = await _codes_for(api, case, opened)
    chart = await api.put(f"{address}/codes", codes, version=opened["chart"]["version"])
    if chart is not None:
        await api.post(f"{address}/finalize", version=chart["version"])
    book.tally["coded"] = book.coded


async def _codes_for(api: Api, case: Case, opened: Json) -> ChartCodes | Json:
    """From the answer key, whose first attempt may be wrong; for a simulated visit from what its EHR coded."""
    if case.sample is not None:
        first = case.times_coded == 1 and case.sample.first_codes
        return first or case.sample.codes
    assert case.visit is not None  # noqa: S101  # a case is a sample or a visit
    day = opened["chart"]["service_date"]
    found = [await _billable(api, code, day) for code in case.visit.diagnoses]
    diagnoses = [code for code in dict.fromkeys(found) if code]
    pointers = list(range(1, min(len(diagnoses), 4) + 1))
    lines = [{"charge_id": charge["id"], "pointers": pointers} for charge in case.visit.charges]
    return {"diagnoses": [{"code": code} for code in diagnoses], "lines": lines}


async def _billable(api: Api, code: str, day: str) -> str | None:
    """The code itself where it is billable on the day, else the first billable one below it."""
    found = await api.get("/encoder/v1/codes", q=code, date=day, limit=20)
    return next((one["code"] for one in found["codes"] if one["billable"]), None)
