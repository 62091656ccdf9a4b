"""Checks as use cases: codes that are given, and those of a chart against its documents."""

from __future__ import annotations

from functools import partial

from anyio import to_thread

from services.encoder import store, suggestion_handlers
from services.encoder.domain.checks import Checked, CodesToCheck, answered, chart_of, check_given
from services.encoder.domain.code_checks import check_codes
from services.encoder.domain.coding import ChartCodes
from services.encoder.domain.reading.suggestions import Reading
from shared.claims import Encounter
from shared.db import ReadSession
from shared.tables import CodeSets, Tables


async def check_codes_given(given: CodesToCheck, tables: Tables) -> Checked:
    """Raises NoRelease where a code set is not carried on the day."""
    return await to_thread.run_sync(partial(check_given, given, tables))


async def check_chart(session: ReadSession, tenant: str, chart_id: str, tables: Tables, *, read: bool) -> Checked:
    """The codes of a chart as they are saved; with `read`, its documents are read for what they support.

    Raises ChartNotFound, NoRelease.
    """
    content = await store.get_content(session, tenant, chart_id)
    reading = None
    if read:
        documents = await suggestion_handlers.chart_to_read(session, tenant, chart_id)
        reading = await suggestion_handlers.suggest(documents, tables, None)
    return await to_thread.run_sync(partial(_checked, content.encounter, content.codes, reading, tables))


def _checked(encounter: Encounter, codes: ChartCodes, reading: Reading | None, tables: Tables) -> Checked:
    problems = check_codes(codes, encounter, CodeSets(tables))
    return answered(chart_of(encounter, codes, reading), problems, tables)
