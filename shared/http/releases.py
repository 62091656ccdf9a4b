"""Which releases of the reference tables a service answers from."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query

from shared.claims import Date, Instant, Many, Model
from shared.http.policies import requires
from shared.runtime.principal import Principal
from shared.runtime.runtime import Runtime
from shared.tables import Release

CanReadTables = Annotated[Principal, requires("codes:read")]


class ListedRelease(Model):
    """One active release of one table. Of several that cover a day, the first listed answers."""

    table: str
    release: str
    effective: Date
    covers_from: Date
    covers_through: Date
    rows: int
    embedded: bool
    """Compiled from a package of the installation, not loaded from an official file."""
    licence: str
    sources: Many[str]
    """Files it was read from, each with its SHA-256."""
    loaded_at: Instant


class ListedReleases(Model):
    """The active releases that this process sees."""

    releases: Many[ListedRelease]


def releases_router(runtime: Runtime, families: Sequence[str]) -> APIRouter:
    """`GET /v1/tables`: the active releases of the tables whose names begin with one of `families`."""
    router = APIRouter(tags=["tables"])

    @router.get("/v1/tables", response_model=ListedReleases, summary="The reference tables in use")
    async def list_releases(
        caller: CanReadTables,
        table: Annotated[str | None, Query(max_length=100, description="Only this table or family of tables.")] = None,
    ) -> ListedReleases:
        """Every active release of the tables that this service uses, as it sees them now."""
        used = (release for release in runtime.tables.current().releases() if _belongs(release, families))
        return ListedReleases(
            releases=tuple(_listed(release) for release in used if table is None or _belongs(release, (table,)))
        )

    return router


def _belongs(release: Release, families: Sequence[str]) -> bool:
    return any(release.table == family or release.table.startswith(f"{family}.") for family in families)


def _listed(release: Release) -> ListedRelease:
    return ListedRelease(
        table=release.table,
        release=release.name,
        effective=release.effective,
        covers_from=release.covers_from,
        covers_through=release.covers_through,
        rows=release.rows,
        embedded=release.embedded,
        licence=release.licence,
        sources=tuple(f"{source.name} sha256:{source.sha256}" for source in release.sources),
        loaded_at=release.loaded_at,
    )
