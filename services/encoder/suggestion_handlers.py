"""Reading as use cases: a chart's documents, or a request's, to suggestions, with the plug-in where there is one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import structlog
from anyio import to_thread

from services.encoder import document_store, store
from services.encoder.domain.coding import coding_day
from services.encoder.domain.reading.proposals import merged
from services.encoder.domain.reading.suggesting import read
from services.encoder.domain.reading.suggestions import DocumentReading, ReadChart, ReadDocument, Reading
from services.encoder.lexicon_store import lexicon_of
from services.encoder.suggesters.port import Suggester, SuggesterFailed
from shared.db import ReadSession
from shared.tables import Tables

_log = structlog.get_logger("encoder.suggestions")


async def suggest(chart: ReadChart, tables: Tables, suggester: Suggester | None) -> Reading:
    """What the documents support. A suggester that fails leaves the rules' answer as it is."""
    reading = await to_thread.run_sync(partial(_read, chart, tables))
    if suggester is None:
        return reading
    try:
        proposals = await suggester.propose(chart)
    except SuggesterFailed as failure:
        _log.warning("suggester_failed", suggester=suggester.name, reason=str(failure))
        return reading
    return await to_thread.run_sync(partial(merged, reading, proposals, suggester.name, chart, tables))


async def suggest_by_document(
    chart: ReadChart, tables: Tables, suggester: Suggester | None
) -> AsyncIterator[DocumentReading]:
    """A reading of each document by itself as soon as it is read, then that of the chart, which alone counts."""
    for document in chart.documents:
        alone = chart.model_copy(update={"documents": (document,)})
        yield DocumentReading(document=document.id, reading=await to_thread.run_sync(partial(_read, alone, tables)))
    yield DocumentReading(reading=await suggest(chart, tables, suggester))


async def chart_to_read(session: ReadSession, tenant: str, chart_id: str) -> ReadChart:
    """The current documents of a chart on its coding day. Raises ChartNotFound."""
    content = await store.get_content(session, tenant, chart_id)
    current = await document_store.current_documents(session, tenant, chart_id)
    encounter = content.encounter
    documents = tuple(map(ReadDocument.of, current))
    return ReadChart.model_construct(setting=encounter.encounter_class, day=coding_day(encounter), documents=documents)


def _read(chart: ReadChart, tables: Tables) -> Reading:
    return read(chart, lexicon_of(tables), tables)
