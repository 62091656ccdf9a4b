"""The code sets as one request sees them."""

from typing import Annotated

from fastapi import Depends

from shared.http import CurrentTables
from shared.tables import CodeSets


async def current_code_sets(tables: CurrentTables) -> CodeSets:
    return CodeSets(tables)


CurrentCodeSets = Annotated[CodeSets, Depends(current_code_sets)]
