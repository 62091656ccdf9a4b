"""Condition categories as use cases: the gaps of an encounter that is given, and those of a chart."""

from __future__ import annotations

from datetime import date
from functools import partial

from anyio import to_thread

from services.encoder import hcc_gap_store, store, suggestion_handlers
from services.encoder.domain.hcc_gaps.answers import AskedGaps, GapOptions, HccGaps
from services.encoder.domain.hcc_gaps.finding import find_gaps, model_of
from services.encoder.errors import RiskModelNotFound
from services.encoder.suggesters.port import Suggester
from shared.db import ReadSession
from shared.tables import Tables, hcc


async def gaps(asked: AskedGaps, tables: Tables, suggester: Suggester | None) -> HccGaps:
    """Raises RiskModelNotFound, NoRelease where no mapping covers the day."""
    tables.release(hcc.DIAGNOSES, asked.day)  # before the parameter: a day that no mapping covers has no model either
    _must_know(model_of(asked, asked.day), tables, asked.day)
    reading = await suggestion_handlers.suggest(asked, tables, suggester)
    return await to_thread.run_sync(partial(find_gaps, asked, reading, tables))


async def gaps_of_chart(
    session: ReadSession, tenant: str, chart_id: str, options: GapOptions, tables: Tables, suggester: Suggester | None
) -> HccGaps:
    """Against the codes of the person's other finalized charts of this year and the last, and those of the options.

    Raises ChartNotFound, RiskModelNotFound, NoRelease.
    """
    chart = await store.get_chart(session, tenant, chart_id)
    content = await store.get_content(session, tenant, chart_id)
    read = await suggestion_handlers.chart_to_read(session, tenant, chart_id)
    year = read.day.year
    number = content.encounter.patient.medical_record_number
    first, last = date(year - 1, 1, 1), date(year, 12, 31)
    others = await hcc_gap_store.reported_codes(session, tenant, chart, number, first, last) if number else ()
    by_year = {
        each: [diagnosis.code for day, codes in others if day.year == each for diagnosis in codes.diagnoses]
        for each in (year - 1, year)
    }
    asked = AskedGaps.model_construct(
        setting=read.setting,
        day=read.day,
        documents=read.documents,
        codes=tuple(diagnosis.code for diagnosis in content.codes.diagnoses),
        model=options.model,
        segment=options.segment,
        reported_this_year=(*options.reported_this_year, *by_year[year]),
        reported_last_year=tuple(dict.fromkeys((*options.reported_last_year, *by_year[year - 1]))),
    )
    return await gaps(asked, tables, suggester)


def _must_know(model: str, tables: Tables, day: date) -> None:
    """Raises RiskModelNotFound, where the tables of the day name their models."""
    if tables.carries(hcc.LABELS, day):
        known = hcc.models(tables, day)
        if model not in known:
            raise RiskModelNotFound(known)
