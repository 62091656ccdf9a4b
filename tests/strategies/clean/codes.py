"""Codes of a day that go together, as their authorities publish them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from services.scrubber.parameters import code_lists
from shared.tables import CodeSets, Tables, icd10, icd10cm_tabular, ioce, mce, ncci

_ADMITTED_FOR_NOTHING = "RVWXYZ"
"""Chapters whose codes are no reason to be admitted: symptoms, external causes, contacts with health services."""
_EXEMPT_FROM_POA = ("B90", "B91", "B92", "B94", "E64", "I252", "I69", "O09", "O665", "O80", "O94", "P00", "Q", "Z")
"""ICD-10-CM Official Guidelines, appendix I, without external causes, and all of Z, of which a few are not exempt."""
_AGES: tuple[mce.AgeCategory, ...] = ("newborn", "pediatric", "maternity", "adult")
_NEVER = {"unspecified", "wrngproc", "manifestation", "delout"}
_SEX_OF = {"female": "F", "male": "M", "maternity": "F"}
_NEVER_FIRST = {"manifestation", "unacceptable", "ecodepdx", "qadm"}
_PAID_ALONE = {"A", "Q4", "S"}
"""Indicators of what the OPPS pays without a look at the rest of the bill."""
_TELLS_NOTHING = {
    *("fqhc_non_covered", "fqhc_preventive", "fqhc_non_packaged_preventive", "bypass_e72_fqhc_rhc", "telehealth"),
    *("part_b_billable", "colorectal", "coinsurance_deductible_waiver_eligible"),
}
"""Lists of the I/OCE that ask nothing of a hospital's bill."""
_LAST_OF_EDITOR = date(2026, 6, 30)
"""The last day that the I/OCE and the pairs of NCCI cover; codes of a later day are those of this one."""
_TRIES = 400


@dataclass(frozen=True)
class Who:
    """A patient, as far as codes go."""

    age: int
    """In completed years on the first day."""
    sex: str

    @classmethod
    def drawn(cls, chance: random.Random) -> Who:
        """Half of them old enough for Medicare, some of them newborn."""
        age = chance.choice([chance.randint(65, 90)] * 3 + [chance.randint(18, 64), chance.randint(1, 17), 0])
        return cls(age, chance.choice("FM"))


