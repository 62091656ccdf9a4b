"""The reference tables as one request sees them."""

from typing import Annotated

from fastapi import Depends, Request

from shared.http.scope import runtime_of
from shared.tables import Tables


async def current_tables(request: Request) -> Tables:
    """As they are when the request comes; a release that is activated later is for the next one."""
    return runtime_of(request).tables.current()


CurrentTables = Annotated[Tables, Depends(current_tables)]
