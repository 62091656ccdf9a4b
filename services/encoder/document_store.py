"""The documents of charts and what is asked of them. Every query is bound to one tenant."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import orjson
from sqlalchemy import Select, Table, Text, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from services.encoder.domain.documents.filing import DocumentStatus, FiledDocument, Filing, KnownVersion
from services.encoder.domain.intake import document_head
from services.encoder.errors import DocumentNotFound
from services.encoder.rows import Base
from shared.claims import Document, Encounter


class DocumentRow(Base):
    """The documents of a chart, in the order received; a row for each version."""

    __tablename__ = "chart_documents"

    tenant: Mapped[str] = mapped_column(primary_key=True)
    chart_id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document_id: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="1")
    status: Mapped[str] = mapped_column(server_default="current")
    characters: Mapped[int]
    head: Mapped[str] = mapped_column(Text)
    """The document in JSON without its text."""
    text: Mapped[str] = mapped_column(Text)
    filing: Mapped[str | None] = mapped_column(Text)
    """How it came, in JSON; None where it came with the encounter."""


_Whole = Select[str, str, int, str, str | None]

_DOCUMENTS = cast(Table, DocumentRow.__table__)


@dataclass(frozen=True)
class StoredDocument:
    """A document with all that is known of its place in the chart."""

    document: Document
    version: int
    status: DocumentStatus
    filing: Filing | None


async def add_documents(
    session: AsyncSession, tenant: str, encounters: Mapping[str, Encounter], *, first_position: int = 0
) -> None:
    """The documents that came with encounters, by chart id."""
    rows = [
        _values(tenant, chart_id, position, StoredDocument(document, 1, "current", None))
        for chart_id, encounter in encounters.items()
        for position, document in enumerate(encounter.documents, first_position)
    ]
    if rows:
        await session.execute(insert(_DOCUMENTS), rows)


async def replace_documents(session: AsyncSession, tenant: str, chart_id: str, encounter: Encounter) -> None:
    """The documents of the encounter as sent anew; those that came to the chart by themselves stay."""
    came_with_it = delete(DocumentRow).where(*_of_chart(tenant, chart_id), DocumentRow.filing.is_(None))
    await session.execute(came_with_it)
    position = await _next_position(session, tenant, chart_id)
    await add_documents(session, tenant, {chart_id: encounter}, first_position=position)


async def add_document(session: AsyncSession, tenant: str, chart_id: str, stored: StoredDocument) -> None:
    position = await _next_position(session, tenant, chart_id)
    await session.execute(insert(_DOCUMENTS), [_values(tenant, chart_id, position, stored)])


async def set_document_status(
    session: AsyncSession, tenant: str, chart_id: str, document_ids: Collection[str], status: DocumentStatus
) -> int:
    """End the current versions of these documents; answers how many there were."""
    ending = update(DocumentRow).where(
        *_of_chart(tenant, chart_id), DocumentRow.document_id.in_(document_ids), DocumentRow.status == "current"
    )
    return int((await session.execute(ending.values(status=status))).rowcount)  # type: ignore[attr-defined]  # an update has a row count


async def known_versions(session: AsyncSession, tenant: str, chart_id: str, document_id: str) -> list[KnownVersion]:
    stored = await _read(session, _whole().where(*_of_chart(tenant, chart_id), DocumentRow.document_id == document_id))
    return [
        KnownVersion(one.document, one.version, one.status, one.filing.signed if one.filing else True) for one in stored
    ]


async def all_documents(session: AsyncSession, tenant: str, chart_id: str) -> Sequence[StoredDocument]:
    """Every version of every document, with its text, in the order received."""
    return await _read(session, _whole().where(*_of_chart(tenant, chart_id)).order_by(DocumentRow.position))


async def current_documents(session: AsyncSession, tenant: str, chart_id: str) -> tuple[Document, ...]:
    """The record as it stands: the current versions with their text, in the order received."""
    current = _whole().where(*_of_chart(tenant, chart_id), DocumentRow.status == "current")
    stored = await _read(session, current.order_by(DocumentRow.position))
    return tuple(one.document for one in stored)


async def remove_documents(session: AsyncSession, tenant: str, chart_id: str) -> None:
    await session.execute(delete(DocumentRow).where(*_of_chart(tenant, chart_id)))


async def list_documents(
    session: AsyncSession, tenant: str, chart_id: str, *, every_version: bool = False
) -> list[FiledDocument]:
    """The current documents of a chart, or with those that were superseded or cancelled."""
    columns = (DocumentRow.head, DocumentRow.characters, DocumentRow.version, DocumentRow.status, DocumentRow.filing)
    query = select(*columns).where(*_of_chart(tenant, chart_id)).order_by(DocumentRow.position)
    if not every_version:
        query = query.where(DocumentRow.status == "current")
    return [_filed(*row) for row in await session.execute(query)]


async def get_document(
    session: AsyncSession, tenant: str, chart_id: str, document_id: str, version: int | None = None
) -> Document:
    """The version asked for; else the current one, else the last. Raises DocumentNotFound."""
    query = _whole().where(*_of_chart(tenant, chart_id), DocumentRow.document_id == document_id)
    if version is not None:
        query = query.where(DocumentRow.version == version)
    found = await _read(session, query.order_by(DocumentRow.status != "current", DocumentRow.version.desc()).limit(1))
    if not found:
        raise DocumentNotFound("the chart has no document with this id")
    return found[0].document


def _of_chart(tenant: str, chart_id: str) -> tuple[Any, ...]:
    return DocumentRow.tenant == tenant, DocumentRow.chart_id == chart_id


def _whole() -> _Whole:
    return select(DocumentRow.head, DocumentRow.text, DocumentRow.version, DocumentRow.status, DocumentRow.filing)


async def _read(session: AsyncSession, query: _Whole) -> Sequence[StoredDocument]:
    return [
        StoredDocument(
            Document.model_validate_json(_with(head, text=text)),
            version,
            cast("DocumentStatus", status),
            _read_filing(filing),
        )
        for head, text, version, status, filing in await session.execute(query)
    ]


async def _next_position(session: AsyncSession, tenant: str, chart_id: str) -> int:
    last = await session.scalar(select(func.max(DocumentRow.position)).where(*_of_chart(tenant, chart_id)))
    return 0 if last is None else last + 1


def _filed(head: str, characters: int, version: int, status: str, filing: str | None) -> FiledDocument:
    members = {"characters": characters, "version": version, "status": status}
    return FiledDocument.model_validate_json(_with(head, **members, filing=orjson.loads(filing) if filing else None))


def _read_filing(filing: str | None) -> Filing | None:
    return Filing.model_validate_json(filing) if filing else None


def _with(head: str, **members: Any) -> bytes:
    return orjson.dumps(orjson.loads(head) | members)


def _values(tenant: str, chart_id: str, position: int, stored: StoredDocument) -> dict[str, Any]:
    document = stored.document
    return {
        "tenant": tenant,
        "chart_id": chart_id,
        "position": position,
        "document_id": document.id,
        "version": stored.version,
        "status": stored.status,
        "characters": len(document.text),
        "head": document_head(document),
        "text": document.text,
        "filing": stored.filing.model_dump_json(exclude_none=True) if stored.filing else None,
    }
