"""`GET /v1/tables`: which releases of the reference tables a service answers from, as it sees them now."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest

from shared.http import create_service_app
from shared.http.issuer import LocalIssuer
from shared.runtime import Runtime
from shared.tables import Catalogue, ReferenceTables, Table, TableRow
from shared.tables.catalogue import SourceFile
from shared.tables.formats import Reading
from shared.tables.loading import compiled_release
from shared.tables.spans import quarter
from tests.shared.http.item_service import router

LOADED = datetime(2026, 7, 1, 8, tzinfo=UTC)


class Limit(TableRow):
    units: int


LIMITS = Table("ncci.mue.practitioner", "MUE", Limit, "code", "CMS", "public domain")
PLACES = Table("codes.place_of_service", "Place of service", Limit, "code", "CMS", "public domain")


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue(tmp_path / "tables")


def load(catalogue: Catalogue, table: Table[Limit], effective: date) -> None:
    reading = Reading(table, quarter(effective), [("99213", Limit(1))], [SourceFile("mue.xlsx", "ab" * 32, 10)])
    catalogue.add([compiled_release(catalogue, reading, "MUE", LOADED)])


@pytest.fixture
async def client(runtime: Runtime, catalogue: Catalogue, issuer: LocalIssuer) -> httpx.AsyncClient:
    tables = ReferenceTables([catalogue.folder], look_every=0)
    app = create_service_app(
        title="Items",
        description="Items.",
        version="1",
        runtime=replace(runtime, tables=tables),
        routers=[router],
        tables=("ncci",),
    )
    headers = {"Authorization": f"Bearer {issuer.token('ada', 'mercy', ('codes:read',))}"}
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://items", headers=headers)


async def test_a_release_is_listed_with_its_days_and_its_source(
    client: httpx.AsyncClient, catalogue: Catalogue
) -> None:
    load(catalogue, LIMITS, date(2026, 7, 1))
    assert (await client.get("/v1/tables")).json() == {
        "releases": [
            {
                "table": "ncci.mue.practitioner",
                "release": "2026Q3",
                "effective": "2026-07-01",
                "covers_from": "2026-07-01",
                "covers_through": "2026-09-30",
                "rows": 1,
                "embedded": False,
                "licence": "public domain",
                "sources": [f"mue.xlsx sha256:{'ab' * 32}"],
                "loaded_at": "2026-07-01T08:00:00Z",
            }
        ]
    }


async def test_a_release_loaded_while_the_service_runs_is_listed_and_a_retired_one_is_not(
    client: httpx.AsyncClient, catalogue: Catalogue
) -> None:
    assert (await client.get("/v1/tables")).json() == {"releases": []}
    load(catalogue, LIMITS, date(2026, 4, 1))
    load(catalogue, LIMITS, date(2026, 7, 1))
    listed = (await client.get("/v1/tables")).json()["releases"]
    assert [release["release"] for release in listed] == ["2026Q3", "2026Q2"]
    catalogue.activate("ncci.mue.practitioner", "2026Q3", active=False)
    listed = (await client.get("/v1/tables")).json()["releases"]
    assert [release["release"] for release in listed] == ["2026Q2"]


async def test_only_the_families_that_the_service_uses_are_listed(
    client: httpx.AsyncClient, catalogue: Catalogue
) -> None:
    load(catalogue, PLACES, date(2026, 7, 1))
    load(catalogue, LIMITS, date(2026, 7, 1))
    listed = (await client.get("/v1/tables", params={"table": "ncci.mue"})).json()["releases"]
    assert [release["table"] for release in listed] == ["ncci.mue.practitioner"]
    assert (await client.get("/v1/tables", params={"table": "codes"})).json() == {"releases": []}


async def test_without_the_scope_nothing_is_listed(client: httpx.AsyncClient, issuer: LocalIssuer) -> None:
    other = {"Authorization": f"Bearer {issuer.token('eve', 'mercy', ('claims:read',))}"}
    assert (await client.get("/v1/tables", headers=other)).status_code == 403
