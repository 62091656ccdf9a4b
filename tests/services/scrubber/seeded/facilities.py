"""Defects of a facility's claim: type of bill, dates, admission, discharge, UB-04 codes, what CMS's editors return."""

from __future__ import annotations

import random
from datetime import date, timedelta
from functools import cache

from shared.runtime import embedded_tables
from shared.tables import mce, ncci
from tests.services.scrubber.seeded import (
    FACILITY,
    INPATIENT,
    NOT_HERE,
    OUTPATIENT,
    Document,
    Seeded,
    Spoil,
    billed,
    first_day,
    is_medicare,
    put,
)
from tests.strategies.clean.codes import Codes

_LAST_OF_EDITOR = date(2026, 6, 30)
_TRIES = 20


def _day(text: str, days: int) -> str:
    return (date.fromisoformat(text) + timedelta(days=days)).isoformat()


def statement_backwards(document: Document, chance: random.Random) -> object:
    """A stay, whose lines have no days of their own to fall outside."""
    document["statement_through"] = _day(document["statement_from"], -1)
    document["procedures"], document["occurrences"] = [], []
    return NOT_HERE if document["patient_status"] == "20" else None


def line_after_statement(document: Document, chance: random.Random) -> None:
    document["lines"][0]["service_from"] = _day(document["statement_through"], 1)


def line_before_statement(document: Document, chance: random.Random) -> None:
    document["lines"][-1]["service_from"] = _day(document["statement_from"], -1)


def statement_not_over(document: Document, chance: random.Random) -> object:
    if document["lines"][0]["unit"] == "DA":
        return NOT_HERE
    document["statement_through"] = "2029-02-01"
    return None


def admitted_after(document: Document, chance: random.Random) -> None:
    document["admission"]["date"] = _day(document["statement_through"], 1)


def no_discharge_hour(document: Document, chance: random.Random) -> object:
    if document["frequency"] not in "14" or document["patient_status"] == "30":
        return NOT_HERE
    document["admission"]["discharge_hour"] = None
    return None


def left_and_still_there(document: Document, chance: random.Random) -> object:
    if document["patient_status"] != "30":
        return NOT_HERE
    document["admission"]["discharge_hour"] = 11
    return None


def final_and_still_there(document: Document, chance: random.Random) -> object:
    if document["frequency"] != "1" or document["patient_status"] == "20":
        return NOT_HERE
    document["patient_status"] = "30"
    return None


def interim_and_gone(document: Document, chance: random.Random) -> object:
    if document["patient_status"] != "30":
        return NOT_HERE
    document["patient_status"] = "01"
    return None


def died_without_a_day(document: Document, chance: random.Random) -> object:
    if document["patient_status"] != "20" or not is_medicare(document):
        return NOT_HERE
    document["occurrences"] = []
    return None


def laboratory_without_code(document: Document, chance: random.Random) -> object:
    if document["facility_type"] not in ("13", "85"):
        return NOT_HERE
    line = next((one for one in document["lines"] if one["revenue_code"].startswith("030")), None)
    if line is None or line["adjudications"]:
        return NOT_HERE
    line["procedure"] = None
    return None


def emergency_without_reason(document: Document, chance: random.Random) -> object:
    if not document["reasons_for_visit"]:
        return NOT_HERE
    document["reasons_for_visit"] = []
    return None


def procedure_after_stay(document: Document, chance: random.Random) -> object:
    if not document["procedures"]:
        return NOT_HERE
    document["procedures"][0]["date"] = _day(document["statement_through"], 1)
    return None


def procedure_long_before(document: Document, chance: random.Random) -> object:
    if not document["procedures"]:
        return NOT_HERE
    document["procedures"][0]["date"] = _day(document["statement_from"], -4)
    return None


def no_such_operation(document: Document, chance: random.Random) -> object:
    if not document["procedures"]:
        return NOT_HERE
    document["procedures"][0]["code"] = "0DTJ4ZX"
    return None


def span_backwards(document: Document, chance: random.Random) -> None:
    through = _day(document["statement_from"], -1)
    document["occurrence_spans"] = [{"code": "74", "from_date": document["statement_from"], "through_date": through}]


def presence_not_said(document: Document, chance: random.Random) -> object:
    if not is_medicare(document) or document["drg"] is None or document["diagnoses"][0]["poa"] is None:
        return NOT_HERE
    document["diagnoses"][0]["poa"] = None
    return None


def operation_needs_authorization(document: Document, chance: random.Random) -> object:
    """42 CFR 419.83(a)(1): blepharoplasty in a hospital's outpatient department, here as the only line."""
    if document["facility_type"] != "13" or not is_medicare(document) or len(document["lines"]) != 1:
        return NOT_HERE
    if document["lines"][0]["adjudications"] or first_day(document) > _LAST_OF_EDITOR:
        return NOT_HERE
    document["lines"][0] |= {"revenue_code": "0360", "procedure": "15823", "modifiers": [], "drug": None, "units": "1"}
    return None


