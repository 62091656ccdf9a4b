"""The book: everything around one code, on one page."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.encoder.api.policies import CanReadCodes
from services.encoder.domain.book.page import CodePage, page
from services.encoder.errors import CodeNotFound
from shared.http import CurrentTables, answer
from shared.tables import CodeSystem

router = APIRouter(prefix="/v1/book", tags=["codes"])


@router.get("/{system}/{code}", response_model=CodePage)
async def get_page(
    caller: CanReadCodes,
    tables: CurrentTables,
    system: CodeSystem,
    code: Annotated[str, Path(min_length=3, max_length=8, description="A dot is passed over.")],
    day: Annotated[date, Query(alias="date", description="The day of discharge or service.")],
) -> Response:
    """A code with its notes and those it inherits, its index terms, history, severity, categories and marks.

    The code, its severity, categories and marks are of the day asked for; notes and index are of the nearest edition
    that is carried, and `of_another_day` says where that is another.
    """
    asked = code.replace(".", "").strip().upper()
    found = page(tables, system, asked, day)
    if found is None:
        raise CodeNotFound(f"{asked} does not stand on {day}")
    return answer(found)
