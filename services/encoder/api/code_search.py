"""Codes as of a day: by their beginning, by words, by what the words mean."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from services.encoder.api.policies import CanReadCodes
from services.encoder.code_search import LONGEST_QUERY, CodeQuery, carried, chapter_range, find_codes
from services.encoder.domain.found_codes import FoundCodes
from services.encoder.domain.search.hits import Filters, Sex
from services.encoder.domain.terms.point import NamedSystem
from shared.http import CurrentTables, answer
from shared.tables import Tables

router = APIRouter(prefix="/v1/codes", tags=["codes"])

AskedSystem = Literal["icd10cm", "icd10pcs", "hcpcs", "cpt", "all"]
_SEXES: dict[str, Sex] = {"F": "female", "M": "male"}


@router.get("", response_model=FoundCodes)
async def search_codes(
    caller: CanReadCodes,
    tables: CurrentTables,
    q: Annotated[
        str,
        Query(
            min_length=1,
            max_length=LONGEST_QUERY,
            description="A code or its beginning, with or without a dot; or words: clinical or lay, abbreviated, "
            "with a typo.",
        ),
    ],
    day: Annotated[date, Query(alias="date", description="The day of discharge or service.")],
    system: Annotated[
        list[AskedSystem],
        Query(description="May stand several times; `all`: every code set that is carried on the day."),
    ] = ["icd10cm"],  # noqa: B006 - FastAPI copies it
    headings: Annotated[
        bool, Query(description="Categories and other headings in `codes` too, which are not billable.")
    ] = False,
    chapter: Annotated[int | None, Query(ge=1, le=22, description="Only of this chapter of ICD-10-CM.")] = None,
    age: Annotated[int | None, Query(ge=0, le=124, description="Only codes of patients of this age in years.")] = None,
    sex: Annotated[Literal["F", "M"] | None, Query(description="Only codes of patients of this sex.")] = None,
    as_you_type: Annotated[
        bool, Query(description="The last word may be the beginning of one; no meaning is searched before a space.")
    ] = False,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """Codes valid on a day, the likeliest first, each with why it was found, and the same by category.

    Codes that begin with what is asked come in the order of the code set. `meaning` says whether what the words mean
    was searched too, or their letters only.
    """
    filters = Filters(
        day=day,
        systems=_systems(tables, system, day),
        headings=headings,
        chapter=None if chapter is None else chapter_range(tables, chapter, day),
        age=age,
        sex=None if sex is None else _SEXES[sex],
    )
    return answer(await find_codes(CodeQuery(q, filters, limit, as_you_type), tables))


def _systems(tables: Tables, asked: list[AskedSystem], day: date) -> tuple[NamedSystem, ...]:
    named = tuple(dict.fromkeys(system for system in asked if system != "all"))
    return (carried(tables, day) or named or ("icd10cm",)) if "all" in asked else named