def no_such_drg(document: Document, chance: random.Random) -> object:
    if not is_medicare(document):
        return NOT_HERE
    document["drg"] = "000"
    return None


def _stay_of_medicare(document: Document) -> bool:
    return billed(document)["filing_indicator"] == "MA" and document["frequency"] in "14"


def _principal(mark: str, age_from: int = 0) -> Spoil:
    """A principal diagnosis that the Medicare Code Editor marks so."""

    def spoil(document: Document, chance: random.Random) -> object:
        day = date.fromisoformat(document["statement_through"])
        age = day.year - date.fromisoformat(document["patient"]["birth_date"]).year
        if not _stay_of_medicare(document) or age < age_from:
            return NOT_HERE
        codes = Codes.known(embedded_tables().current())
        tried = (chance.choice(_marked(mark)) for _ in range(_TRIES))
        fits = (one for one in tried if codes.marks(one, day) == {mark} and codes.sets.is_valid("icd10cm", one, day))
        code = next(fits, None)
        if code is None:
            return NOT_HERE
        document["diagnoses"] = [{"code": code, "poa": None if codes.is_exempt_from_poa(code) else "Y"}]
        return None

    spoil.__name__ = f"principal_{mark}"
    return spoil


@cache
def _marked(mark: str) -> list[str]:
    """The codes with this mark of the editor and with no other."""
    items = embedded_tables().current().on(mce.DIAGNOSES, _LAST_OF_EDITOR).store.items()
    return [code for code, rows in items if any(row.marks == (mark,) for row in rows)]


def surgery_for_inpatients(document: Document, chance: random.Random) -> object:
    """33533, a bypass graft, has status indicator C (CMS, OPPS Addendum E)."""
    if not _one_line_of_a_day(document):
        return NOT_HERE
    document["lines"][0] |= {"revenue_code": "0360", "procedure": "33533", "modifiers": [], "drug": None, "units": "1"}
    return None


def visit_by_a_practitioners_code(document: Document, chance: random.Random) -> object:
    """Hospitals bill a clinic visit as G0463 since 2014 (78 FR 74826)."""
    if not _one_line_of_a_day(document):
        return NOT_HERE
    document["lines"][0] |= {"revenue_code": "0510", "procedure": "99213", "modifiers": [], "drug": None, "units": "1"}
    return None


def observation_on_two_lines(document: Document, chance: random.Random) -> object:
    if not _of_hospital(document) or len(document["coverages"]) > 1:
        return NOT_HERE
    line = next((one for one in document["lines"] if one["procedure"] == "G0378"), None)
    if line is None:
        return NOT_HERE
    document["lines"].append(
        {**line, "number": len(document["lines"]) + 1, "service_from": document["statement_through"]}
    )
    document["total_charge"] = f"{float(document['total_charge']) + float(line['charge']):.2f}"
    return None


def drug_without_procedure(document: Document, chance: random.Random) -> object:
    """I/OCE edit 99: a pass-through or separately paid drug with nothing that is paid for beside it."""
    if not _one_line_of_a_day(document):
        return NOT_HERE
    document["lines"][0] |= {
        "revenue_code": "0636",
        "procedure": "J9271",
        "modifiers": [],
        "drug": None,
        "units": "200",
    }
    return None


def bundled_pair(document: Document, chance: random.Random) -> object:
    """Two services that NCCI never pays together, from its own table."""
    if not _one_line_of_a_day(document):
        return NOT_HERE
    tables, day = embedded_tables().current(), first_day(document)
    for column_1 in chance.sample(["80053", "93000", "71046", "70450", "76700", "93306", "74177"], 7):
        for edit in ncci.bundled_into(tables, "hospital", column_1, day):
            if edit.span.modifier == "0" and edit.column_2 in (
                "80048",
                "93005",
                "71045",
                "70470",
                "76705",
                "93307",
                "74150",
            ):
                line = document["lines"][0] | {"modifiers": [], "drug": None, "units": "1"}
                document["lines"] = [
                    line | {"number": 1, "procedure": column_1, "revenue_code": "0320"},
                    line | {"number": 2, "procedure": edit.column_2, "revenue_code": "0320"},
                ]
                document["total_charge"] = f"{2 * float(line['charge']):.2f}"
                return None
    return NOT_HERE


def lonely_add_on(document: Document, chance: random.Random) -> object:
    """97598, further debridement, without 97597 (CMS add-on edits, type 1)."""
    if not _one_line_of_a_day(document):
        return NOT_HERE
    document["lines"][0] |= {"revenue_code": "0761", "procedure": "97598", "modifiers": [], "drug": None, "units": "1"}
    return None


def _of_hospital(document: Document) -> bool:
    covered = date.fromisoformat(document["statement_through"]) <= _LAST_OF_EDITOR
    return document["facility_type"] == "13" and billed(document)["filing_indicator"] == "MA" and covered


