"""The day that a lookup in the reference tables is for."""

from datetime import date
from typing import Annotated

from fastapi import Query

AskedDay = Annotated[date, Query(alias="date", description="The day of service.")]
