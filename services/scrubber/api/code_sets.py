"""The small code sets of claims and remittances, as of a day."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from services.scrubber.api.policies import CanReadCodes
from services.scrubber.api.tables import AskedDay
from services.scrubber.errors import CodeNotFound
from shared.claims import Date, Many, Model
from shared.http import CurrentTables
from shared.tables import Table, Tables, codes
from shared.tables.codes import CodeOnDay, CodeRow, ModifierRow, PlaceOfServiceRow, TaxonomyRow

router = APIRouter(prefix="/v1/code-sets", tags=["code sets"])


class CodeSetOnDay(Model):
    """A code set and the release of it that answers for a day; none where it is not carried then."""

    name: str
    title: str
    key: str
    """What a code looks like."""
    authority: str
    licence: str
    release: str | None = None
    covers_from: Date | None = None


class CodeSetList(Model):
    code_sets: Many[CodeSetOnDay]


class FoundCode(Model):
    """A code with the span of days around the day asked for. Wording stands only where its owner lets it."""

    code: str
    label: str | None = None
    description: str | None = None
    notes: str | None = None
    first: Date
    last: Date | None = None
    modified: Date | None = None
    listed: bool
    """False: the code lies in the range from which the authority assigns, and its list is not loaded."""
    facility: bool | None = None
    """Of a place of service: whether the physician fee schedule pays the facility amount there."""
    group: str | None = None
    """Of an NCCI-associated modifier: anatomic, global surgery or other."""
    grouping: str | None = None
    classification: str | None = None
    specialization: str | None = None


class FoundCodes(Model):
    name: str
    release: str
    codes: Many[FoundCode]


AskedSet = Annotated[str, Path(max_length=40, description="Such as place_of_service.")]


@router.get("", response_model=CodeSetList)
async def list_code_sets(caller: CanReadCodes, tables: CurrentTables, day: AskedDay) -> CodeSetList:
    """Every code set that can be carried, with its authority, and which release of it answers for the day."""
    return CodeSetList(code_sets=tuple(_on_day(tables, table, day) for table in codes.TABLES))


@router.get("/{name}", response_model=FoundCodes)
async def get_code_set(
    caller: CanReadCodes,
    tables: CurrentTables,
    name: AskedSet,
    day: AskedDay,
    prefix: Annotated[str, Query(max_length=10, description="Only codes that begin so.")] = "",
) -> FoundCodes:
    """The codes of a set that are valid on a day, in order."""
    table = codes.code_set(name)
    found = codes.all_on(tables, table, day, prefix=prefix.upper())
    release = tables.release(table, day).name
    return FoundCodes(name=_name(table), release=release, codes=tuple(map(_found, found)))


@router.get("/{name}/{code}", response_model=FoundCode)
async def get_code(
    caller: CanReadCodes,
    tables: CurrentTables,
    name: AskedSet,
    code: Annotated[str, Path(max_length=10)],
    day: AskedDay,
) -> FoundCode:
    """A code of a set as of a day."""
    found = codes.entry(tables, codes.code_set(name), code.upper(), day)
    if found is None:
        raise CodeNotFound(f"the code is not in {name} on {day}")
    return _found(found)


def _on_day(tables: Tables, table: Table[Any], day: AskedDay) -> CodeSetOnDay:
    release = tables.release(table, day) if tables.carries(table, day) else None
    return CodeSetOnDay(
        name=_name(table),
        title=table.title,
        key=table.key,
        authority=table.authority,
        licence=table.licence,
        release=release.name if release else None,
        covers_from=release.covers_from if release else None,
    )


def _name(table: Table[Any]) -> str:
    return table.name.removeprefix("codes.")


def _found(found: CodeOnDay[CodeRow]) -> FoundCode:
    row = found.row
    taxonomy = row if isinstance(row, TaxonomyRow) else None
    return FoundCode(
        code=found.code,
        label=row.label or None,
        description=row.description or None,
        notes=row.notes or None,
        first=row.first,
        last=row.last,
        modified=row.modified,
        listed=row.listed,
        facility=row.facility if isinstance(row, PlaceOfServiceRow) else None,
        group=row.group if isinstance(row, ModifierRow) else None,
        grouping=taxonomy.grouping if taxonomy else None,
        classification=taxonomy.classification if taxonomy else None,
        specialization=(taxonomy.specialization or None) if taxonomy else None,
    )