def _one_line_of_a_day(document: Document) -> bool:
    one = len(document["lines"]) == len(document["coverages"]) == 1 and document["frequency"] == "1"
    return _of_hospital(document) and one and document["statement_from"] == document["statement_through"]


DEFECTS = [
    Seeded("type-of-bill-invalid", put("facility_type", "19"), OUTPATIENT, 64),
    Seeded("type-of-bill-invalid", put("facility_type", "99"), OUTPATIENT, 64),
    Seeded("frequency-invalid", put("frequency", "6"), OUTPATIENT, 41),
    Seeded("statement-reversed", statement_backwards, INPATIENT, 65, also=frozenset({"admission-after-statement"})),
    Seeded("statement-future", statement_not_over, OUTPATIENT, 65),
    Seeded(
        "line-date-outside-statement", line_after_statement, OUTPATIENT, 65, also=frozenset({"service-date-future"})
    ),
    Seeded("line-date-outside-statement", line_before_statement, OUTPATIENT, 65),
    Seeded("admission-date-missing", put("admission.date", None), INPATIENT, 66),
    Seeded("admission-after-statement", admitted_after, INPATIENT, 66),
    Seeded("admission-hour-missing", put("admission.hour", None), INPATIENT, 66),
    Seeded("admission-type-invalid", put("admission.type", None), INPATIENT, 66),
    Seeded("admission-type-invalid", put("admission.type", "7"), FACILITY, 66),
    Seeded("admission-source-invalid", put("admission.source", None), INPATIENT, 66),
    Seeded("admission-source-invalid", put("admission.source", "7"), FACILITY, 66),
    Seeded("admitting-diagnosis-missing", put("admitting_diagnosis", None), INPATIENT, 66),
    Seeded("discharge-hour-missing", no_discharge_hour, INPATIENT, 67),
    Seeded("discharge-hour-on-interim", left_and_still_there, INPATIENT, 67),
    Seeded("patient-status-invalid", put("patient_status", None), OUTPATIENT, 67),
    Seeded("patient-status-invalid", put("patient_status", "99"), OUTPATIENT, 67),
    Seeded("patient-status-frequency", final_and_still_there, INPATIENT, 67),
    Seeded("patient-status-frequency", interim_and_gone, INPATIENT, 67),
    Seeded("revenue-code-invalid", put("lines.0.revenue_code", "9999"), FACILITY, 68),
    Seeded("revenue-code-invalid", put("lines.0.revenue_code", "0195"), FACILITY, 68),
    Seeded("revenue-code-needs-procedure", laboratory_without_code, OUTPATIENT, 68),
    Seeded("attending-missing", put("attending", None), FACILITY, 69),
    Seeded("attending-missing", put("attending.npi", None), FACILITY, 69),
    Seeded("provider-npi-invalid", put("attending.npi", "1234567890"), FACILITY, 69),
    Seeded("condition-code-invalid", put("condition_codes", ["0A"]), FACILITY, 70),
    Seeded("occurrence-code-invalid", put("occurrences", [{"code": "99", "date": "2024-01-01"}]), OUTPATIENT, 70),
    Seeded("occurrence-span-invalid", span_backwards, FACILITY, 70),
    Seeded("value-code-invalid", put("values", [{"code": "0A", "amount": "1.00"}]), FACILITY, 70),
    Seeded("procedure-date-outside-stay", procedure_after_stay, INPATIENT, 71),
    Seeded("procedure-date-outside-stay", procedure_long_before, INPATIENT, 71),
    Seeded("procedure-not-valid", no_such_operation, INPATIENT, 71),
    Seeded("reason-for-visit-missing", emergency_without_reason, OUTPATIENT, 72),
    Seeded("diagnosis-poa-missing", presence_not_said, INPATIENT, 48),
    Seeded("diagnosis-poa-not-one", put("diagnoses.0.poa", "1"), INPATIENT, 48),
    Seeded("payer-authorization-required", operation_needs_authorization, OUTPATIENT, 60),
    Seeded("death-date-missing", died_without_a_day, INPATIENT),
    Seeded("drg-not-valid", no_such_drg, INPATIENT),
    Seeded("mce-manifestation-principal", _principal("manifestation"), INPATIENT),
    Seeded("mce-unacceptable-principal", _principal("unacceptable"), INPATIENT),
    Seeded("mce-age-conflict", _principal("newborn", age_from=2), INPATIENT),
    Seeded("mce-unspecified-code", _principal("unspecified"), INPATIENT),
    Seeded("ioce-inpatient-only", surgery_for_inpatients, OUTPATIENT),
    Seeded("ioce-not-recognized-by-opps", visit_by_a_practitioners_code, OUTPATIENT),
    Seeded("ioce-observation-twice", observation_on_two_lines, OUTPATIENT),
    Seeded("ioce-drug-without-procedure", drug_without_procedure, OUTPATIENT),
    Seeded("ncci-pair-never-paid", bundled_pair, OUTPATIENT),
    Seeded("add-on-without-primary", lonely_add_on, OUTPATIENT, also=frozenset({"ioce-only-incidental"})),
]
