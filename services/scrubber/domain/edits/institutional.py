"""What only a facility's claim says: type of bill, revenue codes, admission, discharge, UB-04 codes, DRG (837I)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from services.scrubber.domain.engine import INSTITUTIONAL, Circumstances, Defect, edit
from shared.claims import InstitutionalClaim
from shared.tables import Tables, ioce
from shared.tables.codes import ADMISSION_SOURCE, ADMISSION_TYPE, DISCHARGE_STATUS, REVENUE, TYPE_OF_BILL

_HOSPITAL_OUTPATIENT = {"13", "14", "83", "85"}
_HOSPITAL_INPATIENT = "11"
_UNSCHEDULED = {"1", "2", "5"}
_VISIT_REVENUE = {"0516", "0526", "0762"}
_STILL_PATIENT = "30"
_INTERIM = {"2", "3"}
_FINAL = {"1", "4"}
_EDIT_48_BILLS = {"13", "14"}
_PAID_WITHOUT_PROCEDURE = {"N", "F"}
_TOTAL = "0001"
_PREADMISSION_WINDOW = timedelta(days=3)


@edit(
    "type-of-bill-invalid",
    title="The type of bill is not one",
    predicted="A7:228",
    source="CMS Pub 100-04 ch. 25 §75.1 (FL 4); NUBC type of bill",
    kinds=INSTITUTIONAL,
    row=64,
)
def type_of_bill_invalid(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    if not on.is_code(TYPE_OF_BILL, claim.facility_type):
        yield Defect(
            "/facility_type",
            "Choose a facility type and classification that Medicare knows.",
            {"type_of_bill": claim.type_of_bill, "list": "facility_types"},
        )


@edit(
    "revenue-code-invalid",
    title="A revenue code is not on the list",
    predicted="A7:455",
    source="CMS Pub 100-04 ch. 25 §75.4 (FL 42); NUBC revenue codes",
    kinds=INSTITUTIONAL,
    row=68,
)
def revenue_code_invalid(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    for position, line in enumerate(claim.lines):
        if not on.is_code(REVENUE, line.revenue_code):
            yield Defect(
                f"/lines/{position}/revenue_code",
                f"Choose a revenue code of the list for line {position + 1}.",
                {"code": str(line.revenue_code), "list": "revenue_codes"},
            )


@edit(
    "revenue-code-needs-procedure",
    title="An outpatient revenue code needs a procedure code",
    version="2",
    predicted="A6:507",
    source="CMS Pub 100-04 ch. 4 §20.1 and ch. 25 §75.5 (FL 44); I/OCE, edit 48; 005010X223A2, SV202",
    kinds=INSTITUTIONAL,
    row=68,
)
def revenue_code_needs_procedure(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    if claim.facility_type not in _HOSPITAL_OUTPATIENT:
        return
    judged_by_editor = "ioce" in on.payer_rule.applies and claim.facility_type in _EDIT_48_BILLS
    for position, line in enumerate(claim.lines):
        if line.procedure is not None:
            continue
        by_editor = _needs_procedure(on.tables, line.revenue_code, on.day) if judged_by_editor else None
        if by_editor or (by_editor is None and on.listed("revenue_codes_with_procedure", line.revenue_code)):
            yield Defect(
                f"/lines/{position}/procedure",
                f"Give the procedure code of line {position + 1}: revenue code {line.revenue_code} needs one here.",
                {
                    "revenue_code": str(line.revenue_code),
                    "list": "revenue_codes_with_procedure" if by_editor is None else ioce.REVENUE.name,
                },
            )


def _needs_procedure(tables: Tables, revenue_code: str, day: date) -> bool | None:
    """Whether the I/OCE gives edit 48 to a line without procedure; None where it has nothing to say of the code.

    It passes packaged revenue codes (indicator N), those paid otherwise (F), its exempt ones, and the total (0001).
    """
    if not tables.carries(ioce.REVENUE, day):
        return None
    row = ioce.revenue(tables, revenue_code, day).row
    if row is None:
        return None
    return not (row.exempt_from_edit_48 or row.status_indicator in _PAID_WITHOUT_PROCEDURE or revenue_code == _TOTAL)


@edit(
    "patient-status-invalid",
    title="The patient's discharge status is missing or is not one",
    predicted="A7:234",
    source="CMS Pub 100-04 ch. 25 §75.2 (FL 17); 005010X223A2, CL103 (required)",
    kinds=INSTITUTIONAL,
    row=67,
)
def patient_status_invalid(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    if claim.patient_status is None:
        yield Defect("/patient_status", "Say how the patient left (discharge status).", predicted="A6:234")
    elif not on.is_code(DISCHARGE_STATUS, claim.patient_status):
        yield Defect(
            "/patient_status",
            "Choose a discharge status that was valid on the last day.",
            {"code": claim.patient_status, "day": on.day.isoformat(), "list": "patient_status"},
        )


@edit(
    "patient-status-frequency",
    title="The discharge status and the claim frequency contradict each other",
    predicted="A8:234",
    source="CMS Pub 100-04 ch. 3 §10.2 and §20.2.4: an interim bill says still patient (30), a final one does not",
    kinds=INSTITUTIONAL,
    row=67,
)
def patient_status_frequency(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    if claim.facility_type != _HOSPITAL_INPATIENT or claim.patient_status is None:
        return
    still_there = claim.patient_status == _STILL_PATIENT
    if (still_there and claim.frequency in _FINAL) or (not still_there and claim.frequency in _INTERIM):
        yield Defect(
            "/patient_status",
            "Bill a patient who is still there as interim (frequency 2 or 3), and one who left as final.",
            {"patient_status": claim.patient_status, "frequency": claim.frequency},
        )


@edit(
    "admission-type-invalid",
    title="The admission type is missing or is not one",
    predicted="A7:231",
    source="CMS Pub 100-04 ch. 25 §75.1 (FL 14); 005010X223A2, CL101",
    kinds=INSTITUTIONAL,
    row=66,
)
def admission_type_invalid(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    kind = claim.admission.type
    if kind is None:
        if claim.is_inpatient:
            yield Defect("/admission/type", "Give the type of admission.", predicted="A6:231")
    elif not on.is_code(ADMISSION_TYPE, kind):
        yield Defect("/admission/type", "Choose a type of admission of the list.", {"list": "admission_types"})


@edit(
    "admission-source-invalid",
    title="The point of origin is missing or is not one",
    predicted="A7:229",
    source="CMS Pub 100-04 ch. 25 §75.1 (FL 15); 005010X223A2, CL102",
    kinds=INSTITUTIONAL,
    row=66,
)
def admission_source_invalid(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    source = claim.admission.source
    if source is None:
        if claim.is_inpatient:
            yield Defect("/admission/source", "Say where the patient came from.", predicted="A6:229")
    elif not on.is_code(ADMISSION_SOURCE, source):
        yield Defect("/admission/source", "Choose a point of origin of the list.", {"list": "admission_sources"})


@edit(
    "admission-date-missing",
    title="An inpatient claim has no admission date",
    predicted="A6:189",
    source="CMS Pub 100-04 ch. 25 §75.1 (FL 12); 005010X223A2, 2300 DTP*435",
    kinds=INSTITUTIONAL,
    row=66,
)
def admission_date_missing(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    if claim.is_inpatient and claim.admission.date is None:
        yield Defect("/admission/date", "Give the date of admission.")


@edit(
    "admission-after-statement",
    title="The admission lies after the statement's last day",
    predicted="A8:189",
    source="CMS Pub 100-04 ch. 25 §75.1 (FL 6, FL 12)",
    kinds=INSTITUTIONAL,
    row=66,
)
def admission_after_statement(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    admitted = claim.admission.date
    if admitted is not None and admitted > claim.statement_through >= claim.statement_from:
        yield Defect(
            "/admission/date",
            "Correct the date of admission or the statement dates.",
            {"admission": admitted.isoformat(), "through": claim.statement_through.isoformat()},
        )


@edit(
    "admission-hour-missing",
    title="A hospital stay has no admission hour",
    predicted="A6:230",
    source="005010X223A2, 2300 DTP*435 with DT: hour required on inpatient hospital claims; NUBC FL 13",
    kinds=INSTITUTIONAL,
    row=66,
)
def admission_hour_missing(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    if claim.facility_type == _HOSPITAL_INPATIENT and claim.admission.date and claim.admission.hour is None:
        yield Defect("/admission/hour", "Give the hour of admission.")


@edit(
    "discharge-hour-missing",
    title="A final bill of a hospital stay has no discharge hour",
    predicted="A6:233",
    source="005010X223A2, 2300 DTP*096: required on final inpatient claims; NUBC FL 16",
    kinds=INSTITUTIONAL,
    row=67,
)
def discharge_hour_missing(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    final = claim.frequency in _FINAL and claim.patient_status != _STILL_PATIENT
    if claim.facility_type == _HOSPITAL_INPATIENT and final and claim.admission.discharge_hour is None:
        yield Defect("/admission/discharge_hour", "Give the hour of discharge.")


@edit(
    "discharge-hour-on-interim",
    title="A bill of a patient who is still there has a discharge hour",
    predicted="A7:233",
    source="005010X223A2, 2300 DTP*096: required on final inpatient claims, else not to be sent; NUBC FL 16",
    kinds=INSTITUTIONAL,
    row=67,
)
def discharge_hour_on_interim(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    still_there = claim.frequency in _INTERIM and claim.patient_status == _STILL_PATIENT
    if claim.is_inpatient and still_there and claim.admission.discharge_hour is not None:
        yield Defect(
            "/admission/discharge_hour",
            "Leave the hour of discharge out, or bill a patient who left as final (frequency 4).",
            {"frequency": claim.frequency},
        )


@edit(
    "admitting-diagnosis-missing",
    title="An inpatient claim has no admitting diagnosis",
    predicted="A6:232",
    source="005010X223A2, 2300 HI*ABJ: required on inpatient claims; CMS Pub 100-04 ch. 25 §75.6 (FL 69)",
    kinds=INSTITUTIONAL,
    row=66,
)
def admitting_diagnosis_missing(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    if claim.is_inpatient and claim.admitting_diagnosis is None:
        yield Defect("/admitting_diagnosis", "Give the diagnosis with which the patient was admitted.")


@edit(
    "reason-for-visit-missing",
    title="An unscheduled outpatient visit has no reason",
    predicted="A6:673",
    source="CMS Pub 100-04 ch. 25 §75.6 (FL 70): 13x and 85x, admission type 1, 2 or 5, revenue 045x, 0516, 0526, 0762",
    kinds=INSTITUTIONAL,
    row=72,
)
def reason_for_visit_missing(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    if claim.facility_type not in {"13", "85"} or claim.admission.type not in _UNSCHEDULED or claim.reasons_for_visit:
        return
    if any(line.revenue_code in _VISIT_REVENUE or line.revenue_code.startswith("045") for line in claim.lines):
        yield Defect("/reasons_for_visit", "Give the diagnosis for which the patient came.")


@edit(
    "procedure-date-outside-stay",
    title="An inpatient procedure has no date, or one outside the stay",
    predicted="A7:486",
    source="CMS Pub 100-04 ch. 25 §75.6 (FL 74): inside the statement; ch. 3 §40.3: or the 3 days before it",
    kinds=INSTITUTIONAL,
    row=71,
)
def procedure_date_outside_stay(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    if claim.statement_through < claim.statement_from:
        return
    first = claim.statement_from - _PREADMISSION_WINDOW
    for position, procedure in enumerate(claim.procedures):
        if procedure.date is None:
            yield Defect(
                f"/procedures/{position}/date", f"Give the date of procedure {position + 1}.", predicted="A6:486"
            )
        elif not first <= procedure.date <= claim.statement_through:
            yield Defect(
                f"/procedures/{position}/date",
                f"Correct the date of procedure {position + 1}: it lies outside the stay.",
                {"date": procedure.date.isoformat(), "earliest": first.isoformat()},
            )


@edit(
    "procedure-not-valid",
    title="An inpatient procedure code is not valid on the day of discharge",
    predicted="A7:465",
    source="45 CFR 162.1002(c)(3): ICD-10-PCS as of the date of discharge",
    kinds=INSTITUTIONAL,
    row=71,
)
def procedure_not_valid(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    for position, procedure in enumerate(claim.procedures):
        if not on.in_code_set("icd10pcs", procedure.code):
            yield Defect(
                f"/procedures/{position}/code",
                "Choose a code that is in ICD-10-PCS on the day of discharge.",
                {"code": str(procedure.code), "day": on.day.isoformat()},
            )
