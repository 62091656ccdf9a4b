"""The smallest real service: items with versions, through every part of the HTTP door."""

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import ConfigDict
from sqlalchemy import String, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.claims import X12, Amount, Date, Many, Model, Npi, Text
from shared.db import InfrastructureBase, UnitOfWork, new_id
from shared.errors import Conflict, NotFound, StaleVersion
from shared.http import (
    IfMatch,
    NdjsonItems,
    NdjsonStream,
    Page,
    PageRequest,
    Principal,
    Read,
    Together,
    Write,
    answer,
    create_service_app,
    encode_cursor,
    in_windows,
    json_body,
    ndjson_items,
    raw_body,
    requires,
)
from shared.runtime import Runtime

CanRead = Annotated[Principal, requires("items:read")]
CanWrite = Annotated[Principal, requires("items:write")]


class Base(DeclarativeBase):
    pass


class ItemRow(Base):
    __tablename__ = "items"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    tenant: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(80))
    price: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]


class Maker(Model):
    npi: Annotated[Npi, X12("NM109")]


class Draft(Model):
    """What a caller sends."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "GAUZE", "price": "12.50"}]})

    name: Text
    price: Annotated[Amount, X12("2400.SV102")]
    made_on: Date | None = None
    maker: Annotated[Maker, X12("2010AA")] | None = None
    tags: Many[Text] = ()


class Item(Model):
    """What is kept."""

    id: str
    version: int
    name: Text
    price: Amount


def item_of(row: ItemRow) -> Item:
    return Item(id=row.id, version=row.version, name=row.name, price=Decimal(row.price))


async def create(uow: UnitOfWork, draft: Draft) -> Item:
    if draft.name == "TAKEN":
        raise Conflict("this name is taken", pointer="/name")
    if draft.name == "BROKEN":
        raise RuntimeError(f"cannot keep {draft.name} of patient ABERNATHY")
    if draft.name == "SLOW":
        await asyncio.sleep(60)
    row = ItemRow(id=new_id(), tenant=uow.context.tenant, name=draft.name, price=str(draft.price), version=1)
    uow.session.add(row)
    return item_of(row)


async def create_all(uow: UnitOfWork, drafts: Sequence[Draft]) -> list[Item | Conflict]:
    """As `create` each; a name of the tenant's that is there is a conflict."""
    mine = (ItemRow.tenant == uow.context.tenant, ItemRow.name.in_([draft.name for draft in drafts]))
    known = set(await uow.session.scalars(select(ItemRow.name).where(*mine)))
    return [Conflict("this name is taken") if draft.name in known else await create(uow, draft) for draft in drafts]


async def rename(uow: UnitOfWork, item_id: str, version: int, draft: Draft) -> Item:
    row = await owned(uow.session, uow.context.tenant, item_id)
    if row.version != version:
        raise StaleVersion(f"the item is at version {row.version}")
    row.name, row.version = draft.name, row.version + 1
    return item_of(row)


async def remove(uow: UnitOfWork, item_id: str) -> None:
    await uow.session.delete(await owned(uow.session, uow.context.tenant, item_id))


async def owned(session: Any, tenant: str, item_id: str) -> ItemRow:
    row: ItemRow | None = await session.get(ItemRow, item_id)
    if row is None or row.tenant != tenant:
        raise NotFound("there is no such item")
    return row


router = APIRouter(prefix="/v1/items", tags=["items"])


@router.post("", status_code=201, response_model=Item)
async def post_item(_: CanWrite, write: Write, draft: Annotated[Draft, json_body(Draft, as_received=True)]) -> Response:
    return await write(lambda uow: create(uow, draft), location=lambda item: f"/v1/items/{item.id}")


@router.post("/bulk", responses={200: {"content": {"application/x-ndjson": {}}}})
async def post_items(_: CanWrite, write: Write, items: Annotated[NdjsonItems[Draft], ndjson_items(Draft)]) -> Response:
    return await write.each(items, create, status=201, location=lambda item: f"/v1/items/{item.id}")


@router.post("/together", responses={200: {"content": {"application/x-ndjson": {}}}})
async def post_together(
    _: CanWrite, write: Write, items: Annotated[NdjsonItems[Draft], ndjson_items(Draft)]
) -> NdjsonStream:
    together = Together(create_all, named=lambda draft: draft.name, member="item", status=201)
    return NdjsonStream(in_windows(write, items, together))


@router.post("/lists")
async def post_list(_: CanWrite, content: Annotated[bytes, raw_body("text/csv", max_bytes=1000)]) -> int:
    return content.count(b"\n")


@router.post("/streams", status_code=201, response_model=Item, include_in_schema=False)
async def post_stream(_: CanWrite, write: Write, request: Request) -> Response:
    name = b"".join([chunk async for chunk in request.stream()]).decode()
    return await write(lambda uow: create(uow, Draft(name=name, price=Decimal(1))))


@router.get("/{item_id}", response_model=Item)
async def get_item(principal: CanRead, session: Read, item_id: str) -> Response:
    return answer(item_of(await owned(session, principal.tenant, item_id)))


@router.put("/{item_id}", response_model=Item)
async def put_item(
    _: CanWrite, write: Write, version: IfMatch, item_id: str, draft: Annotated[Draft, json_body(Draft)]
) -> Response:
    return await write(lambda uow: rename(uow, item_id, version, draft))


@router.delete("/{item_id}", status_code=204)
async def delete_item(_: CanWrite, write: Write, item_id: str) -> Response:
    return await write(lambda uow: remove(uow, item_id))


@router.get("")
async def list_items(principal: CanRead, session: Read, page: PageRequest) -> Page[Item]:
    query = select(ItemRow).where(ItemRow.tenant == principal.tenant).order_by(ItemRow.id).limit(page.limit + 1)
    if (after := page.after(str)) is not None:
        query = query.where(ItemRow.id > after[0])
    rows: Sequence[ItemRow] = (await session.scalars(query)).all()
    more = len(rows) > page.limit
    shown = rows[: page.limit]
    return Page(items=tuple(map(item_of, shown)), next_cursor=encode_cursor([shown[-1].id]) if more else None)


def create_app(runtime: Runtime, *more: APIRouter) -> Any:
    return create_service_app(
        title="Items",
        description="Items with versions.",
        version="1",
        runtime=runtime,
        routers=[router, *more],
    )


async def create_tables(runtime: Runtime) -> None:
    async with runtime.database.engine.begin() as connection:
        await connection.run_sync(InfrastructureBase.metadata.create_all)
        await connection.run_sync(Base.metadata.create_all)
