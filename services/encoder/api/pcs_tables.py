"""ICD-10-PCS codes as they are built: the tables, and what may come next."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query

from services.encoder.api.policies import CanReadCodes
from services.encoder.errors import PlaceNotFound
from shared.claims import Many, Model
from shared.http import CurrentTables
from shared.tables import Tables
from shared.tables import icd10pcs_tables as pcs
from shared.tables.icd10pcs_definitions import DEFINITIONS, definition
from shared.tables.icd10pcs_tables import Axis

router = APIRouter(prefix="/v1", tags=["codes"])


class PcsValue(Model):
    character: str
    label: str


class PcsAxis(Model):
    """A character of a code: what it says and the values it may have."""

    title: str
    values: Many[PcsValue]


class PcsTableView(Model):
    """A table: its head is characters one to three; each row lists the values of characters four to seven."""

    release: str
    complete: bool
    """False: the release lacks tables or rows, and what it does not have may be built all the same."""
    table: str
    head: Many[PcsAxis]
    definition: str
    """What the operation is."""
    rows: Many[Many[PcsAxis]]


class PcsMeaning(Model):
    """What a chosen character says. Definition and inclusions stand where CMS's definitions are loaded for the day."""

    title: str
    character: str
    label: str
    definition: str = ""
    includes: Many[str] = ()


class PcsBeginning(Model):
    """A code while it is built."""

    release: str
    complete: bool
    beginning: str
    built: bool | None = None
    """Whether it is a whole code of one row. None: the release does not have it and is incomplete."""
    meaning: Many[PcsMeaning]
    """What its characters say, once the table is chosen."""
    next: PcsAxis | None = None
    """The values that may follow; None where nothing does."""


AskedDay = Annotated[date, Query(alias="date", description="The day of discharge.")]
_Characters = "[0-9A-HJ-NP-Za-hj-np-z]"


@router.get("/pcs-tables/{table}", response_model=PcsTableView)
async def get_table(
    caller: CanReadCodes,
    tables: CurrentTables,
    table: Annotated[str, Path(pattern=f"^{_Characters}{{3}}$", description="Section, body system and operation.")],
    day: AskedDay,
) -> PcsTableView:
    """A table with its rows."""
    found = pcs.pcs_table(tables, table, day)
    if found is None:
        raise PlaceNotFound("the release of the day has no such ICD-10-PCS table")
    return PcsTableView(
        release=found.release.name,
        complete=pcs.is_complete(found.release),
        table=found.key,
        head=tuple(map(_axis, found.row.head)),
        definition=found.row.definition,
        rows=tuple(tuple(map(_axis, row.axes)) for row in found.row.rows),
    )


@router.get("/pcs-codes", response_model=PcsBeginning)
async def build_code(
    caller: CanReadCodes,
    tables: CurrentTables,
    day: AskedDay,
    beginning: Annotated[
        str, Query(pattern=f"^{_Characters}{{0,7}}$", description="The characters chosen so far.")
    ] = "",
) -> PcsBeginning:
    """The next step in building a procedure code."""
    release, chosen = tables.release(pcs.TABLE, day), beginning.upper()
    following = pcs.next_characters(tables, chosen, day)
    return PcsBeginning(
        release=release.name,
        complete=pcs.is_complete(release),
        beginning=chosen,
        built=pcs.is_built(tables, chosen, day),
        meaning=tuple(_meanings(tables, chosen, day)),
        next=_axis(following) if following is not None else None,
    )


def _meanings(tables: Tables, chosen: str, day: date) -> Iterator[PcsMeaning]:
    defined = tables.carries(DEFINITIONS, day)
    for position, said in enumerate(pcs.meaning(tables, chosen, day), start=1):
        found = definition(tables, chosen[0], position, said.label, day) if defined else None
        shown = PcsMeaning(**said._asdict())
        if found is None:
            yield shown
        else:
            yield shown.model_copy(update={"definition": found.definition, "includes": found.includes})


def _axis(axis: Axis) -> PcsAxis:
    values = (PcsValue(character=value.character, label=value.label) for value in axis.values)
    return PcsAxis(title=axis.title, values=tuple(values))
