"""Stays as nearly all are written, from JSON to the engine's terms with no model between.

Only what the models would take as it stands is taken here; anything else goes the long way, which says what is wrong.
Codes are read by the models, each distinct one once, and judged by the tables once a day of discharge: a hospital's few
thousand codes come again and again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import orjson

from services.grouper.domain.engine import GrouperInput
from services.grouper.domain.rules import Rules
from shared.claims import AS_RECEIVED, Diagnosis, Procedure
from shared.errors import ServiceError
from shared.tables import CodeSets, CodeSystem, Tables, ipps, mce

_MEMBERS = frozenset(
    {"kind", "discharge_date", "age", "sex", "discharge_status", "diagnoses", "procedures", "poa_exempt"}
)
_SEXES = frozenset({"F", "M", "U"})
_STATUSES = frozenset(f"{number:02}" for number in range(100))
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOST_CODES = 25
_CODES_KEPT, _DAYS_KEPT = 16_384, 64

NOT_PLAIN = (ValueError, TypeError, LookupError, AttributeError, ServiceError)
"""What reading a document raises that is not as nearly all are."""

_Diagnosis = tuple[str, str | None]


class _Diagnoses(dict[_Diagnosis, _Diagnosis]):
    """Code and POA indicator as the models read them, by what is written; begins anew when it is full."""

    def __missing__(self, written: _Diagnosis) -> _Diagnosis:
        if len(self) >= _CODES_KEPT:
            self.clear()
        read = Diagnosis.model_validate({"code": written[0], "poa": written[1]}, context=AS_RECEIVED)
        value = self[written] = (str(read.code), read.poa)
        return value


class _Procedures(dict[tuple[str, str | None], str]):
    """The code, by code and day as written."""

    def __missing__(self, written: tuple[str, str | None]) -> str:
        code, day = written
        if day is not None and _DAY.fullmatch(day) is None:
            raise ValueError(day)
        if len(self) >= _CODES_KEPT:
            self.clear()
        read = Procedure.model_validate({"code": code, "date": day}, context=AS_RECEIVED)
        value = self[written] = str(read.code)
        return value


class KnownDay:
    """What rules and tables say of one day of discharge, kept as it is asked for."""

    def __init__(self, day: date, rules: Rules, tables: Tables) -> None:
        self.day = day
        self.version = rules.version_on(day)
        self.highest_age = rules.highest_age.on(day)
        self._tables = tables
        self._valid: dict[CodeSystem, set[str]] = {"icd10cm": set(), "icd10pcs": set()}
        self._statuses: dict[str, bool] = {}
        self._weights: dict[int, Decimal | None] = {}

    def takes(self, asked: GrouperInput) -> bool:
        """Whether the discharge status and every code are valid. Raises NoRelease."""
        status = asked.discharge_status
        if status not in self._statuses:
            self._statuses[status] = mce.is_discharge_status(self._tables, status, self.day)
        return (
            self._statuses[status]
            and not self.invalid("icd10cm", [code for code, _poa in asked.diagnoses])
            and not self.invalid("icd10pcs", asked.procedures)
        )

    def invalid(self, system: CodeSystem, codes: Sequence[str]) -> list[int]:
        """Places of the codes that are not valid, from 0. Raises NoRelease."""
        valid = self._valid[system]
        if valid.issuperset(codes):
            return []
        places = CodeSets(self._tables).invalid(system, codes, self.day)
        valid.update(code for place, code in enumerate(codes) if place not in places)
        return places

    def weight(self, drg: int) -> Decimal | None:
        """Of Table 5; None where no weights of the day are loaded."""
        if drg not in self._weights:
            self._weights[drg] = ipps.weight(self._tables, f"{drg:03}", self.day)
        return self._weights[drg]


class PlainStay(NamedTuple):
    """A stay in the engine's terms, and its day of discharge."""

    asked: GrouperInput
    day: KnownDay


class PlainStays:
    """Reads stays by the tables that it is asked with. For one thread at a time."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._tables: Tables | None = None
        self._days: dict[str, KnownDay] = {}
        self._diagnoses, self._procedures = _Diagnoses(), _Procedures()

    def checked(self, content: bytes, tables: Tables) -> PlainStay | None:
        """The stay in a JSON document, where it may go to the engine; None for whatever must go the long way."""
        try:
            document = orjson.loads(content)
            if document["kind"] != "stay" or not _each_once(document, content):
                return None
            plain = self.read(document, tables)
            return plain if plain is not None and plain.day.takes(plain.asked) else None
        except NOT_PLAIN:
            return None

    def read(self, document: Mapping[str, Any], tables: Tables) -> PlainStay | None:
        """A stay whose facts are written plainly, its codes not judged; None or one of `NOT_PLAIN` for any other."""
        if not document.keys() <= _MEMBERS:
            return None
        day = self.day(document["discharge_date"], tables)
        age, sex, status = document["age"], document["sex"], document["discharge_status"]
        poa_exempt = document.get("poa_exempt", False)
        coded, operations = document["diagnoses"], document.get("procedures", ())
        # What has other members beside these is left out here, and missed below.
        diagnoses = [self._diagnoses[one["code"], one.get("poa")] for one in coded if len(one) == 1 + ("poa" in one)]
        procedures = [
            self._procedures[one["code"], one.get("date")] for one in operations if len(one) == 1 + ("date" in one)
        ]
        if (
            day.version is None
            or type(age) is not int
            or not 0 <= age <= day.highest_age
            or sex not in _SEXES
            or status not in _STATUSES
            or type(poa_exempt) is not bool
            or not 0 < len(diagnoses) <= _MOST_CODES
            or len(diagnoses) != len(coded)
            or len(procedures) > _MOST_CODES
            or len(procedures) != len(operations)
        ):
            return None
        asked = GrouperInput(day.version, age, sex, status, poa_exempt, tuple(diagnoses), tuple(procedures))
        return PlainStay(asked, day)

    def day(self, text: str, tables: Tables) -> KnownDay:
        """The day that a text such as `2026-11-20` says. Raises ValueError."""
        if tables is not self._tables:
            self._tables, self._days = tables, {}
        known = self._days.get(text)
        if known is None:
            if _DAY.fullmatch(text) is None:
                raise ValueError(text)
            if len(self._days) >= _DAYS_KEPT:
                self._days.clear()
            known = self._days[text] = KnownDay(date.fromisoformat(text), self._rules, tables)
        return known


def _each_once(document: dict[str, Any], content: bytes) -> bool:
    """Whether no key stands twice, which the parser would not say: each member has its colon, and no text has one."""
    members = len(document) + sum(map(len, document["diagnoses"])) + sum(map(len, document.get("procedures", ())))
    return content.count(b":") == members and b"\\" not in content
