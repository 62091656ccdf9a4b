"""The I/OCE on hospital outpatient bills: what it says of each diagnosis, procedure, modifier and revenue code.

Not here because they are edits of every claim: a diagnosis, procedure or revenue code that is not valid (edits 1, 6,
41 of NUBC's list), an external cause in the first place (5), a revenue code that needs a procedure (48). Sex (3, 8) is
not in the I/OCE's data any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from services.scrubber.domain.engine import INSTITUTIONAL, Defect
from services.scrubber.domain.outpatient_visit import Visit, VisitLine, by_edit, editor_edit, ioce_edit
from shared.tables.codes import REVENUE

_REJECTED = "LIR"
_DENIED = "LID"
_NOT_COVERED = "CARC 96"
_TOKEN_CHARGE = Decimal("1.01")
_PATIENT_CONVENIENCE = "099"
_PERIOD_ANSWERS = {"67": "CARC 114"}
"""Where the answer is known by more than its disposition: the FDA had not approved the product."""
_PARTIAL_HOSPITALIZATION = frozenset({"41", "92"})
"""Condition codes of partial hospitalization and of intensive outpatient programs."""
_OPIOID_PROGRAM = "89"
"""Condition code of an opioid treatment program that belongs to a hospital."""
_OBSERVATION_REVENUE = "0762"


@ioce_edit(2, "ioce-diagnosis-age", title="A diagnosis of an outpatient contradicts the patient's age")
def ioce_diagnosis_age(visit: Visit) -> Iterator[Defect]:
    if visit.age is None:
        return
    for pointer, diagnosis, row in visit.diagnoses:
        if not row.minimum_age <= visit.age <= row.maximum_age:
            ages = f"{row.minimum_age}-{row.maximum_age}"
            yield Defect(
                f"{pointer}/code",
                f"Correct the diagnosis or the birth date: it is given at ages {ages}.",
                {"code": diagnosis.code.dotted, "ages": ages},
            )


@ioce_edit(86, "ioce-manifestation-principal", title="A manifestation is the first diagnosis of an outpatient")
def ioce_manifestation_principal(visit: Visit) -> Iterator[Defect]:
    if visit.principal is not None and visit.principal[1].manifestation:
        evidence = {"code": visit.principal[0].code.dotted}
        yield Defect("/diagnoses/0/code", "Put the disease first that this is a manifestation of.", evidence)


@ioce_edit(
    113, "ioce-unacceptable-principal", title="This diagnosis cannot be the first one of a partial hospitalization"
)
def ioce_unacceptable_principal(visit: Visit) -> Iterator[Defect]:
    # The list is that of hospital stays with more codes of mental health. It cannot be meant for every outpatient: it
    # has screening and immunisation, which are the reason for many a visit (ICD-10-CM Official Guidelines IV.A.1).
    if visit.principal is None or not _PARTIAL_HOSPITALIZATION.intersection(visit.claim.condition_codes):
        return
    diagnosis, row = visit.principal
    # A manifestation or an external cause in the first place is told of by its own edit.
    if row.unacceptable_principal and not (row.manifestation or row.external_cause):
        evidence = {"code": diagnosis.code.dotted}
        yield Defect("/diagnoses/0/code", "Put the condition first that was the reason for the visit.", evidence)


@ioce_edit(7, "ioce-procedure-age", title="A procedure contradicts the outpatient's age", predicted=_REJECTED)
def ioce_procedure_age(visit: Visit) -> Iterator[Defect]:
    for line in visit.lines:
        row = line.listed
        if row is not None and visit.age is not None and not row.minimum_age <= visit.age <= row.maximum_age:
            ages = f"{row.minimum_age}-{row.maximum_age}"
            yield line.defect(
                f"Correct the procedure of line {line.number} or the birth date: it is done at ages {ages}.", ages=ages
            )


@ioce_edit(
    9,
    "ioce-non-covered",
    title="Medicare does not cover an outpatient service",
    predicted=_NOT_COVERED,
    section="CMS Pub 100-04 ch. 1 §60",
)
def ioce_non_covered(visit: Visit) -> Iterator[Defect]:
    message = "Bill line {} as non-covered, with the modifier that says why, or drop it."
    for line in visit.lines_on("non_covered"):
        if line.billed_for_payment:
            yield line.defect(message.format(line.number))
    for line in visit.lines:
        convenience = line.line.procedure is None and line.line.revenue_code.startswith(_PATIENT_CONVENIENCE)
        if convenience and line.billed_for_payment:
            yield line.defect(message.format(line.number), "revenue_code")


@ioce_edit(50, "ioce-statutory-exclusion", title="The law excludes an outpatient service from Medicare")
def ioce_statutory_exclusion(visit: Visit) -> Iterator[Defect]:
    for line in visit.lines_on("statutory_exclusion"):
        if line.billed_for_payment:
            yield line.defect(f"Bill line {line.number} as non-covered with modifier GY, or drop it.")


@ioce_edit(
    12,
    "ioce-questionable-service",
    title="Medicare covers an outpatient service only in some circumstances",
    predicted="SUS",
    severity="warning",
)
def ioce_questionable_service(visit: Visit) -> Iterator[Defect]:
    for line in visit.lines_on("questionable"):
        yield line.defect(f"Have the record at hand for line {line.number}: the contractor looks at it before it pays.")


@ioce_edit(
    18,
    "ioce-inpatient-only",
    title="A procedure that is paid for inpatients only is billed for an outpatient",
    predicted=_DENIED,
    section="42 CFR 419.22(n); CMS Pub 100-04 ch. 4 §180.7",
)
def ioce_inpatient_only(visit: Visit) -> Iterator[Defect]:
    if not visit.is_outpatient:
        return
    for line in visit.lines:
        if line.indicator == "C" and line.billed_for_payment and not _is_excused(visit, line):
            yield line.defect(
                f"Look whether the patient was admitted for line {line.number}: this procedure is paid for inpatients.",
                indicator="C",
            )


def _is_excused(visit: Visit, line: VisitLine) -> bool:
    """Part of another procedure (edit 45), or done in an emergency on one who died or was sent on."""
    return visit.is_part_of_another(line) or line in visit.emergencies


@ioce_edit(
    45,
    "ioce-inpatient-separate-procedure",
    title="An inpatient procedure is part of an outpatient one of the same day",
    predicted=_REJECTED,
)
def ioce_inpatient_separate_procedure(visit: Visit) -> Iterator[Defect]:
    for line in visit.lines_on("separate_procedure"):
        if visit.is_outpatient and line.billed_for_payment and visit.is_part_of_another(line):
            yield line.defect(f"Drop line {line.number}, or bill it as non-covered: it is part of another procedure.")


@ioce_edit(
    28,
    "ioce-not-recognized-by-medicare",
    title="Medicare does not take a code on outpatient bills",
    predicted=_REJECTED,
)
def ioce_not_recognized_by_medicare(visit: Visit) -> Iterator[Defect]:
    for line in visit.lines_on("not_recognized_mcare"):
        # Codes that only report, such as those of quality measures, stand on a bill with no more than a token charge.
        if line.billed_for_payment and line.line.charge > _TOKEN_CHARGE:
            yield line.defect(f"Choose the code by which Medicare takes the service of line {line.number}.")


@ioce_edit(62, "ioce-not-recognized-by-opps", title="The OPPS does not take a code: another stands for the service")
def ioce_not_recognized_by_opps(visit: Visit) -> Iterator[Defect]:
    for line in visit.lines_on("not_recognized_opps"):
        yield line.defect(
            f"Choose the code by which hospitals bill the service of line {line.number} (a visit, for one, is G0463).",
            indicator=line.indicator,
        )


@ioce_edit(
    66,
    "ioce-manual-pricing",
    title="A drug without a code of its own is priced by hand",
    predicted="SUS",
    severity="warning",
    section="CMS Pub 100-04 ch. 17 §90.3",
)
def ioce_manual_pricing(visit: Visit) -> Iterator[Defect]:
    for line in visit.lines_on("unclassified_drug"):
        yield line.defect(f"Give the drug, its NDC, its amount and its day in the remarks for line {line.number}.")


@ioce_edit(
    116,
    "ioce-opioid-treatment-outside-program",
    title="Opioid treatment is billed by a hospital that does not say it is a program",
    section="CMS Pub 100-04 ch. 39; condition code 89",
)
def ioce_opioid_treatment_outside_program(visit: Visit) -> Iterator[Defect]:
    if _OPIOID_PROGRAM not in visit.claim.condition_codes:
        for line in visit.lines_on("opioid_treatment_program"):
            yield line.defect(f"Give condition code 89 if line {line.number} is of the hospital's enrolled program.")


@ioce_edit(61, "ioce-equipment-contractor", title="An item goes to the equipment contractor, not on a hospital's bill")
def ioce_equipment_contractor(visit: Visit) -> Iterator[Defect]:
    for line in visit.lines_on("dmerc_billable_only"):
        yield line.defect(f"Bill line {line.number} to the contractor for durable medical equipment.")


@ioce_edit(72, "ioce-not-billable", title="A service cannot be billed to the contractor of hospitals")
def ioce_not_billable(visit: Visit) -> Iterator[Defect]:
    for line in visit.lines_on("non_billable_mac"):
        yield line.defect(f"Take line {line.number} out: its code is not for hospitals.", indicator=line.indicator)


@ioce_edit(22, "ioce-modifier-invalid", title="A modifier on an outpatient bill is not valid on the day")
def ioce_modifier_invalid(visit: Visit) -> Iterator[Defect]:
    for line, place, modifier, row in visit.modifiers:
        # One that has not the form of a modifier is the finding of `modifier-format`.
        if row is None and not modifier.problem:
            yield line.defect(
                f"Correct modifier {place + 1} of line {line.number}: Medicare does not know it on that day.",
                f"modifiers/{place}",
                modifier=str(modifier),
            )


@ioce_edit(41, "ioce-revenue-code-invalid", title="Medicare does not know a revenue code on outpatient bills")
def ioce_revenue_code_invalid(visit: Visit) -> Iterator[Defect]:
    for line, row in visit.revenues:
        # One that is on no list at all is the finding of `revenue-code-invalid`.
        if row is None and visit.on.is_code(REVENUE, line.line.revenue_code):
            yield line.defect(f"Choose a revenue code for line {line.number} that Medicare knows.", "revenue_code")


@ioce_edit(
    65,
    "ioce-revenue-code-not-recognized",
    title="Medicare pays nothing under a revenue code",
    predicted=_REJECTED,
)
def ioce_revenue_code_not_recognized(visit: Visit) -> Iterator[Defect]:
    for line, row in visit.revenues:
        if row is not None and not row.recognised and line.billed_for_payment:
            yield line.defect(f"Choose another revenue code for line {line.number}, or drop the line.", "revenue_code")


@ioce_edit(53, "ioce-observation-bill", title="Observation stands on a bill that cannot have it", predicted=_REJECTED)
def ioce_observation_bill(visit: Visit) -> Iterator[Defect]:
    if not visit.is_outpatient:
        for line in visit.lines_on("observation"):
            yield line.defect(f"Bill the observation of line {line.number} as outpatient (013x).")


@ioce_edit(44, "ioce-observation-revenue", title="Another service stands under the revenue code of observation")
def ioce_observation_revenue(visit: Visit) -> Iterator[Defect]:
    for line in visit.lines:
        if line.line.revenue_code == _OBSERVATION_REVENUE and line.listed and not line.is_on("observation"):
            yield line.defect(f"Give line {line.number} the revenue code of its service: 0762 is for observation.")


@ioce_edit(82, "ioce-token-charge", title="A code that is not charged for has a charge")
def ioce_token_charge(visit: Visit) -> Iterator[Defect]:
    for line in visit.lines_on("token_charge_only"):
        if line.line.charge > _TOKEN_CHARGE:
            yield line.defect(
                f"Charge no more than a token on line {line.number} ($1.01): the code only reports.", "charge"
            )


@editor_edit(
    "ioce-outside-approval",
    title="A service was given when it was not approved",
    predicted=_REJECTED,
    source="CMS, Integrated OCE Specifications, edits 67, 68, 69, 83, 110, 134, 136",
    kinds=INSTITUTIONAL,
)
def ioce_outside_approval(visit: Visit) -> Iterator[Defect]:
    for line in visit.lines:
        row = line.listed
        number = row.edit_for_period(line.day) if row is not None else None
        if row is None or number is None:
            continue
        approved = f"{row.approved or ''}/{row.approved_through or ''}"
        message = f"Correct the day or the code of line {line.number}: Medicare had not, or no longer, approved it."
        found = by_edit(visit, int(number), line.defect(message, approved=approved))
        if found is not None:
            yield replace(found, predicted=_PERIOD_ANSWERS.get(number, found.evidence["disposition"]))
