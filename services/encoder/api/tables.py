"""The code sets, and the names that they have for conditions, as one request sees them."""

from typing import Annotated

from anyio import to_thread
from fastapi import Depends

from services.encoder.domain.reading.lexicon import Lexicon
from services.encoder.lexicon_store import lexicon_of
from shared.http import CurrentTables
from shared.tables import CodeSets


async def current_code_sets(tables: CurrentTables) -> CodeSets:
    return CodeSets(tables)


async def current_lexicon(tables: CurrentTables) -> Lexicon:
    return await to_thread.run_sync(lexicon_of, tables)


CurrentCodeSets = Annotated[CodeSets, Depends(current_code_sets)]
CurrentLexicon = Annotated[Lexicon, Depends(current_lexicon)]
