"""One code as of a day: what it is, was and has above and below it."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query

from services.encoder.api.policies import CanReadCodes
from services.encoder.domain.found_codes import FoundCode, of_entry
from services.encoder.errors import CodeNotFound
from shared.claims import Many
from shared.http import CurrentTables
from shared.tables import CodeSets, CodeSystem, Tables, icd10

router = APIRouter(prefix="/v1/codes", tags=["codes"])

_LONGEST = 8
"""Seven characters and a dot."""


class CodeInPlace(FoundCode):
    """A code with its place in the code set and what stood for it before. The days are those of all releases."""

    release: str
    above: Many[FoundCode] = ()
    """The headings that it belongs to, the nearest first: its parent, and so on to its category."""
    children: Many[FoundCode] = ()
    """The codes and headings directly below."""
    previous: Many[str] = ()
    """The codes that stood for the same before this one came into being."""


AskedDay = Annotated[date, Query(alias="date", description="The day of discharge or service.")]
AskedCode = Annotated[str, Path(min_length=3, max_length=_LONGEST, description="A dot is passed over.")]


@router.get("/{system}/{code}", response_model=CodeInPlace)
async def get_code(
    caller: CanReadCodes, tables: CurrentTables, system: CodeSystem, code: AskedCode, day: AskedDay
) -> CodeInPlace:
    """A code or heading as of a day, with its place in the code set.

    Where it does not stand on that day, the problem names the codes that do instead.
    """
    asked = _plain(code)
    entry, stands = icd10.entry(tables, system, asked, day), icd10.validity(tables, system, asked, day)
    converted = _conversions(tables, system, asked, day)
    if entry is None or stands is None:
        raise CodeNotFound(f"{asked} does not stand on {day}", extra={"current": list(converted.current)})
    found = of_entry(entry).model_copy(update={"valid_from": stands.first, "valid_through": stands.last})
    return CodeInPlace(
        **dict(found),
        release=CodeSets(tables).release(system, day),
        above=tuple(map(of_entry, icd10.above(tables, system, asked, day))),
        children=tuple(map(of_entry, icd10.children(tables, system, asked, day))),
        previous=converted.previous,
    )


def _conversions(tables: Tables, system: CodeSystem, code: str, day: date) -> icd10.Conversions:
    """What a code became and was; nothing where no conversion table is carried for the day."""
    if not tables.carries(icd10.CONVERSIONS[system], day):
        return icd10.Conversions((), (), "")
    return icd10.conversions(tables, system, code, day)


def _plain(code: str) -> str:
    return code.replace(".", "").strip().upper()
