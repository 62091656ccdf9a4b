"""Loop 2400 of the 837I and all below it: SV2, drug, providers, other payers' decisions."""

from __future__ import annotations

from services.submission.domain.references import line_control_number
from services.submission.domain.x12.elements import Segments, amount, money, quantity, reference
from services.submission.domain.x12.line_parts import drug, service_date
from services.submission.domain.x12.other_payers import line_adjudications
from services.submission.domain.x12.parties import provider, unless_same
from services.submission.domain.x12.supplements import repricing, supporting_documents, third_party_note
from shared.claims import InstitutionalClaim, InstitutionalLine
from shared.x12 import composite, segment


def institutional_line(line: InstitutionalLine, claim: InstitutionalClaim) -> Segments:
    """One service line."""
    return "".join(
        (
            segment("LX", str(line.number)),
            _service(line),
            supporting_documents(line.supporting_documents),
            service_date(line),
            segment("REF", "6R", line_control_number(line)),
            reference("9B", line.repriced_line_number),
            reference("9D", line.adjusted_repriced_line_number),
            amount("GT", line.sales_tax),
            amount("N8", line.facility_tax),
            third_party_note(line.third_party_note),
            repricing(line.repricing, services="RPU"),
            drug(line.drug),
            provider("72", unless_same(line.operating, claim.operating), most_ids=20),
            provider("ZZ", unless_same(line.other_operating, claim.other_operating), most_ids=20),
            provider("82", unless_same(line.rendering, claim.rendering), most_ids=20),
            provider("DN", unless_same(line.referring, claim.referring), ids="0B 1G G2", most_ids=20),
            line_adjudications(line),
        )
    )


def _service(line: InstitutionalLine) -> str:
    modifiers = (*line.modifiers, "", "", "", "")[:4]
    procedure = composite("HC", line.procedure, *modifiers, line.description or "") if line.procedure else ""
    return segment(
        "SV2", line.revenue_code, procedure, money(line.charge), line.unit, quantity(line.units), "",
        money(line.non_covered),
    )  # fmt: skip
