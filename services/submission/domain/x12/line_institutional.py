"""Loop 2400 of the 837I and all below it: SV2, drug, providers, other payers' decisions."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from operator import attrgetter

from services.submission.domain.references import line_control_number
from services.submission.domain.x12.elements import Segments, amount, money, product_qualifier, quantity, reference
from services.submission.domain.x12.line_parts import LINE, LINE_NUMBER, drug, service_date
from services.submission.domain.x12.other_payers import line_adjudications
from services.submission.domain.x12.parties import provider, unless_same
from services.submission.domain.x12.supplements import repricing, supporting_documents, third_party_note
from shared.claims import HcpcsCode, InstitutionalClaim, InstitutionalLine, Modifier, RevenueCode
from shared.x12 import composite, form, segment

_SERVICE = form("SV2*%s*%s*%s*%s*%s~")
_PLAIN = frozenset(
    {
        "number", "control_number", "revenue_code", "procedure", "modifiers", "charge", "unit", "units",
        "service_from", "service_through",
    }
)  # fmt: skip
"""What most lines are made of; see `claim_professional`."""
_SERVICE_FIELDS = attrgetter("revenue_code", "procedure", "modifiers", "charge", "unit", "units")


def institutional_line(line: InstitutionalLine, claim: InstitutionalClaim) -> Segments:
    """One service line."""
    if line.model_fields_set <= _PLAIN:
        service = _plain_service(*_SERVICE_FIELDS(line))
        return LINE % line.number + service + service_date(line) + LINE_NUMBER % line_control_number(line)
    return "".join(
        (
            LINE % line.number,
            _service(line),
            supporting_documents(line.supporting_documents),
            service_date(line),
            LINE_NUMBER % line_control_number(line),
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


@lru_cache(maxsize=16_384)
def _plain_service(
    revenue_code: RevenueCode,
    procedure: HcpcsCode | None,
    modifiers: tuple[Modifier, ...],
    charge: Decimal,
    unit: str,
    units: Decimal,
) -> str:
    """SV2 with nothing after its units. A facility bills the same few at the same charge all day."""
    code = composite(product_qualifier(revenue_code), procedure, *modifiers) if procedure else ""
    return _SERVICE % (revenue_code, code, money(charge), unit, quantity(units))


def _service(line: InstitutionalLine) -> str:
    modifiers = (*line.modifiers, "", "", "", "")[:4]
    qualifier = product_qualifier(line.revenue_code)
    procedure = composite(qualifier, line.procedure, *modifiers, line.description or "") if line.procedure else ""
    return segment(
        "SV2", line.revenue_code, procedure, money(line.charge), line.unit, quantity(line.units), "",
        money(line.non_covered),
    )  # fmt: skip
