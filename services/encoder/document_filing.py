"""A document comes to a chart, is withdrawn from it, or goes with it into another."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pydantic import JsonValue

from services.encoder import document_store, store
from services.encoder.document_store import StoredDocument
from services.encoder.domain.charts import Chart
from services.encoder.domain.documents.filing import FiledDocument, Filing, placed
from services.encoder.domain.documents.requests import LateDocument
from services.encoder.domain.documents.text import decode_base64, text_of
from services.encoder.errors import DocumentNotFound
from shared import audit
from shared.claims import Document, Model
from shared.db import UnitOfWork


@dataclass(frozen=True)
class Filed:
    """What filing a document came to."""

    chart: Chart
    document: FiledDocument
    is_new: bool


class DocumentReceipt(Model):
    """Where a document that came late is now."""

    chart: Chart
    document: FiledDocument
    outcome: str
    """`filed`, or `unchanged` where the chart had just this document."""

    @property
    def version(self) -> int:
        return self.chart.version


def read_late_document(late: LateDocument) -> Document:
    """The document with its words. Takes its time over a PDF. Raises DocumentUnreadable."""
    content = late.text.encode("utf-8", "replace") if late.text is not None else decode_base64(late.content or "")
    return Document(
        id=late.id,
        kind=late.kind,
        title=late.title,
        author=late.author,
        written_at=late.written_at,
        text=text_of(content, late.content_type),
    )


async def receive_document(uow: UnitOfWork, chart_id: str, document: Document, late: LateDocument) -> DocumentReceipt:
    """File a document over the API. Raises ChartNotFound, DocumentNotFound for one to replace that is not there."""
    chart = await store.get_chart(uow.session, uow.context.tenant, chart_id, to_change=True)
    filing = Filing(
        received_at=uow.context.at, replaces=late.replaces, addendum_to=late.addendum_to, signed=late.signed
    )
    for named in filter(None, (late.replaces, late.addendum_to)):
        if not await document_store.known_versions(uow.session, uow.context.tenant, chart_id, named):
            raise DocumentNotFound("the chart has no document that it could replace or add to")
    filed = await file_document(uow, chart, document, filing)
    outcome = "filed" if filed.is_new else "unchanged"
    return DocumentReceipt(chart=filed.chart, document=filed.document, outcome=outcome)


async def file_document(uow: UnitOfWork, chart: Chart, document: Document, filing: Filing) -> Filed:
    """File the document as the newest of its id; the versions that it ends stay readable."""
    tenant = uow.context.tenant
    known = await document_store.known_versions(uow.session, tenant, chart.id, document.id)
    placing = placed(document, filing, known)
    if placing.version is None:
        current = max(one.version for one in known if one.status == "current")
        return Filed(chart, _listed(StoredDocument(document, current, "current", filing)), is_new=False)
    await document_store.set_document_status(uow.session, tenant, chart.id, placing.supersedes, "superseded")
    stored = StoredDocument(document, placing.version, "current", filing)
    await document_store.add_document(uow.session, tenant, chart.id, stored)
    details: dict[str, JsonValue] = {
        "document": document.id,
        "document_version": placing.version,
        "kind": document.kind,
    }
    return Filed(await _documented(uow, chart, "chart.document_filed", details), _listed(stored), is_new=True)


async def cancel_document(uow: UnitOfWork, chart: Chart, document_id: str) -> bool:
    """Withdraw the current version, which stays on the record; False where there is none."""
    ended = await document_store.set_document_status(
        uow.session, uow.context.tenant, chart.id, [document_id], "cancelled"
    )
    if ended:
        await _documented(uow, chart, "chart.document_cancelled", {"document": document_id})
    return bool(ended)


async def withdraw_document(uow: UnitOfWork, chart_id: str, document_id: str) -> Chart:
    """Raises ChartNotFound, DocumentNotFound."""
    chart = await store.get_chart(uow.session, uow.context.tenant, chart_id, to_change=True)
    if not await cancel_document(uow, chart, document_id):
        raise DocumentNotFound("the chart has no current document with this id")
    return await store.get_chart(uow.session, uow.context.tenant, chart_id)


async def take_flag_off(uow: UnitOfWork, chart_id: str, flag: str) -> Chart:
    """Raises ChartNotFound, FlagNotFound."""
    chart = await store.get_chart(uow.session, uow.context.tenant, chart_id, to_change=True)
    seen = chart.without_flag(flag)
    await store.save_chart(uow.session, uow.context.tenant, seen)
    audit.record(uow, "chart.flag_removed", "chart", chart_id, {"flag": flag, "version": seen.version})
    return seen


async def move_documents(uow: UnitOfWork, prior: Chart, survivor: Chart) -> None:
    """Every version of the prior chart's documents to the survivor, with the chart that they came from."""
    tenant = uow.context.tenant
    taken = {one.document.id for one in await document_store.all_documents(uow.session, tenant, survivor.id)}
    for stored in await document_store.all_documents(uow.session, tenant, prior.id):
        came = stored.filing or Filing(received_at=prior.received_at)
        moved = replace(stored, filing=came.model_copy(update={"moved_from": prior.id}))
        if stored.document.id in taken:
            apart = f"{prior.encounter_id}-{stored.document.id}"[-50:]
            moved = replace(moved, document=stored.document.model_copy(update={"id": apart}))
        await document_store.add_document(uow.session, tenant, survivor.id, moved)
    await document_store.remove_documents(uow.session, tenant, prior.id)


async def _documented(uow: UnitOfWork, chart: Chart, action: str, details: dict[str, JsonValue]) -> Chart:
    documented = chart.documented()
    if documented is not chart:
        await store.save_chart(uow.session, uow.context.tenant, documented)
    audit.record(uow, action, "chart", chart.id, {**details, "version": documented.version})
    return documented


def _listed(stored: StoredDocument) -> FiledDocument:
    document = stored.document
    return FiledDocument(
        **document.model_dump(exclude={"text"}),
        characters=len(document.text),
        version=stored.version,
        status=stored.status,
        filing=stored.filing,
    )
