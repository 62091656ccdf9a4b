"""What a service is asked and answers about a change of a reference table: whom it touches."""

from typing import Annotated

from pydantic import ConfigDict, Field

from shared.claims import Date, Many, Model
from shared.tables.touched import Period, Touch

MOST_CODES = 10_000
"""Codes or pairs of codes in one question."""

_Key = Annotated[str, Field(pattern=r"^[0-9A-Z]{1,10}( [0-9A-Z]{1,10})?$")]


class TableChange(Model):
    """Codes that a release of a table brings, gives up or revises, and the days that the release answers for."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"table": "ncci.ptp.practitioner", "effective": "2026-10-01", "codes": ["80053 82947", "80053 84450"]}
            ]
        }
    )

    table: Annotated[str, Field(pattern=r"^[a-z0-9_.]{1,100}$")]
    effective: Date
    through: Date | None = None
    """The last day of the release; None where it has no end."""
    codes: Annotated[Many[_Key], Field(min_length=1, max_length=MOST_CODES)]
    """Codes without dots, or pairs of codes parted by a space: a pair touches whoever holds both."""

    @property
    def touch(self) -> Touch:
        return Touch.of(self.table, self.codes)

    @property
    def period(self) -> Period:
        return Period(self.effective, self.through)


class Touched(Model):
    """A chart or claim that holds changed codes."""

    id: str
    codes: Many[str]
    """Those of the question that it holds, in their order."""
