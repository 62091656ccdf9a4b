"""Which codes a patient can have: what a search is narrowed to.

Ages are those of the Medicare Code Editor (edit 4). Its edit for sex ended with discharges of 2024-09-30 (edit 5): the
lists of its last day still say which diagnoses and procedures are of one sex, and a search may ask for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from services.encoder.domain.terms.point import NamedSystem
from shared.tables import Tables, mce
from shared.tables.mce import AgeCategory

_AGE_CATEGORIES: tuple[AgeCategory, ...] = get_args(AgeCategory)
_OTHER_SEX = {"F": "male", "M": "female"}
_LAST_DAY_OF_SEX = date(2024, 9, 30)

OneSex = Literal["F", "M"]


@dataclass(frozen=True, slots=True)
class CodeFilter:
    """Of whom codes must be; None where it does not matter."""

    age: int | None = None
    """In completed years."""
    sex: OneSex | None = None

    def admits(self, tables: Tables, system: NamedSystem, code: str, day: date) -> bool:
        """Whether a code of that day fits. A heading fits where nothing speaks against it by itself."""
        return self._of_age(tables, system, code, day) and self._of_sex(tables, system, code, day)

    def _of_age(self, tables: Tables, system: NamedSystem, code: str, day: date) -> bool:
        asked = tables.nearest_day(mce.AGE_RANGES, day)
        if self.age is None or asked is None:
            return True
        marks = _marks(tables, system, code, day)
        ranges = (mce.age_range(tables, category, asked) for category in _AGE_CATEGORIES if category in marks)
        return all(ages is None or ages.lowest <= self.age <= ages.highest for ages in ranges)

    def _of_sex(self, tables: Tables, system: NamedSystem, code: str, day: date) -> bool:
        return self.sex is None or _OTHER_SEX[self.sex] not in _marks(tables, system, code, min(day, _LAST_DAY_OF_SEX))


def _marks(tables: Tables, system: NamedSystem, code: str, day: date) -> tuple[str, ...]:
    """The editor's marks on the nearest day that it is carried for; none for codes that it does not know."""
    if system == "icd10cm":
        nearest = tables.nearest_day(mce.DIAGNOSES, day)
        return mce.diagnosis_marks(tables, code, nearest) if nearest else ()
    if system == "icd10pcs":
        nearest = tables.nearest_day(mce.PROCEDURES, day)
        return mce.procedure_marks(tables, code, nearest) if nearest else ()
    return ()