@dataclass(frozen=True)
class Codes:
    """What may stand on a claim of a day. Rejects and draws again until a code fits."""

    tables: Tables
    sets: CodeSets
    diagnoses: Sequence[str]
    """Every ICD-10-CM code that there ever was."""
    operations: Sequence[str]
    """The ICD-10-PCS codes likewise."""
    procedures: Sequence[str]
    """The HCPCS and CPT codes that the I/OCE lists."""

    @staticmethod
    @cache
    def known(tables: Tables) -> Codes:
        day = date(2026, 3, 31)
        return Codes(
            tables,
            CodeSets(tables),
            [code for code, _ in tables.on(icd10.CODES["icd10cm"], day).store.items() if code[0] not in "VWXY"],
            [code for code, _ in tables.on(icd10.CODES["icd10pcs"], day).store.items()],
            [code for code, _ in tables.on(ioce.PROCEDURES, day).store.items()],
        )

    def judged_by_ioce(self, day: date) -> bool:
        return self.tables.carries(ioce.PROCEDURES, day)

    def marks(self, code: str, day: date) -> frozenset[str]:
        """What the Medicare Code Editor marks on a diagnosis."""
        return frozenset(mce.diagnosis_marks(self.tables, code, day))

    def diagnosis(self, chance: random.Random, day: date, who: Who, *, first: bool) -> str:
        """A billable diagnosis that such a patient can have, and that names its side."""
        for _ in range(_TRIES):
            code = chance.choice(self.diagnoses)
            if self.sets.is_valid("icd10cm", code, day) and self._fits(code, day, who, first):
                return code
        raise LookupError(f"no diagnosis for {day}")

    def _fits(self, code: str, day: date, who: Who, first: bool) -> bool:
        marks = self.marks(code, day)
        if marks & _NEVER or any(mark in marks and who.sex != sex for mark, sex in _SEX_OF.items()):
            return False
        for category in _AGES:
            ages = mce.age_range(self.tables, category, day) if category in marks else None
            if ages is not None and not ages.lowest <= who.age <= ages.highest:
                return False
        if first and (marks & _NEVER_FIRST or code[0] in _ADMITTED_FOR_NOTHING):
            return False
        row = self._editor_row(code, day)
        return row is None or row.minimum_age <= who.age <= row.maximum_age

    def _editor_row(self, code: str, day: date) -> ioce.DiagnosisRow | None:
        if not self.judged_by_ioce(day):
            return None
        return ioce.row_on(self.tables.on(ioce.DIAGNOSES, day).store.rows(code), day)

    def diagnoses_of(self, chance: random.Random, day: date, count: int, who: Who) -> list[str]:
        """Different diagnoses without an Excludes1 note between any two."""
        chosen = [self.diagnosis(chance, day, who, first=True)]
        note_day = self.tables.nearest_day(icd10cm_tabular.INSTRUCTIONS, day)
        assert note_day is not None
        while len(chosen) < count:
            code = self.diagnosis(chance, day, who, first=False)
            apart = (icd10cm_tabular.excludes1_between(self.tables, code, one, note_day) is None for one in chosen)
            if code not in chosen and all(apart):
                chosen.append(code)
        return chosen

    @staticmethod
    def is_exempt_from_poa(code: str) -> bool:
        return code.startswith(_EXEMPT_FROM_POA) or (code[0] in "ST" and code[6:] in ("D", "S"))

    def operation(self, chance: random.Random, day: date) -> str:
        """A procedure of a stay that the editor has no mark on."""
        for _ in range(_TRIES):
            code = chance.choice(self.operations)
            if self.sets.is_valid("icd10pcs", code, day) and not mce.procedure_marks(self.tables, code, day):
                return code
        raise LookupError(f"no procedure for {day}")

    def services(self, chance: random.Random, day: date, count: int, *, age: int, hospital: bool) -> list[str]:
        """Different procedures of HCPCS and CPT that one provider may give on one day."""
        day = min(day, _LAST_OF_EDITOR)
        chosen: list[str] = []
        while len(chosen) < count:
            code = self._service(chance, day, age, hospital)
            if code not in chosen and not any(self._are_bundled(code, one, day) for one in chosen):
                chosen.append(code)
        return chosen

    def _service(self, chance: random.Random, day: date, age: int, hospital: bool) -> str:
        for _ in range(50 * _TRIES):
            code = chance.choice(self.procedures)
            row = ioce.row_on(self.tables.on(ioce.PROCEDURES, day).store.rows(code), day)
            if row is None or not row.minimum_age <= age <= row.maximum_age:
                continue
            if self._stands_alone(code, row, day) and (not hospital or self._is_paid_to_hospitals(row)):
                return code
        raise LookupError(f"no procedure for {day}")

    def _stands_alone(self, code: str, row: ioce.ProcedureRow, day: date) -> bool:
        """Needs neither words nor minutes, drug code or primary procedure beside it."""
        unlisted = code_lists()["unlisted_procedures"].on(day).has(code)
        needs = code[0] == "J" or "00100" <= code <= "01999" or unlisted
        return not needs and row.period_edit is None and ncci.primaries(self.tables, code, day) is None

    @staticmethod
    def _is_paid_to_hospitals(row: ioce.ProcedureRow) -> bool:
        return row.status_indicator in _PAID_ALONE and not row.bilateral and _TELLS_NOTHING.issuperset(row.lists)

    def _are_bundled(self, code: str, other: str, day: date) -> bool:
        return bool(ncci.edits_between(self.tables, "hospital", code, other, day))
