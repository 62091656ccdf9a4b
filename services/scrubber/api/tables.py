"""The reference tables as one request sees them."""

from datetime import date
from typing import Annotated

from fastapi import Depends, Query, Request

from shared.http.scope import runtime_of
from shared.tables import Tables


def current_tables(request: Request) -> Tables:
    """As they are when the request comes; a release that is activated later is for the next one."""
    return runtime_of(request).tables.current()


CurrentTables = Annotated[Tables, Depends(current_tables)]
AskedDay = Annotated[date, Query(alias="date", description="The day of service.")]
